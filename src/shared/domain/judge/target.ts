import type { Gates } from "../gates.ts";
import type { Axis, AxisName, Rules, ServiceResult, StackResult, TargetResult } from "../verdict.ts";
import { worstAnswer } from "../verdict.ts";
import { adviseTarget, servicePeakBytes } from "./advice.ts";
import { steadySeconds } from "./conditions.ts";
import { estimateCpu, judgeCpu, serviceCores } from "./cpu.ts";
import { rulesFor } from "./cpu-band.ts";
import { withLines } from "./evidence-lines.ts";
import { judgeGates } from "./gates.ts";
import { judgeGrowth, whyNoGrowth } from "./growth.ts";
import { headlineOf } from "./headline.ts";
import { judgeLoads } from "./load.ts";
import { estimateStackMemory, judgeMemory, peakWindow } from "./memory.ts";
import type { ServiceObservation, TargetObservation } from "./observation.ts";
import { judgeStartup, startupSeconds } from "./startup.ts";
import { judgeStorage, storageOf, whyNoStorage } from "./storage.ts";
import { showWear, whyNoWear } from "./wear.ts";

/** Judges one target: every axis, the whole, the published figures and the advice. Pure: the same in, the same out. */
export function judgeTarget(seen: TargetObservation, given: Rules, gates: Gates = {}): TargetResult {
  const rules = rulesFor(seen, given);
  const result = targetResult(seen, withLines(judgeAxes(seen, rules), seen), rules);
  return { ...result, gates: judgeGates(result, gates) };
}

/** The axes that this run can say something about. */
function judgeAxes(seen: TargetObservation, rules: Rules): Partial<Record<AxisName, Axis>> {
  const [growth, storage] = [judgeGrowth(seen, rules), judgeStorage(seen, rules)];
  const wear = showWear(seen, rules);
  return {
    memory: judgeMemory(seen, rules),
    cpu: judgeCpu(seen, rules),
    startup: judgeStartup(seen, rules),
    ...(storage === null ? {} : { storage }),
    ...(growth === null ? {} : { growth }),
    ...(wear === null ? {} : { wear }),
  };
}

function targetResult(seen: TargetObservation, axes: Partial<Record<AxisName, Axis>>, rules: Rules): TargetResult {
  const verdict = worstAnswer(Object.values(axes).map((axis) => axis.verdict));
  return {
    device: { name: seen.budget.name, kind: seen.budget.kind, label: seen.budget.label },
    budget: seen.budget,
    envelope: seen.envelope,
    verdict,
    headline: headlineOf(verdict, axes, seen),
    axes,
    stack: stackResult(seen, rules),
    services: Object.fromEntries(
      seen.services.map((service) => [service.name, serviceResult(seen, service, rules)] as const),
    ),
    advice: adviseTarget(seen, rules),
    projected: false,
    notJudged: notJudged(seen, rules),
    gates: [],
    load: judgeLoads(seen, rules),
    proof: null,
  };
}

function notJudged(seen: TargetObservation, rules: Rules): TargetResult["notJudged"] {
  const [noGrowth, noStorage] = [whyNoGrowth(seen, rules), whyNoStorage(seen, rules)];
  const noWear = whyNoWear(seen, rules);
  return [
    ...(noStorage === null ? [] : [{ axis: "storage" as const, reason: noStorage }]),
    ...(noGrowth === null ? [] : [{ axis: "growth" as const, reason: noGrowth }]),
    ...(noWear === null ? [] : [{ axis: "wear" as const, reason: noWear }]),
  ];
}

function stackResult(seen: TargetObservation, rules: Rules): StackResult {
  const memory = estimateStackMemory(seen, rules);
  const cpu = estimateCpu(seen, rules);
  const notMeasured = { ...seen.stack.notMeasured };
  const noRatio = seen.envelope.speedRatio === null ? seen.envelope.speedSource : "There was no steady time.";
  if (cpu.stack === null) notMeasured.deviceCpuCores ??= noRatio;
  if (cpu.thread === null) {
    notMeasured.busiestThread ??= cpu.stack === null ? noRatio : "The threads could not be read.";
  }
  if (cpu.saturatedShare === null) {
    notMeasured.saturatedShare ??=
      seen.envelope.limits.cpuQuotaCores === null ? "No CPU quota was in force." : "There was no steady time.";
  }
  if (startupSeconds(seen) === null) notMeasured.startupSeconds ??= "It never became healthy.";
  return {
    memoryPeakBytes: memory?.value ?? null,
    memoryLowBytes: memory?.low ?? null,
    memoryHighBytes: memory?.high ?? null,
    memoryKernelPeakBytes: seen.stack.memoryKernelPeakBytes,
    cacheAtPeakBytes: peakWindow(seen.windows)?.cacheAtPeakBytes ?? null,
    spikesMayBeMissed: seen.stack.spikesMayBeMissed ?? false,
    cpuSeconds: seen.stack.cpuSeconds,
    deviceCpuCores: cpu.stack,
    busiestThread: cpu.thread,
    throttledSeconds: seen.stack.throttledSeconds,
    saturatedShare: cpu.saturatedShare,
    oomKills: oomKillsOf(seen),
    startupSeconds: startupSeconds(seen),
    steadySeconds: steadySeconds(seen),
    storage: storageOf(seen),
    notMeasured,
  };
}

/** Kills are summed over services; one whose service is not known (it had gone) still counts. */
function oomKillsOf(seen: TargetObservation): number | null {
  const perService = seen.services.flatMap((service) => service.oomKills ?? []);
  const strays = seen.oomKills.filter((kill) => kill.service === null).length;
  return perService.length === 0 && strays === 0 && seen.services.length > 0
    ? null
    : perService.reduce((sum, kills) => sum + kills, strays);
}

function serviceResult(seen: TargetObservation, service: ServiceObservation, rules: Rules): ServiceResult {
  const cores = serviceCores(seen, service.name);
  const notMeasured = { ...service.notMeasured };
  if (cores === null) {
    notMeasured.deviceCpuCores ??=
      seen.envelope.speedRatio === null ? seen.envelope.speedSource : "There was no steady time.";
  }
  if (service.throttledSeconds === null) notMeasured.throttledSeconds ??= "It has no CPU limit of its own.";
  return {
    memoryPeakBytes: servicePeakBytes(seen, service, rules),
    memoryKernelPeakBytes: service.memoryKernelPeakBytes,
    cpuSeconds: service.cpuSeconds,
    deviceCpuCores: cores,
    throttledSeconds: service.throttledSeconds,
    oomKills: service.oomKills,
    restarts: service.restarts,
    limits: service.limits,
    containers: service.containers,
    notMeasured,
  };
}
