import type { LogBatch } from "../../../shared/domain/index.ts";
import type { LogRequest } from "../engine.ts";
import { LogMerge } from "../logs/log-merge.ts";
import { LogPosition } from "../logs/log-position.ts";
import type { Containers } from "./containers.ts";
import type { EngineHttp } from "./engine-http.ts";
import { followLog } from "./follow-log.ts";

/**
 * The logs of several containers as one stream of batches, oldest lines first as far as they are there. Ends when the
 * signal aborts, or when every source has ended (`ended` says which, when). A slow reader holds the engine back:
 * nothing is dropped. Throws `not-found` for a container that is not there, and what the engine or link ended with.
 */
export async function* readLogs(
  http: EngineHttp,
  containers: Containers,
  request: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<LogBatch, void, void> {
  const ids = [...new Set(request.containerIds)];
  const merge = new LogMerge(ids);
  const stop = new AbortController();
  const onAbort = (): void => {
    stop.abort();
    merge.close();
  };
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  const pump = async (id: string): Promise<void> => {
    const options = { tail: request.tail, follow: request.follow, position: new LogPosition() };
    for await (const piece of followLog(http, containers, id, options, stop.signal)) await merge.put(id, piece.lines);
    merge.endSource(id);
  };
  const sources = ids.map((id) =>
    pump(id).catch((error: unknown) => {
      if (!stop.signal.aborted) merge.fail(http.streamError(error));
    }),
  );
  try {
    yield* merge.batches();
  } finally {
    signal.removeEventListener("abort", onAbort);
    onAbort();
    await Promise.all(sources);
  }
}
