/** Neighbouring buckets differ by 1 %, which is then the error of a quantile. */
const step = Math.log(1.01);
/** Below a microsecond nothing is told apart. */
const leastMs = 0.001;

/** Latencies in buckets of 1 %, so that hours of them take a few kilobytes. */
export class LatencyBuckets {
  readonly #counts = new Map<number, number>();
  #total = 0;
  #maxMs = 0;

  add(ms: number): void {
    const bucket = Math.round(Math.log(Math.max(ms, leastMs)) / step);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.#total += 1;
    this.#maxMs = Math.max(this.#maxMs, ms);
  }

  /** In ms; null when there was none. */
  summary(): { p50: number; p95: number; p99: number; max: number } | null {
    if (this.#total === 0) return null;
    const sorted = [...this.#counts].sort(([a], [b]) => a - b);
    const at = (share: number) => {
      let left = Math.ceil(share * this.#total);
      for (const [bucket, count] of sorted) {
        left -= count;
        if (left <= 0) return Math.min(this.#maxMs, Math.exp(bucket * step));
      }
      return this.#maxMs;
    };
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: this.#maxMs };
  }
}
