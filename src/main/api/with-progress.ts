import type { Progress } from "../engines/index.ts";
import { BoundedQueue } from "../streams/index.ts";

export interface Watched {
  onProgress: Progress;
  /** Aborts when the caller does, or the reader leaves. */
  signal: AbortSignal;
}

/** Tells the steps of some work, then gives what came of it. It has come to rest when the reader is let go of. */
export async function* withProgress<T>(
  signal: AbortSignal,
  work: (watched: Watched) => Promise<T>,
): AsyncGenerator<{ kind: "progress"; text: string }, T, void> {
  const progress = new BoundedQueue<string>(1_000);
  const left = new AbortController();
  const working = work({
    onProgress: (text) => progress.push(text),
    signal: AbortSignal.any([signal, left.signal]),
  });
  working.then(
    () => progress.end(),
    (error: unknown) => progress.fail(error),
  );
  try {
    for await (const text of progress) yield { kind: "progress", text };
    return await working;
  } finally {
    left.abort();
    await Promise.allSettled([working]);
  }
}
