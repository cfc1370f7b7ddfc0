import type { LogBatch } from "../../../shared/domain/index.ts";
import { LogMerge } from "./log-merge.ts";

/**
 * The logs of several containers as one stream of batches, whichever engine they come from. `pump` puts one container's
 * lines into the merge until its source has ended; what it throws is what the stream ends with. Ends when the signal
 * aborts or every source has ended, and not before every pump has.
 */
export async function* mergeLogs(
  containerIds: readonly string[],
  pump: (id: string, merge: LogMerge, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<LogBatch, void, void> {
  const ids = [...new Set(containerIds)];
  const merge = new LogMerge(ids);
  const stop = new AbortController();
  const onAbort = (): void => {
    stop.abort();
    merge.close();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  const pumps = ids.map((id) =>
    pump(id, merge, stop.signal).catch((error: unknown) => {
      if (!stop.signal.aborted) merge.fail(error);
    }),
  );
  try {
    yield* merge.batches();
  } finally {
    signal.removeEventListener("abort", onAbort);
    onAbort();
    await Promise.all(pumps);
  }
}
