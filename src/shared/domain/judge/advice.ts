import type { Advice, Rules } from "../verdict.ts";
import { serviceCores } from "./cpu.ts";
import { estimateMemory, estimateStackMemory } from "./memory.ts";
import type { ServiceObservation, TargetObservation } from "./observation.ts";
import { roundUp, type SharedLimits, type ShareRequest, shareLimits } from "./shared-limits.ts";
import { cores, mib } from "./words.ts";

const mebibyte = 1024 * 1024;
const cpuStep = 0.05;
const leastCpu = 0.1;

/** `max(1.25 x peak, peak + 16 MiB)` up to the next 8 MiB, in bytes. */
export function advisedMemoryBytes(peakBytes: number): number {
  return roundUp(Math.max(1.25 * peakBytes, peakBytes + 16 * mebibyte), 8 * mebibyte);
}

/** `1.2 x p99` up to the next 0.05, at least 0.1, in device cores. */
export function advisedCpuCores(p99: number): number {
  return Math.max(leastCpu, Number(roundUp(1.2 * p99, cpuStep).toFixed(2)));
}

/**
 * Limits and settings to write into the file, each with its reason. There is no memory advice from a run that was cut
 * off by the kernel at the budget: its peaks are those of the limit, not of the stack.
 */
export function adviseTarget(seen: TargetObservation, rules: Rules): Advice[] {
  return [...memoryAdvice(seen, rules), ...cpuAdvice(seen), ...seen.services.flatMap(restartAdvice)];
}

function memoryAdvice(seen: TargetObservation, rules: Rules): Advice[] {
  if (seen.foreignPlatform !== null || seen.oomKills.some((kill) => kill.at !== "own-limit")) return [];
  const requests: ShareRequest[] = [];
  for (const service of seen.services) {
    const peak = servicePeakBytes(seen, service, rules);
    if (peak !== null && peak > 0) {
      requests.push({ service: service.name, peak, wanted: advisedMemoryBytes(peak) });
    }
  }
  const shared = shareLimits(requests, seen.budget.memoryBytes, mebibyte);
  const more = overcommitText(seen, shared, requests, rules);
  return shared.limits.flatMap(({ service: name, limit, shrunk }) => {
    const service = seen.services.find((one) => one.name === name);
    const peak = requests.find((request) => request.service === name)?.peak ?? 0;
    const current = service?.limits.memoryBytes ?? null;
    if (current === limit) return [];
    const killed = seen.oomKills.some((kill) => kill.service === name);
    const formula = shrunk
      ? `${mib(peak)} MiB peak, with a margin shrunk so that all limits share the budget`
      : `max(1.25 x peak, peak + 16 MiB) with a peak of ${mib(peak)} MiB`;
    const reason = killed
      ? `${formula}; it was killed at its limit, so it needs more than was seen: measure again.`
      : `${formula}.${more}`;
    return [
      {
        service: name,
        key: "mem_limit",
        current: current === null ? null : `${mib(current)}m`,
        proposed: `${Math.round(limit / mebibyte)}m`,
        reason,
      },
    ];
  });
}

/** The peak of one service, as published; null when it was not measured. */
export function servicePeakBytes(seen: TargetObservation, service: ServiceObservation, rules: Rules): number | null {
  const reads = seen.windows.flatMap((window) => window.services[service.name]?.memoryPeakBytes ?? []);
  const read = reads.length === 0 ? null : Math.max(...reads);
  return estimateMemory(read, service.spikePeakBytes, service.memoryKernelPeakBytes, rules)?.value ?? null;
}

function overcommitText(
  seen: TargetObservation,
  shared: SharedLimits,
  requests: readonly ShareRequest[],
  rules: Rules,
): string {
  if (shared.overcommit === 0) return "";
  const stackPeak = estimateStackMemory(seen, rules)?.value ?? 0;
  const limit = seen.budget.memoryBytes ?? 0;
  const over = ` Together the limits overcommit by ${mib(shared.overcommit)} MiB`;
  const impossible = stackPeak > limit ? ": impossible here, since the stack itself needs more than there is" : "";
  const missed = requests.reduce((sum, request) => sum + request.peak, 0) - stackPeak;
  return `${over}${impossible}; in this run the peaks missed each other by ${mib(Math.max(0, missed))} MiB.`;
}

function cpuAdvice(seen: TargetObservation): Advice[] {
  if (seen.foreignPlatform !== null) return [];
  const requests: ShareRequest[] = [];
  for (const service of seen.services) {
    const p99 = serviceCores(seen, service.name)?.p99 ?? null;
    if (p99 !== null && !service.batch) {
      requests.push({ service: service.name, peak: p99, wanted: advisedCpuCores(p99) });
    }
  }
  const budget = seen.budget.cpuCores;
  const shared = shareLimits(requests, budget, 0.01);
  return shared.limits.flatMap(({ service: name, limit: shared, shrunk }) => {
    const limit = budget === null ? shared : Math.min(shared, budget);
    const service = seen.services.find((one) => one.name === name);
    const p99 = requests.find((request) => request.service === name)?.peak ?? 0;
    const current = service?.limits.cpuCores ?? null;
    if (current !== null && Math.abs(current - limit) < 0.005) return [];
    const formula = shrunk
      ? `p99 of ${cores(p99)}, with a margin shrunk so that all share ${cores(budget ?? 0)} device cores`
      : `1.2 x p99 of ${cores(p99)}, in device cores`;
    return [
      {
        service: name,
        key: "cpus",
        current: current === null ? null : cores(current),
        proposed: cores(limit),
        reason: `${formula}.`,
      },
    ];
  });
}

function restartAdvice(service: ServiceObservation): Advice[] {
  if (!service.longRunning || service.restartPolicy !== "no") return [];
  return [
    {
      service: service.name,
      key: "restart",
      current: "no",
      proposed: "unless-stopped",
      reason: "A device reboots by itself after a power cut; without a policy the service stays down.",
    },
  ];
}
