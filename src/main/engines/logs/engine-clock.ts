/**
 * A device's clock less one of this machine that never jumps, in milliseconds: between these two, since an answer is on its
 * way for a while and tells its time to the second.
 */
export interface ClockReading {
  atLeastMs: number;
  atMostMs: number;
}

/** What the `Date` of an HTTP answer tells; the times of asking and answer are `performance`'s. Null when it tells none. */
export function readClock(date: string | undefined, askedAtMs: number, answeredAtMs: number): ClockReading | null {
  const toldMs = Date.parse(date ?? "");
  return Number.isNaN(toldMs) ? null : { atLeastMs: toldMs - answeredAtMs, atMostMs: toldMs + 1_000 - askedAtMs };
}

/** By how much a clock was set back between two readings, at most; 0 unless it certainly was, by a second or two at least. */
export function setBackMs(before: ClockReading | null, after: ClockReading | null): number {
  if (before === null || after === null || after.atMostMs >= before.atLeastMs) return 0;
  return before.atMostMs - after.atLeastMs;
}
