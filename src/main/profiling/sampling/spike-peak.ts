import type { GroupReading } from "./group-reader.ts";

/**
 * The highest memory that counts between two readings, from the kernel's own peak. That peak holds the cache, so the
 * largest cache around it is taken off: a spike of 50 ms is seen, and a growing cache is not taken for one.
 */
export class SpikePeak {
  #cacheBefore: number | null = null;
  /** The latest peak with the cache before and at its reading: it counts once the reading after it is there. */
  #latest: { usageBytes: number; cacheBytes: number } | null = null;
  #peakBytes: number | null = null;

  /**
   * Cache and peak are two files, and the kernel adds up the first one at its leisure: the cache that a peak holds may
   * only show in the next reading. So a peak is judged by the cache of that one, too.
   */
  add({ usagePeakBytes, cacheBytes }: GroupReading): void {
    if (this.#latest !== null) {
      const cache = Math.max(this.#latest.cacheBytes, cacheBytes);
      this.#peakBytes = Math.max(this.#peakBytes ?? 0, this.#latest.usageBytes - cache);
    }
    const before = this.#cacheBefore;
    this.#cacheBefore = cacheBytes;
    // The first peak is from before the first reading, and its cache is not known.
    const isKnown = usagePeakBytes !== null && before !== null;
    this.#latest = isKnown ? { usageBytes: usagePeakBytes, cacheBytes: Math.max(before, cacheBytes) } : null;
  }

  /** Null where the kernel cannot reset its peak, or too little was read. */
  get peakBytes(): number | null {
    return this.#peakBytes;
  }
}
