import type { LoadResult } from "../domain/index.ts";

/** The latencies of a load in one phrase: `p50 2.1 ms, p95 4.8 ms, p99 9.9 ms`; null without any. */
export function latencyText({ latencyMs }: Pick<LoadResult, "latencyMs">): string | null {
  if (latencyMs === null) return null;
  const ms = (value: number) => `${value >= 100 ? Math.round(value) : value.toFixed(1)} ms`;
  return `p50 ${ms(latencyMs.p50)}, p95 ${ms(latencyMs.p95)}, p99 ${ms(latencyMs.p99)}`;
}

/** How often a second, of how often was asked: `49.8 of 50`; null for what has no rate. */
export function loadRateText({ achievedPerSecond, askedPerSecond }: LoadResult): string | null {
  if (askedPerSecond === null) return null;
  const achieved = achievedPerSecond === null ? "-" : String(Math.round(achievedPerSecond * 10) / 10);
  return `${achieved} of ${askedPerSecond}`;
}
