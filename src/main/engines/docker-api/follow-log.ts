import type { IncomingMessage } from "node:http";
import { AppError } from "../../../shared/domain/index.ts";
import type { FollowLogOptions, LogPiece } from "../engine.ts";
import type { LogDemux } from "../logs/log-demux.ts";
import type { Containers } from "./containers.ts";
import { type EngineHttp, pathPart } from "./engine-http.ts";

/** How often it is looked whether the engine's clock was set back, which its other answers tell. */
const clockLookMs = 2_000;

/**
 * One container's log from a position on, in the pieces in which it comes; whoever reads slowly slows the engine down.
 * Ends when the container has stopped and its log was read to the end, or quietly when the signal aborts.
 */
export async function* followLog(
  http: EngineHttp,
  containers: Containers,
  containerId: string,
  options: FollowLogOptions,
  signal: AbortSignal,
): AsyncGenerator<LogPiece, void, void> {
  if (signal.aborted) return;
  const { position, follow } = options;
  try {
    const { Config } = await containers.answer(containerId);
    const tty = Config.Tty ?? false;
    const tail = options.tail === null ? "all" : String(options.tail);
    const open = (isLive: boolean, until: AbortSignal): Promise<IncomingMessage> => {
      const since = position.resume();
      const range: Record<string, string> = since === null ? { tail } : { tail: "all", since };
      return openLog(http, containerId, { range, isLive }, until);
    };
    const take = (demux: LogDemux, chunk: Buffer): LogPiece => {
      const lines = demux.take(chunk);
      if (lines.length > 0) position.took();
      return { lines, gap: position.takeGap(), end: null };
    };
    let demux: LogDemux;
    let isOutdated: boolean;
    do {
      demux = position.restart(containerId, tty, http.clock);
      const clock = watchClock(() => follow && position.isOutdated(http.clock));
      const until = AbortSignal.any([signal, clock.signal]);
      try {
        for await (const chunk of chunksOf(await open(follow, until), until)) yield take(demux, chunk);
      } catch (error) {
        if (!clock.signal.aborted) throw error;
      } finally {
        clock.stop();
      }
      isOutdated = clock.signal.aborted && !signal.aborted;
    } while (isOutdated);
    let end: LogPiece["end"] = "complete";
    if (follow && !signal.aborted) {
      demux = position.restart(containerId, tty, http.clock);
      // When a container ends, its engine cuts off whoever has not yet read all of what it had printed (seen with 20.10:
      // of 20,000 lines, docker's own client got 6,295). So the rest is fetched; the position leaves out what is known.
      const rest = await open(false, signal).catch(unlessRemoved);
      if (rest === null) end = "cut";
      else for await (const chunk of chunksOf(rest, signal)) yield take(demux, chunk);
    }
    if (!signal.aborted && options.goesOn !== true) yield { lines: demux.end(), gap: position.takeGap(), end };
  } catch (error) {
    if (!signal.aborted) throw error instanceof AppError ? error : http.streamError(error);
  }
}

/** Looks now and then whether the engine's clock was set back; the signal aborts when it was. */
function watchClock(isOutdated: () => boolean): { signal: AbortSignal; stop: () => void } {
  const outdated = new AbortController();
  const timer = setInterval(() => {
    if (isOutdated()) outdated.abort();
  }, clockLookMs);
  timer.unref();
  return { signal: outdated.signal, stop: () => clearInterval(timer) };
}

/** Removed as soon as it had ended, or about to be ("dead or marked for removal", 409): its log goes with it. */
function unlessRemoved(error: unknown): null {
  if (error instanceof AppError && (error.code === "not-found" || error.code === "conflict")) return null;
  throw error;
}

async function* chunksOf(answer: IncomingMessage, signal: AbortSignal): AsyncGenerator<Buffer, void, void> {
  const stop = (): void => {
    answer.destroy();
  };
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  try {
    for await (const chunk of answer) if (Buffer.isBuffer(chunk)) yield chunk;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

function openLog(
  http: EngineHttp,
  id: string,
  { range, isLive }: { range: Record<string, string>; isLive: boolean },
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return http.stream({
    method: "GET",
    path: `/containers/${pathPart(id)}/logs`,
    query: { stdout: "1", stderr: "1", timestamps: "1", follow: isLive ? "1" : "0", ...range },
    signal,
    brief: !isLive,
    // The headers come with the first line, and a quiet container may take its time.
    timeoutMs: null,
    what: `Logs of ${id.slice(0, 12)}`,
  });
}
