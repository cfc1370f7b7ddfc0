import type { GroupReading } from "./group-reader.ts";

/** A peak is ahead of its reading by what the kernel keeps back for each CPU; that much is no spike. */
const noiseBytes = 2 * 1024 * 1024;

/**
 * The highest memory that counts between two readings, from the kernel's own peak. That peak holds the cache, so the
 * largest cache around it is taken off: a spike of 50 ms is seen, and a growing cache is not taken for one.
 */
export class SpikePeak {
  #cacheBefore: number | null = null;
  /** The latest peak with the cache before and at its reading: it counts once the reading after it is there. */
  #latest: { usageBytes: number; cacheBytes: number } | null = null;
  #peakBytes: number | null = null;
  /** What counted at the last two readings. */
  #read: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];

  /**
   * Cache and peak are two files, and the kernel adds up the first one at its leisure: the cache that a peak holds may
   * only show in the next reading. So a peak is judged by the cache of that one, too.
   * Gives the need that stood between the two readings before, when it was more than both had; null when there was none.
   */
  add({ usagePeakBytes, cacheBytes, memoryBytes }: GroupReading): number | null {
    const need = this.#latest === null ? null : this.#latest.usageBytes - Math.max(this.#latest.cacheBytes, cacheBytes);
    if (need !== null) this.#peakBytes = Math.max(this.#peakBytes ?? 0, need);
    const isSpike = need !== null && need > Math.max(...this.#read) + noiseBytes;
    this.#read = [memoryBytes, this.#read[0]];
    const before = this.#cacheBefore;
    this.#cacheBefore = cacheBytes;
    // The first peak is from before the first reading, and its cache is not known.
    const isKnown = usagePeakBytes !== null && before !== null;
    this.#latest = isKnown ? { usageBytes: usagePeakBytes, cacheBytes: Math.max(before, cacheBytes) } : null;
    return isSpike ? need : null;
  }

  /** Null where the kernel cannot reset its peak, or too little was read. */
  get peakBytes(): number | null {
    return this.#peakBytes;
  }
}
