import type { GroupReading } from "./group-reader.ts";

/**
 * The highest memory that counts between two readings, from the kernel's own peak. That peak holds the cache, so the
 * larger cache of the two readings is taken off: a spike of 50 ms is seen, and a growing cache is not taken for one.
 */
export class SpikePeak {
  #cacheBefore: number | null = null;
  #peakBytes: number | null = null;

  add(reading: GroupReading): void {
    const cache = reading.cacheBytes;
    const before = this.#cacheBefore;
    this.#cacheBefore = cache;
    // The first peak is from before the first reading, and its cache is not known.
    if (reading.usagePeakBytes === null || before === null) return;
    const counted = reading.usagePeakBytes - Math.max(cache, before);
    if (counted > (this.#peakBytes ?? 0)) this.#peakBytes = counted;
  }

  /** Null where the kernel cannot reset its peak, or nothing was read. */
  get peakBytes(): number | null {
    return this.#peakBytes;
  }
}
