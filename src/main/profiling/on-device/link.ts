import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";
import type { SshConnection } from "../../ssh/index.ts";

/** A device while it is online. Both belong to its session. */
export interface LiveDevice {
  connection: SshConnection;
  engine: Engine;
}

/** The way to one device. */
export interface DeviceLink {
  /** As people call it. */
  name: string;
  /** Waits for a first answer. Throws what explains the device's state. */
  reach(): Promise<LiveDevice>;
}

const tryEveryMs = 500;

/**
 * Waits until the device answers again, at most so long. Throws `unreachable` when it does not, and the signal's reason.
 * A connection that is known to have ended is not taken for an answer.
 */
export async function reachAgain(
  link: DeviceLink,
  ended: SshConnection,
  { withinMs, signal }: { withinMs: number; signal: AbortSignal },
): Promise<LiveDevice> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    try {
      const live = await link.reach();
      if (live.connection !== ended && !live.connection.closed) return live;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (performance.now() >= deadlineMs) throw lost(link, withinMs, error);
    }
    if (performance.now() >= deadlineMs) throw lost(link, withinMs, null);
    await sleep(tryEveryMs, undefined, { signal });
  }
}

function lost({ name }: DeviceLink, withinMs: number, cause: unknown): AppError {
  const message = `The connection to ${name} was lost during the run and did not come back in ${Math.round(withinMs / 1000)} s.`;
  return new AppError("unreachable", message, {
    hint: "What was started there is removed as soon as it answers again. Then measure anew.",
    cause,
  });
}
