import type { Service } from "../../../shared/domain/index.ts";
import { parseCpuList } from "./cpuset.ts";

/** Docker's own period in µs where a file gives none. */
const defaultPeriodUs = 100_000;

/**
 * The most that a service may use by its own words, in device cores: `cpus`, else `cpu_quota` over `cpu_period`, and no more
 * than its `cpuset` has CPUs. Null when it says none of them.
 */
export function ownCores({ limits, options }: Pick<Service, "limits" | "options">): number | null {
  const { cpuQuotaUs, cpuPeriodUs } = options;
  const byQuota = cpuQuotaUs !== null && cpuQuotaUs > 0 ? cpuQuotaUs / (cpuPeriodUs ?? defaultPeriodUs) : null;
  const asked = limits.cpuCores ?? byQuota;
  const bySet = cpusNamed(options.cpuset);
  if (asked === null || bySet === null) return asked ?? bySet;
  return Math.min(asked, bySet);
}

/** How many CPUs a `cpuset` names; null without one, and for one that no engine would take. */
export function cpusNamed(cpuset: string | null): number | null {
  if (cpuset === null) return null;
  try {
    return new Set(parseCpuList(cpuset)).size;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
