import type { IncomingMessage } from "node:http";
import type { LogBatch } from "../../../shared/domain/index.ts";
import type { LogRequest } from "../engine.ts";
import { logDemux } from "../logs/log-demux.ts";
import { LogMerge } from "../logs/log-merge.ts";
import type { Containers } from "./containers.ts";
import { type EngineHttp, pathPart } from "./engine-http.ts";

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
  const sources = ids.map((id) =>
    pump(http, containers, id, request, merge, stop.signal).catch((error: unknown) => {
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

async function pump(
  http: EngineHttp,
  containers: Containers,
  id: string,
  request: LogRequest,
  merge: LogMerge,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const { Config } = await containers.answer(id);
  const answer = await openLog(http, id, request, signal);
  const stop = (): void => {
    answer.destroy();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    const demux = logDemux(id, Config.Tty ?? false, Date.now());
    for await (const chunk of answer) {
      if (Buffer.isBuffer(chunk)) await merge.put(id, demux.take(chunk));
    }
    await merge.put(id, demux.end());
    merge.endSource(id);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

function openLog(http: EngineHttp, id: string, request: LogRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return http.stream({
    method: "GET",
    path: `/containers/${pathPart(id)}/logs`,
    query: {
      stdout: "1",
      stderr: "1",
      timestamps: "1",
      tail: String(request.tail),
      follow: request.follow ? "1" : "0",
    },
    signal,
    // The headers come with the first line, and a quiet container may take its time.
    timeoutMs: null,
    what: `Logs of ${id.slice(0, 12)}`,
  });
}
