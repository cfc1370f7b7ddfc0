import { garbage, parseCounter, parseFlatKeyed, requireKey } from "./flat-keyed.ts";

/** Throttling of one cgroup by its own quota since it was made. */
export interface Throttling {
  periods: number;
  throttledPeriods: number;
  throttledSeconds: number;
}

/** CPU time of a cgroup in seconds, from v1's `cpuacct.usage` (nanoseconds). */
export function parseCpuacctUsageV1(text: string): number {
  return parseCounter(text, "cpuacct.usage") / 1e9;
}

/** v1's `cpu.stat`: `throttled_time` is in nanoseconds (Documentation/scheduler/sched-bwc.rst). */
export function parseCpuStatV1(text: string): Throttling {
  const what = "cpu.stat (cgroup v1)";
  const pairs = parseFlatKeyed(text, what);
  return {
    periods: requireKey(pairs, "nr_periods", what),
    throttledPeriods: requireKey(pairs, "nr_throttled", what),
    throttledSeconds: requireKey(pairs, "throttled_time", what) / 1e9,
  };
}

/** v2's `cpu.stat`: times in microseconds. Throttling is null where the cpu controller is not on for this cgroup. */
export function parseCpuStatV2(text: string): { cpuSeconds: number; throttling: Throttling | null } {
  const what = "cpu.stat (cgroup v2)";
  const pairs = parseFlatKeyed(text, what);
  const throttledUs = pairs.get("throttled_usec");
  return {
    cpuSeconds: requireKey(pairs, "usage_usec", what) / 1e6,
    throttling:
      throttledUs === undefined
        ? null
        : {
            periods: requireKey(pairs, "nr_periods", what),
            throttledPeriods: requireKey(pairs, "nr_throttled", what),
            throttledSeconds: throttledUs / 1e6,
          },
  };
}

/** v1's quota in cores from `cpu.cfs_quota_us` (-1: none) and `cpu.cfs_period_us`; null for none. */
export function parseQuotaCoresV1(quotaText: string, periodText: string): number | null {
  if (quotaText.trim() === "-1") return null;
  const periodUs = parseCounter(periodText, "cpu.cfs_period_us");
  if (periodUs === 0) throw garbage("cpu.cfs_period_us", periodText);
  return parseCounter(quotaText, "cpu.cfs_quota_us") / periodUs;
}

/** v2's `cpu.max` (`max 100000` or `50000 100000`, microseconds) in cores; null for no quota. */
export function parseQuotaCoresV2(text: string): number | null {
  const [quota, period, ...rest] = text.trim().split(" ");
  if (quota === undefined || period === undefined || rest.length > 0) throw garbage("cpu.max", text);
  return quota === "max" ? null : parseQuotaCoresV1(quota, period);
}
