import type { Service } from "../../../shared/domain/index.ts";
import type { ContainerSpec } from "../../engines/index.ts";

/** Where a service's containers run and what they may use. */
export interface Placement {
  cgroupParent: string | null;
  limits: ContainerSpec["limits"];
}

const cpuPeriodUs = 100_000;
/** The kernel refuses a smaller quota (cpu.cfs_quota_us). */
const minQuotaUs = 1000;

/** A service as its file has it: its own limits, CPU as a quota with Docker's period of 100 ms, the engine's own cgroup. */
export function placeAsWritten({ limits }: Service): Placement {
  const { cpuCores } = limits;
  return {
    cgroupParent: null,
    limits: {
      memoryBytes: limits.memoryBytes,
      memoryReservationBytes: limits.memoryReservationBytes,
      cpuPeriodUs: cpuCores === null ? null : cpuPeriodUs,
      cpuQuotaUs: cpuCores === null ? null : Math.max(minQuotaUs, Math.round(cpuCores * cpuPeriodUs)),
      cpuset: null,
      pids: limits.pids,
    },
  };
}
