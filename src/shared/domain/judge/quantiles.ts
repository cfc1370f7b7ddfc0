import type { CoreQuantiles } from "../verdict.ts";

/**
 * The smallest value that at least `share` of all values do not exceed (nearest rank, no interpolation: the result is
 * always something that was measured). Null for no values.
 */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** p50, p95, p99 and the maximum; null for no values. */
export function coreQuantiles(values: readonly number[]): CoreQuantiles | null {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  const [p50, p95, p99, max] = [at(0.5), at(0.95), at(0.99), sorted.at(-1)];
  if (p50 === undefined || p95 === undefined || p99 === undefined || max === undefined) return null;
  return { p50, p95, p99, max };
}
