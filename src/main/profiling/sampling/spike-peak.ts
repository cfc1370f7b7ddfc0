import type { GroupReading } from "./group-reader.ts";

/**
 * The highest memory that counts between two readings, from the kernel's own peak. That peak holds the cache, so the
 * larger cache of the two readings is taken off: a spike of 50 ms is seen, and a growing cache is not taken for one.
 */
export class SpikePeak {
  #cacheBefore: number | null = null;
  #peakBytes: number | null = null;

  /**
   * `cacheNow` reads the cache once more. Cache and peak are two files: on a busy machine much is written between their
   * readings, and that would look like a spike. So what looks like one is only believed with the cache read on both sides.
   */
  add(reading: GroupReading, cacheNow: () => number | null): void {
    const before = this.#cacheBefore;
    const peak = reading.usagePeakBytes;
    const counted = (cache: number): number => (peak ?? 0) - Math.max(cache, before ?? 0);
    const looksLikeOne = peak !== null && (before === null || counted(reading.cacheBytes) > (this.#peakBytes ?? 0));
    const cache = looksLikeOne ? Math.max(reading.cacheBytes, cacheNow() ?? 0) : reading.cacheBytes;
    this.#cacheBefore = cache;
    // The first peak is from before the first reading, and its cache is not known.
    if (peak !== null && before !== null) this.#peakBytes = Math.max(this.#peakBytes ?? 0, counted(cache));
  }

  /** Null where the kernel cannot reset its peak, or nothing was read. */
  get peakBytes(): number | null {
    return this.#peakBytes;
  }
}
