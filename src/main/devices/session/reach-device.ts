import { AppError, type SshTarget } from "../../../shared/domain/index.ts";
import { connectSsh, SshConnectError, type SshConnection, type SshCredentials } from "../../ssh/index.ts";
import type { KeyVerdict } from "../known-hosts/judge-host-key.ts";
import type { OfferedKey } from "./session-status.ts";

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
}

/** What became of one round of tries: the connection, or the failure that says most. */
export type ReachResult = Reached | NotReached;

export interface ReachOptions {
  targets: readonly SshTarget[];
  credentials: SshCredentials;
  judgeKey: (target: SshTarget, offered: OfferedKey) => Promise<KeyVerdict>;
  onOffered: (target: SshTarget, offered: OfferedKey, verdict: KeyVerdict) => void;
  signal: AbortSignal;
}

/**
 * Tries the addresses of one device in turn. What the machine itself refuses (its key, our login) is an answer and ends
 * the round; an address that does not answer, or that another device has now, only makes the next one be tried.
 * Throws `cancelled` when the signal aborts.
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
  try {
    const connection = await connectSsh({
      target,
      credentials: options.credentials,
      signal: options.signal,
      readyTimeoutMs: READY_TIMEOUT_MS,
      verifyHostKey: async (key) => {
        offered = { type: key.type, fingerprint: key.fingerprint, blobBase64: key.blobBase64 };
        verdict = await options.judgeKey(target, offered);
        options.onOffered(target, offered, verdict);
        return verdict.trust === "pinned";
      },
    });
    if (offered !== null) return { connection, offered };
    connection.close();
    throw new AppError("internal", "A server was accepted that showed no host key.");
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "cancelled" || error.code === "internal") throw error;
    return { connection: null, error, target, verdict, offered };
  }
}

function isAnswer(failed: NotReached): boolean {
  if (!(failed.error instanceof SshConnectError)) return true;
  if (failed.error.fault === "auth") return true;
  return failed.error.fault === "host-key" && failed.verdict?.trust !== "moved-in";
}

/** A machine that refuses says more than an address that is silent. */
function weight(result: ReachResult): number {
  if (result.connection !== null) return 3;
  const fault = result.error instanceof SshConnectError ? result.error.fault : null;
  return fault === "refused" ? 2 : fault === "host-key" ? 1 : 0;
}
