import { failureOf } from "../../shared/contract/index.ts";
import type { Failure } from "../../shared/domain/index.ts";
import { useConnection } from "./connection-store.ts";

/** One stream of the host and what to do with it. */
export interface Watch<T> {
  open(signal: AbortSignal): Promise<AsyncIterable<T>>;
  /**
   * Takes one item; "again" when items are missing: the stream is opened anew and starts with a snapshot.
   * "done" when this was the last one there will ever be.
   */
  take(item: T): "again" | "done" | undefined;
  /** The host answered with a failure; the stream is tried again later. */
  failed?(failure: Failure): void;
}

const firstPauseMs = 400;
const longestPauseMs = 10_000;

function canRun(): boolean {
  return useConnection.getState().state === "open" && !document.hidden;
}

/** Calls back on every change of "connected and visible"; gives the function that stops it. */
function onRunnable(listener: () => void): () => void {
  const unsubscribe = useConnection.subscribe(listener);
  document.addEventListener("visibilitychange", listener);
  return () => {
    unsubscribe();
    document.removeEventListener("visibilitychange", listener);
  };
}

function until(condition: () => boolean, ended: AbortSignal): Promise<void> {
  if (condition() || ended.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = onRunnable(check);
    function check(): void {
      if (!condition() && !ended.aborted) return;
      stop();
      ended.removeEventListener("abort", check);
      resolve();
    }
    ended.addEventListener("abort", check);
  });
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  if (ended.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    function finish(): void {
      clearTimeout(timer);
      ended.removeEventListener("abort", finish);
      resolve();
    }
    ended.addEventListener("abort", finish);
  });
}

/** One opening of the stream, over when it ends, when the page hides or the connection breaks. */
async function oneTurn<T>(what: Watch<T>, ended: AbortSignal, answered: () => void): Promise<"done" | undefined> {
  const turn = new AbortController();
  const signal = AbortSignal.any([turn.signal, ended]);
  const stop = onRunnable(() => {
    if (!canRun()) turn.abort();
  });
  try {
    for await (const item of await what.open(signal)) {
      if (signal.aborted) return undefined;
      answered();
      const next = what.take(item);
      if (next === "done") return next;
      if (next === "again") return undefined;
    }
  } catch (error) {
    if (!signal.aborted && canRun()) what.failed?.(failureOf(error));
  } finally {
    stop();
    turn.abort();
  }
  return undefined;
}

async function run<T>(what: Watch<T>, ended: AbortSignal): Promise<void> {
  let pauseMs = firstPauseMs;
  while (!ended.aborted) {
    await until(canRun, ended);
    if (ended.aborted) return;
    const last = await oneTurn(what, ended, () => {
      pauseMs = firstPauseMs;
    });
    if (last === "done" || ended.aborted) return;
    if (!canRun()) continue;
    await pause(pauseMs, ended);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

/**
 * Keeps a stream of the host open while the page is visible and connected, and opens it again after a break.
 * Gives the function that ends it for good.
 */
export function watch<T>(what: Watch<T>): () => void {
  const ended = new AbortController();
  void run(what, ended.signal);
  return () => ended.abort();
}
