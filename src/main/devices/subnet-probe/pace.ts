import { setTimeout as sleep } from "node:timers/promises";

/** Lets a number of turns a second through, evenly: a burst of connects fills a small router's tables. */
export class Pace {
  readonly #gapMs: number;
  #nextAtMs = 0;

  constructor(perSecond: number) {
    this.#gapMs = 1_000 / perSecond;
  }

  /** Resolves when it is this caller's turn. False when the signal aborted instead. */
  async turn(signal: AbortSignal): Promise<boolean> {
    const nowMs = performance.now();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    this.#nextAtMs = atMs + this.#gapMs;
    if (atMs - nowMs < 1) return !signal.aborted;
    try {
      await sleep(atMs - nowMs, undefined, { signal });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      throw error;
    }
  }
}
