import type { IncomingMessage } from "node:http";
import { AppError, type LogBatch } from "../../../shared/domain/index.ts";
import type { LogRequest } from "../engine.ts";
import { logDemux } from "../logs/log-demux.ts";
import { LogMerge } from "../logs/log-merge.ts";
import { ResumePoint } from "../logs/resume-point.ts";
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
  const point = new ResumePoint();
  const demux = logDemux(id, Config.Tty ?? false, Date.now(), point);
  const put = (chunk: Buffer): Promise<void> => merge.put(id, demux.take(chunk));
  const range = { tail: String(request.tail), follow: request.follow ? "1" : "0" };
  await readLog(await openLog(http, id, range, signal), put, signal);
  const since = request.follow && !signal.aborted ? point.resume() : null;
  if (since !== null) await catchUp(http, id, since, put, signal);
  await merge.put(id, demux.end());
  merge.endSource(id);
}

/**
 * When a container ends, its engine cuts off whoever has not yet read all of what it had printed (seen with 20.10: of
 * 20,000 lines, docker's own client got 6,295). So the rest is fetched; the demultiplexer leaves out what it has.
 */
async function catchUp(
  http: EngineHttp,
  id: string,
  since: string,
  put: (chunk: Buffer) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  try {
    await readLog(await openLog(http, id, { tail: "all", follow: "0", since }, signal), put, signal);
  } catch (error) {
    // Removed as soon as it had ended: its log went with it.
    if (!(error instanceof AppError && error.code === "not-found")) throw error;
  }
}

async function readLog(
  answer: IncomingMessage,
  put: (chunk: Buffer) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stop = (): void => {
    answer.destroy();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    for await (const chunk of answer) {
      if (Buffer.isBuffer(chunk)) await put(chunk);
    }
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

function openLog(
  http: EngineHttp,
  id: string,
  range: Record<string, string>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return http.stream({
    method: "GET",
    path: `/containers/${pathPart(id)}/logs`,
    query: { stdout: "1", stderr: "1", timestamps: "1", ...range },
    signal,
    // The headers come with the first line, and a quiet container may take its time.
    timeoutMs: null,
    what: `Logs of ${id.slice(0, 12)}`,
  });
}
