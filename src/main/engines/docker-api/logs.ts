import type { LogBatch } from "../../../shared/domain/index.ts";
import type { LogRequest } from "../engine.ts";
import type { LogMerge } from "../logs/log-merge.ts";
import { LogPosition } from "../logs/log-position.ts";
import { mergeLogs } from "../logs/merge-logs.ts";
import type { Containers } from "./containers.ts";
import type { EngineHttp } from "./engine-http.ts";
import { followLog } from "./follow-log.ts";

/**
 * The logs of several containers as one stream of batches, oldest lines first as far as they are there. Ends when the
 * signal aborts, or when every source has ended (`ended` says which, when). A slow reader holds the engine back:
 * nothing is dropped. Throws `not-found` for a container that is not there, and what the engine or link ended with.
 */
export function readLogs(
  http: EngineHttp,
  containers: Containers,
  request: LogRequest,
  signal: AbortSignal,
): AsyncGenerator<LogBatch, void, void> {
  const pump = async (id: string, merge: LogMerge, stop: AbortSignal): Promise<void> => {
    const options = { tail: request.tail, follow: request.follow, position: new LogPosition() };
    try {
      for await (const piece of followLog(http, containers, id, options, stop)) await merge.put(id, piece.lines);
    } catch (error) {
      throw http.streamError(error);
    }
    merge.endSource(id);
  };
  return mergeLogs(request.containerIds, pump, signal);
}
