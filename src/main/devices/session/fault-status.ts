import {
  type AppError,
  type DeviceState,
  type Failure,
  type KeyPrint,
  toFailure,
} from "../../../shared/domain/index.ts";
import { RouteError, type SkippedKey, SshConnectError } from "../../ssh/index.ts";
import type { KeyVerdict } from "../known-hosts/judge-host-key.ts";
import { backoffMs } from "./backoff.ts";

/** What a failed try means for the device, and when to try again; null: only when something happens. */
export interface FaultStatus {
  state: DeviceState;
  trouble: Failure;
  retryInMs: number | null;
}

/** A refused login counts against this machine on the device (fail2ban, PerSourcePenalties): seldom, then. */
const AUTH_RETRY_MS = 300_000;
/** Only the key exchange is repeated: the right key may come back. */
const KEY_RETRY_MS = 30_000;

export interface Fault {
  error: AppError;
  /** What was found about the host key in this try; null when it was not shown. */
  verdict: KeyVerdict | null;
  offered: KeyPrint | null;
  /** How many tries have failed in a row, this one included. */
  failures: number;
  /** The board serial from the last probe, to recognise a re-flashed device by. */
  boardSerial: string | null;
  user: string;
  /** Keys that were found and not tried. */
  skipped?: readonly SkippedKey[];
}

/** The state that a fault puts a device into. Pure, so that the whole table can be read and tested. */
export function statusOfFault(fault: Fault): FaultStatus {
  const { error, verdict, failures } = fault;
  const retryInMs = backoffMs(failures);
  if (error instanceof RouteError) return statusOfRoute(error, fault, retryInMs);
  if (error instanceof SshConnectError) {
    switch (error.fault) {
      case "host-key":
        return statusOfRefusedKey(fault, verdict, retryInMs);
      case "refused":
        return { state: "ssh-refused", trouble: toFailure(error), retryInMs };
      case "auth":
        return { state: "auth-failed", trouble: authTrouble(error, fault), retryInMs: AUTH_RETRY_MS };
      case "unreachable":
      case "timeout":
        return { state: "unreachable", trouble: toFailure(error), retryInMs };
    }
  }
  switch (error.code) {
    case "no-engine":
    case "engine-denied":
    case "engine-failed":
    case "unsupported":
      return { state: "engine-down", trouble: toFailure(error), retryInMs };
    default:
      return { state: "unreachable", trouble: toFailure(error), retryInMs };
  }
}

/** The device itself was not asked: its jump host stands in the way, or what the configuration says about it. */
function statusOfRoute(error: RouteError, { skipped = [] }: Fault, retryInMs: number): FaultStatus {
  const isRefusal = error.code === "key-unknown" || error.code === "key-changed";
  const slowly = error.code === "auth-failed" ? AUTH_RETRY_MS : isRefusal ? KEY_RETRY_MS : retryInMs;
  const trouble = toFailure(error);
  const hint =
    error.code === "auth-failed" ? [trouble.hint ?? "", ...notTried(skipped)].join(" ").trim() : trouble.hint;
  return { state: "unreachable", trouble: { ...trouble, hint }, retryInMs: slowly };
}

function statusOfRefusedKey(fault: Fault, verdict: KeyVerdict | null, retryInMs: number): FaultStatus {
  switch (verdict?.trust) {
    case "new":
      return {
        state: "connecting",
        trouble: unknownKeyTrouble(fault.offered, verdict.certified === true),
        retryInMs: null,
      };
    case "changed":
      return { state: "key-changed", trouble: changedKeyTrouble(fault, verdict.pinned), retryInMs: KEY_RETRY_MS };
    case "revoked":
      return { state: "key-changed", trouble: revokedKeyTrouble(fault.offered), retryInMs: KEY_RETRY_MS };
    default:
      // Its address is another device's now, or the question could not be answered: it is somewhere else.
      return { state: "unreachable", trouble: movedTrouble(), retryInMs };
  }
}

function unknownKeyTrouble(offered: KeyPrint | null, isCertified: boolean): Failure {
  const certificates = isCertified
    ? " known_hosts believes a certificate authority about it (@cert-authority), but Bayplan does not read host certificates: agree to the key itself."
    : "";
  return {
    code: "key-unknown",
    message: `This device is new here. Its host key is ${printText(offered)}.`,
    hint: `Compare it with the device: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. Then agree to it.${certificates}`,
  };
}

function changedKeyTrouble(fault: Fault, pinned: KeyPrint): Failure {
  const board =
    fault.boardSerial === null ? "" : ` The board that was agreed to had the serial number ${fault.boardSerial}.`;
  return {
    code: "key-changed",
    message: `The host key has changed: pinned is ${printText(pinned)}, offered is ${printText(fault.offered)}.${board}`,
    hint:
      "A re-flashed or re-installed device has a new key: that is the usual cause. If nobody did that, somebody else may " +
      "be answering. Compare the key on the device before you replace the pinned one.",
  };
}

function revokedKeyTrouble(offered: KeyPrint | null): Failure {
  return {
    code: "key-changed",
    message: `The host key ${printText(offered)} is marked @revoked in known_hosts.`,
    hint: "It is known to be in wrong hands, or was withdrawn. Give the device a new host key.",
  };
}

function movedTrouble(): Failure {
  return {
    code: "unreachable",
    message: "Another known device answers at its last address.",
    hint: "It got another address, or is switched off. It comes back by itself when it announces itself; or add it by its new address.",
  };
}

function authTrouble(error: AppError, { user, skipped = [] }: Fault): Failure {
  const asUser = `Bayplan logs in as ${user}${user === "root" ? ", the user it takes unless told another" : ""}.`;
  return {
    code: "auth-failed",
    message: error.message,
    hint: [asUser, error.hint ?? "", ...notTried(skipped)].join(" ").trim(),
  };
}

function notTried(skipped: readonly SkippedKey[]): string[] {
  return skipped.map(({ path, why }) => `${path} ${why}.`);
}

function printText(print: KeyPrint | null): string {
  return print === null ? "not shown" : `${print.type} ${print.fingerprint}`;
}
