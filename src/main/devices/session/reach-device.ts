import { AppError, type SshTarget } from "../../../shared/domain/index.ts";
import {
  type ConnectSshOptions,
  connectRoute,
  RouteError,
  type SkippedKey,
  SshConnectError,
  type SshConnection,
  type SshEnd,
} from "../../ssh/index.ts";
import type { KeyVerdict } from "../known-hosts/judge-host-key.ts";
import { jumpKeyError } from "./jump-key-error.ts";
import type { AskingJump, OfferedKey, SessionSurroundings } from "./session-status.ts";

const READY_TIMEOUT_MS = 8_000;
/** Addresses beyond these are not worth the waiting. */
const MAX_TARGETS = 4;

export interface Reached {
  connection: SshConnection;
  offered: OfferedKey;
}

export interface NotReached {
  connection: null;
  error: AppError;
  target: SshTarget;
  verdict: KeyVerdict | null;
  offered: OfferedKey | null;
  /** Keys that were found and not tried, there or on the jump host that refused the login. */
  skipped: readonly SkippedKey[];
  /** The jump host that refused the login and takes a password. */
  askingJump: AskingJump | null;
}

/** What became of one round of tries: the connection, or the failure that says most. */
export type ReachResult = Reached | NotReached;

type Asked = Pick<SessionSurroundings, "routeOf" | "credentialsOf" | "jumpPassword" | "hostKeyTypes" | "judgeKey">;

export interface ReachOptions extends Asked {
  targets: readonly SshTarget[];
  onOffered: (end: SshEnd, offered: OfferedKey, verdict: KeyVerdict) => void;
  signal: AbortSignal;
}

/**
 * Tries the addresses of one device in turn, over jump hosts where its configuration says so. What the machine itself
 * refuses (its key, our login) is an answer and ends the round; an address that does not answer, or that another device
 * has now, only makes the next one be tried. Throws `cancelled` when the signal aborts.
 */
export async function reachDevice(options: ReachOptions): Promise<ReachResult> {
  let failure: ReachResult | null = null;
  for (const target of options.targets.slice(0, MAX_TARGETS)) {
    const result = await reachTarget(target, options);
    if (result.connection !== null || isAnswer(result)) return result;
    if (failure === null || weight(result) > weight(failure)) failure = result;
  }
  if (failure !== null) return failure;
  throw new AppError("unreachable", "No address is known for this device now.", {
    hint: "It comes back when it announces itself on the network; or add it by its address.",
  });
}

async function reachTarget(target: SshTarget, options: ReachOptions): Promise<ReachResult> {
  let offered: OfferedKey | null = null;
  let verdict: KeyVerdict | null = null;
  let skipped: SkippedKey[] = [];
  let jumps: JumpTry[] = [];
  try {
    const route = await options.routeOf(target);
    jumps = await Promise.all(route.jumps.map((jump) => tryJump(jump, options)));
    const credentials = await options.credentialsOf(route.end, "device");
    skipped = [
      ...credentials.skipped,
      ...(route.note === null ? [] : [{ path: "~/.ssh/config", why: `is left out: ${route.note}`, isLocked: false }]),
    ];
    const hops = jumps.map(({ options }) => options);
    const connection = await connectRoute(hops, {
      target,
      dial: route.end.dial,
      credentials,
      hostKeyTypes: await options.hostKeyTypes(route.end, "device"),
      signal: options.signal,
      readyTimeoutMs: READY_TIMEOUT_MS,
      verifyHostKey: async (key) => {
        offered = { type: key.type, fingerprint: key.fingerprint, blobBase64: key.blobBase64 };
        verdict = await options.judgeKey(route.end, "device", offered);
        options.onOffered(route.end, offered, verdict);
        return verdict.trust === "pinned";
      },
    });
    if (offered !== null) return { connection, offered };
    connection.close();
    throw new AppError("internal", "A server was accepted that showed no host key.");
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "cancelled" || error.code === "internal") throw error;
    const refused = error instanceof RouteError && error.refusedBy !== null ? error.refusedBy : null;
    const jump = jumps.find(({ options }) => options.target === refused?.target) ?? null;
    const fingerprint = jump?.shown()?.fingerprint;
    const isAsking = refused?.takesPassword === true && fingerprint !== undefined;
    return {
      connection: null,
      error,
      target,
      verdict,
      offered,
      skipped: jump?.skipped ?? skipped,
      askingJump: isAsking ? { target: refused.target, fingerprint } : null,
    };
  }
}

/** What a jump host is connected with, and what was found out about it meanwhile. */
interface JumpTry {
  options: ConnectSshOptions;
  skipped: readonly SkippedKey[];
  shown(): OfferedKey | null;
}

/** A jump host's key must be known already: agreeing to it is a decision of its own. */
async function tryJump(jump: SshEnd, asked: ReachOptions): Promise<JumpTry> {
  const { skipped, ...credentials } = await asked.credentialsOf(jump, "jump");
  let shown: OfferedKey | null = null;
  const options: ConnectSshOptions = {
    target: jump.target,
    dial: jump.dial,
    credentials,
    passwordFor: (key) => asked.jumpPassword(jump, key),
    hostKeyTypes: await asked.hostKeyTypes(jump, "jump"),
    signal: asked.signal,
    readyTimeoutMs: READY_TIMEOUT_MS,
    verifyHostKey: async (key) => {
      shown = key;
      const verdict = await asked.judgeKey(jump, "jump", key);
      if (verdict.trust === "pinned") return true;
      throw jumpKeyError(jump.target, key, verdict);
    },
  };
  return { options, skipped, shown: () => shown };
}

function isAnswer(failed: NotReached): boolean {
  if (failed.error instanceof RouteError) return false;
  if (!(failed.error instanceof SshConnectError)) return true;
  if (failed.error.fault === "auth") return true;
  return failed.error.fault === "host-key" && failed.verdict?.trust !== "moved-in";
}

/** A machine that refuses says more than an address that is silent. */
function weight(result: ReachResult): number {
  if (result.connection !== null) return 3;
  if (result.error instanceof RouteError) return 2;
  const fault = result.error instanceof SshConnectError ? result.error.fault : null;
  return fault === "refused" ? 2 : fault === "host-key" ? 1 : 0;
}
