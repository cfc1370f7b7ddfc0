import { statusOfFault } from "./fault-status.ts";
import type { NotReached } from "./reach-device.ts";
import { hostKeyOf, type SessionStatus } from "./session-status.ts";

export type FailedTry = Omit<NotReached, "connection">;

/** What a failed try changes in the status of its device; `retryInMs` is null when only a person can go on. */
export function statusAfterFailure(
  failed: FailedTry,
  before: { failures: number; boardSerial: string | null; answeredAtMs: number | null },
): { change: Partial<SessionStatus>; retryInMs: number | null } {
  const { verdict, offered, target } = failed;
  const { state, trouble, retryInMs } = statusOfFault({
    error: failed.error,
    verdict,
    offered,
    failures: before.failures,
    boardSerial: before.boardSerial,
    user: target.user,
    skipped: failed.skipped,
  });
  const locked = failed.skipped.filter((key) => trouble.code === "auth-failed" && key.isLocked);
  const showed = verdict !== null && offered !== null && verdict.trust !== "moved-in";
  const answered = showed || state === "ssh-refused" || state === "auth-failed";
  return {
    change: {
      state,
      trouble,
      target,
      engine: null,
      answeredAtMs: answered ? Date.now() : before.answeredAtMs,
      lockedKeys: locked.map(({ path }) => path),
      askingJump: failed.askingJump,
      ...(showed ? { offered, hostKey: hostKeyOf(verdict, offered) } : {}),
    },
    retryInMs,
  };
}
