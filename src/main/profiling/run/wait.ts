import { AppError } from "../../../shared/domain/index.ts";

/** Waits `ms`, or less when `until` comes first; throws `cancelled` when the signal aborts. */
export async function waitUnless(ms: number, signal: AbortSignal, until?: Promise<unknown>): Promise<void> {
  // It may reject when nobody waits any more.
  until?.catch(() => undefined);
  throwIfCancelled(signal);
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  try {
    await Promise.race([
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
        onAbort = () => resolve();
        signal.addEventListener("abort", onAbort, { once: true });
      }),
      ...(until === undefined ? [] : [until]),
    ]);
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal.removeEventListener("abort", onAbort);
  }
  throwIfCancelled(signal);
}

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new AppError("cancelled", "The run was cancelled; everything it started was removed.");
}
