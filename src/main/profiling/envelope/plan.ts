import { type Budget, type CpuBand, cpuBandOf, type Envelope, type Service } from "../../../shared/domain/index.ts";
import type { ContainerSpec } from "../../engines/index.ts";
import { ownCores } from "./own-cores.ts";

/** This machine, as far as an envelope has to know it. */
export interface EnvelopeHost {
  cpus: number;
  memoryBytes: number;
  /** 7-zip MIPS of one core; null with the reason in `scoreSource`. */
  singleCoreScore: number | null;
  scoreSource: string;
  /** MIPS of one core by kind of work; null when only the score is known. */
  kernels?: Readonly<Record<string, number>> | null;
}

type ContainerLimits = ContainerSpec["limits"];

/** What an envelope will enforce, and what each service gets of its own limits. */
export interface EnvelopePlan {
  limits: Envelope["limits"];
  /** How many CPUs the cpuset is narrowed to; null: all of them. */
  cpusetCpus: number | null;
  speedRatio: number | null;
  speedSource: string;
  cpuBand?: CpuBand | undefined;
  missing: string[];
  services: ReadonlyMap<string, ContainerLimits>;
}

const pageBytes = 4096;
const leastQuotaUs = 1000;

/**
 * The CFS period in µs. A quota is a stopwatch: with the usual 100 ms a short burst runs at full speed, with 10 ms it
 * is slowed almost as a slower core would (a 20 ms job at a quarter core: 13% off instead of 75%). Below a quarter core
 * 5 ms, but the kernel takes no quota under 1 ms, so the smallest shares need a longer period.
 */
export function periodUsFor(quotaCores: number): number {
  const wanted = quotaCores < 0.25 ? 5_000 : 10_000;
  return Math.max(wanted, Math.ceil(leastQuotaUs / quotaCores));
}

/** Plans the envelope of a budget on this machine. Pure; nothing is made. */
export function planEnvelope(budget: Budget, services: readonly Service[], host: EnvelopeHost): EnvelopePlan {
  const missing: string[] = [];
  const { ratio, source } = speedOf(budget, host);
  const memoryBytes = planMemory(budget, host, missing);
  const quota = planQuota(budget, host, ratio, missing);
  const cpusetCpus = planCpuset(budget, host, quota, missing);
  const own = new Map(services.map((service) => [service.name, serviceLimits(service, ratio, quota, host, missing)]));
  return {
    limits: {
      memoryBytes,
      cpuQuotaCores: quota,
      cpuPeriodUs: quota === null ? null : periodUsFor(quota),
      cpuset: null,
      swapBytes: memoryBytes === null || budget.hasSwap ? null : 0,
    },
    cpusetCpus,
    speedRatio: ratio,
    speedSource: source,
    cpuBand: bandOf(budget, host, ratio),
    missing,
    services: own,
  };
}

function speedOf(budget: Budget, host: EnvelopeHost): { ratio: number | null; source: string } {
  if (budget.kind === "custom") return { ratio: 1, source: "cores of this machine, as asked for" };
  if (budget.singleCoreScore === null) return { ratio: null, source: budget.cpuSource };
  if (host.singleCoreScore === null) return { ratio: null, source: host.scoreSource };
  const scores = `${Math.round(budget.singleCoreScore)} of the device over ${Math.round(host.singleCoreScore)} here`;
  const ratio = budget.singleCoreScore / host.singleCoreScore;
  const source = `7-zip, one thread: ${scores}`;
  const { correction } = budget;
  if (correction === undefined) return { ratio, source };
  const { factor, runs } = correction;
  return {
    ratio: ratio / factor,
    source: `${source}; corrected by ${factor.toFixed(2)}, learned from ${runs} runs on this model`,
  };
}

/** A budget of one's own is in cores of this machine: nothing is translated by a benchmark. */
function bandOf(budget: Budget, host: EnvelopeHost, ratio: number | null): CpuBand | undefined {
  if (budget.kind === "custom" || ratio === null) return undefined;
  return cpuBandOf({
    device: budget.kernels ?? null,
    here: host.kernels ?? null,
    correction: budget.correction ?? null,
  });
}

function planMemory(budget: Budget, host: EnvelopeHost, missing: string[]): number | null {
  if (budget.memoryBytes === null) {
    missing.push(`memory limit: ${budget.memorySource}`);
    return null;
  }
  const bytes = Math.floor(budget.memoryBytes / pageBytes) * pageBytes;
  if (bytes < host.memoryBytes) return bytes;
  missing.push(
    `memory limit: the device has ${mib(bytes)} MiB for stacks, this machine ${mib(host.memoryBytes)} in all`,
  );
  return null;
}

/** Host cores for the whole stack: the device's multi-core score over one core here, as ratio x device cores. */
function planQuota(budget: Budget, host: EnvelopeHost, ratio: number | null, missing: string[]): number | null {
  if (ratio === null || budget.cpuCores === null) {
    missing.push(`CPU quota: ${budget.cpuCores === null ? budget.cpuSource : "the speed ratio is unknown"}`);
    return null;
  }
  const quota = budget.cpuCores * ratio;
  if (quota < host.cpus) return quota;
  missing.push(`CPU quota: the device is worth ${quota.toFixed(2)} cores of this machine, which has ${host.cpus}`);
  return null;
}

function planCpuset(budget: Budget, host: EnvelopeHost, quota: number | null, missing: string[]): number | null {
  if (budget.cpus === null) return null;
  if (budget.cpus > host.cpus) {
    missing.push(`CPU set: the device shows ${budget.cpus} CPUs, this machine has ${host.cpus}`);
    return null;
  }
  // A device core may be faster than one here: then fewer CPUs would cut off what the quota allows.
  const cpus = Math.max(budget.cpus, Math.ceil(quota ?? host.cpus));
  return cpus < host.cpus ? cpus : null;
}

/** A service's own limits mean the device's cores. A child's quota above its parent's is refused with EINVAL. */
function serviceLimits(
  service: Service,
  ratio: number | null,
  quota: number | null,
  host: EnvelopeHost,
  missing: string[],
): ContainerLimits {
  const { memoryBytes, memoryReservationBytes, pids } = service.limits;
  const cpuCores = ownCores(service);
  const limits = { memoryBytes, memoryReservationBytes, pids, cpuset: null, cpuPeriodUs: null, cpuQuotaUs: null };
  if (cpuCores === null) return limits;
  if (ratio === null) {
    missing.push(`cpus of ${service.name}: ${cpuCores} device cores cannot be translated without a speed ratio`);
    return limits;
  }
  const wanted = cpuCores * ratio;
  const most = Math.min(quota ?? host.cpus, host.cpus);
  if (wanted > most) {
    const what = quota === null ? "this machine has" : "the whole envelope has";
    missing.push(
      `cpus of ${service.name}: ${cpuCores} device cores are ${wanted.toFixed(2)} here, clamped to the ${most.toFixed(2)} that ${what}`,
    );
  }
  const allowed = Math.min(wanted, most);
  // The same period as the envelope's where it can be, so that equal cores are equal fractions to the kernel.
  const periodUs = Math.max(quota === null ? 0 : periodUsFor(quota), periodUsFor(allowed));
  return { ...limits, cpuPeriodUs: periodUs, cpuQuotaUs: Math.max(leastQuotaUs, Math.floor(allowed * periodUs)) };
}

function mib(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}
