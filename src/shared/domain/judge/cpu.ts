import type { Axis, CoreQuantiles, Rules } from "../verdict.ts";
import { unknownAxis, whyNotMeasurable } from "./conditions.ts";
import { countWaits, isHeldBack, knowsItsWait } from "./cpu-wait.ts";
import { whyLoadNotMade } from "./load.ts";
import type { TargetObservation } from "./observation.ts";
import { coreQuantiles, quantile } from "./quantiles.ts";
import { type RunWindow, windowsBetween } from "./windows.ts";
import { cores, percent } from "./words.ts";

/** How far the use of one second may lie above an enforced quota. */
const quotaSlack = 1.02;

/** CPU over the steady windows, in device cores. */
export interface CpuEstimate {
  windows: RunWindow[];
  stack: CoreQuantiles | null;
  thread: { service: string; name: string; p95: number; max: number } | null;
  /** The share of windows in which nearly all of the quota was used; null without a quota. */
  saturatedShare: number | null;
  /** The share of windows in which this machine had less CPU free than the quota. */
  busyShare: number | null;
  /** The share of windows in which it was busy and the stack used more than half of what was left: it may have wanted more. */
  heldBackShare: number | null;
  /** The share of windows in which this machine itself had nothing left. */
  exhaustedShare: number | null;
}

/** The windows of steady time. */
export function steadyWindows(seen: TargetObservation): RunWindow[] {
  const { steadyFromMs, steadyToMs } = seen.times;
  return steadyFromMs === null || steadyToMs === null ? [] : windowsBetween(seen.windows, steadyFromMs, steadyToMs);
}

/** Device cores of one service over the steady windows. */
export function serviceCores(seen: TargetObservation, name: string): CoreQuantiles | null {
  const ratio = seen.envelope.speedRatio;
  if (ratio === null) return null;
  return coreQuantiles(steadyWindows(seen).flatMap((window) => toList(window.services[name]?.hostCores, 1 / ratio)));
}

export function estimateCpu(seen: TargetObservation, rules: Rules, without: readonly string[] = []): CpuEstimate {
  const ratio = seen.envelope.speedRatio;
  const windows = steadyWindows(seen);
  const deviceCores = ratio === null ? 0 : 1 / ratio;
  const rest = (window: RunWindow) =>
    window.hostCores === null
      ? null
      : without.reduce((left, name) => left - (window.services[name]?.hostCores ?? 0), window.hostCores);
  const quota = seen.envelope.limits.cpuQuotaCores;
  const used = windows.flatMap((window) => toList(rest(window), 1));
  const { cpus } = seen.host;
  const exhaustedShare = shareOf(
    windows.filter((window) => window.otherHostCores !== null),
    (window) => (window.hostCores ?? 0) + (window.otherHostCores ?? 0) >= rules.saturationShare * cpus,
  );
  return {
    windows,
    stack: ratio === null ? null : coreQuantiles(used.map((value) => Math.max(0, value) * deviceCores)),
    thread: ratio === null ? null : busiestThread(windows, deviceCores, without),
    saturatedShare: isOnDevice(seen)
      ? exhaustedShare
      : quota === null
        ? null
        : shareOf(used, (value) => value >= rules.saturationShare * quota),
    busyShare: busyWindowsShare(seen),
    heldBackShare: heldBackWindowsShare(seen, rules),
    exhaustedShare,
  };
}

/** On the device itself there is no quota: what there is of CPU is the machine, with all that runs on it. */
function isOnDevice({ envelope }: TargetObservation): boolean {
  return envelope.mode === "device";
}

/** The share of steady seconds in which this machine had less CPU free than the quota; null without a quota. */
export function busyWindowsShare(seen: TargetObservation): number | null {
  return shareOfBusy(seen, () => true);
}

function heldBackWindowsShare(seen: TargetObservation, rules: Rules): number | null {
  return shareOfBusy(seen, (window, freeCores) => isHeldBack(window, freeCores, rules) && !knowsItsWait(window));
}

function shareOfBusy(
  seen: TargetObservation,
  matches: (window: RunWindow, freeCores: number) => boolean,
): number | null {
  const quota = seen.envelope.limits.cpuQuotaCores;
  const load = steadyWindows(seen).filter((window) => window.otherHostCores !== null);
  if (quota === null) return null;
  return shareOf(load, (window) => {
    const freeCores = seen.host.cpus - (window.otherHostCores ?? 0);
    return freeCores < quota && matches(window, freeCores);
  });
}

/** Judges CPU against the budget: the stack's demand, its busiest thread and the quota. */
export function judgeCpu(seen: TargetObservation, rules: Rules): Axis {
  const obstacle = whyUnmeasured(seen, rules);
  const whole = estimateCpu(seen, rules);
  const limit = seen.budget.cpuCores;
  const p95 = whole.stack?.p95 ?? null;
  const known: Partial<Axis> = {
    value: p95,
    low: p95,
    high: p95 === null ? null : p95 * rules.cpuBand,
    limit,
    evidence: cpuEvidence(whole, seen, rules),
  };
  if (obstacle !== null) return unknownAxis("cores", obstacle, known);
  if (limit === null || p95 === null) return unknownAxis("cores", "CPU time could not be read.", known);
  let answer = answerFor(whole, limit, rules);
  let judged = seen;
  const notLoaded = answer.verdict === "does-not-fit" ? null : whyLoadNotMade(seen, rules);
  if (notLoaded !== null) return unknownAxis("cores", notLoaded, known);
  const blurred = whyBlurred(whole, seen, rules);
  if (blurred !== null && !isBeyondDoubt(whole, limit, rules)) {
    judged = countWaits(seen, rules);
    const atMost = estimateCpu(judged, rules);
    answer = answerFor(atMost, limit, rules);
    const isSafe = blurred.by === "busy" && answer.verdict !== "does-not-fit" && wasNotHeldBack(whole, rules);
    if (!isSafe) return unknownAxis("cores", blurred.reason, known);
    known.high = (atMost.stack?.p95 ?? p95) * rules.cpuBand;
    answer.reason += ` This machine was busy, but ${whyStill(seen, judged)}`;
  }
  const batch = seen.services.filter((service) => service.batch).map((service) => service.name);
  const result = { ...unknownAxis("cores", answer.reason, known), verdict: answer.verdict };
  if (batch.length === 0) return result;
  // A batch job takes all it can get: that it fills the quota says nothing, and what it would need is not known.
  const rest = answerFor(estimateCpu(judged, rules, batch), limit, rules);
  if (rest.verdict === "does-not-fit") return { ...result, ...rest };
  return {
    ...result,
    verdict: "tight",
    reason: `${batch.join(" and ")} may take all the CPU it gets, so this is at most tight. The rest: ${rest.reason}`,
  };
}

function whyUnmeasured(seen: TargetObservation, rules: Rules): string | null {
  if (seen.foreignPlatform !== null) return whyNotMeasurable(seen, rules);
  if (seen.budget.cpuCores === null) return `There is no CPU budget: ${seen.budget.cpuSource}`;
  if (seen.envelope.speedRatio === null) return `The speed ratio is unknown: ${seen.envelope.speedSource}`;
  return whyNotMeasurable(seen, rules);
}

interface Blur {
  by: "busy" | "small-host";
  reason: string;
}

function whyBlurred(cpu: CpuEstimate, seen: TargetObservation, rules: Rules): Blur | null {
  const small = whyTooSmall(cpu, seen, rules);
  if (small !== null) return { by: "small-host", reason: small };
  if (cpu.busyShare === null || cpu.busyShare <= rules.busyHostWindowsMax) return null;
  const quota = cores(seen.envelope.limits.cpuQuotaCores ?? 0);
  return {
    by: "busy",
    reason: `This machine was busy: in ${percent(cpu.busyShare)} of the seconds less than the ${quota} cores of the quota were free.`,
  };
}

function whyStill(seen: TargetObservation, judged: TargetObservation): string {
  return seen === judged
    ? "left the stack more than it used."
    : "what the stack waited for a CPU is counted as if it had run.";
}

function wasNotHeldBack(cpu: CpuEstimate, rules: Rules): boolean {
  return cpu.heldBackShare !== null && cpu.heldBackShare <= rules.busyHostWindowsMax;
}

/** A device that is faster than this machine would do more there than can be seen here. */
function whyTooSmall(cpu: CpuEstimate, seen: TargetObservation, rules: Rules): string | null {
  const ratio = seen.envelope.speedRatio ?? 0;
  const full = cpu.windows.filter((window) => (window.busiestThread?.hostCores ?? 0) >= rules.saturationShare);
  if (ratio > 1 && full.length > rules.busyHostWindowsMax * cpu.windows.length) {
    return "One thread used a whole core here, and a core of the device is faster: what it would use there is not seen.";
  }
  // No quota could be set since this machine is the smaller one: once it is full, more demand cannot be seen.
  const noQuota = seen.envelope.limits.cpuQuotaCores === null && !isOnDevice(seen);
  if (noQuota && cpu.exhaustedShare !== null && cpu.exhaustedShare > rules.busyHostWindowsMax) {
    return `This machine was full in ${percent(cpu.exhaustedShare)} of the seconds: what the device could do beyond that is not seen.`;
  }
  return null;
}

/**
 * A busy machine gives a stack less CPU than it wants, and makes what it gets count for more (shared caches and
 * hyper-threads). So its figures prove nothing, unless even a band's width below them is more than the device has.
 */
function isBeyondDoubt(cpu: CpuEstimate, limit: number, rules: Rules): boolean {
  const least = (value: number | undefined) => (value ?? 0) / rules.cpuBand;
  return least(cpu.thread?.p95) > 1 || least(cpu.stack?.p95) > limit;
}

function answerFor(cpu: CpuEstimate, limit: number, rules: Rules): Pick<Axis, "verdict" | "reason"> {
  const p95 = cpu.stack?.p95 ?? 0;
  const high = p95 * rules.cpuBand;
  const needs = `CPU needs ${cores(p95)} of ${cores(limit)} device cores (p95)`;
  // Under a quota more than all of it is bookkeeping (slices of 5 ms), which the saturated windows judge.
  const slack = cpu.saturatedShare === null ? 1 : quotaSlack;
  if (cpu.thread !== null && cpu.thread.p95 > (limit <= 1 ? slack : 1)) {
    const { service, name, p95: threadP95 } = cpu.thread;
    return {
      verdict: "does-not-fit",
      reason: `Thread ${name} of ${service} needs ${cores(threadP95)} device cores, and one thread can have 1 at most.`,
    };
  }
  if (p95 > limit * slack) return { verdict: "does-not-fit", reason: `${needs}.` };
  if (cpu.saturatedShare !== null && cpu.saturatedShare > rules.saturatedWindowsMax) {
    return {
      verdict: "does-not-fit",
      reason: `All the CPU of the device was used in ${percent(cpu.saturatedShare)} of the steady time.`,
    };
  }
  const may = `${needs} and may need ${cores(high)}`;
  if (high > rules.fitsShare * limit) return { verdict: "tight", reason: `${may}.` };
  if (cpu.thread !== null && cpu.thread.p95 * rules.cpuBand > rules.fitsShare) {
    const { service, name, p95: threadP95 } = cpu.thread;
    const threadHigh = cores(threadP95 * rules.cpuBand);
    return {
      verdict: "tight",
      reason: `${needs}, but thread ${name} of ${service} needs ${cores(threadP95)} to ${threadHigh} of the 1 it can have.`,
    };
  }
  if (cpu.saturatedShare !== null && cpu.saturatedShare > rules.saturatedWindowsFits) {
    return {
      verdict: "tight",
      reason: `${needs}, but all of it was used in ${percent(cpu.saturatedShare)} of the time.`,
    };
  }
  return { verdict: "fits", reason: `${may}.` };
}

function busiestThread(windows: readonly RunWindow[], deviceCores: number, without: readonly string[]) {
  const seen = windows.flatMap((window) =>
    window.busiestThread === null || without.includes(window.busiestThread.service) ? [] : [window.busiestThread],
  );
  // The threads of different seconds may differ: the figure is about "a thread", the name is of the busiest one.
  const busiest = seen.reduce<(typeof seen)[number] | null>(
    (most, thread) => (thread.hostCores > (most?.hostCores ?? -1) ? thread : most),
    null,
  );
  const p95 = quantile(
    seen.map((thread) => thread.hostCores),
    0.95,
  );
  if (busiest === null || p95 === null) return null;
  return {
    service: busiest.service,
    name: busiest.name,
    p95: p95 * deviceCores,
    max: busiest.hostCores * deviceCores,
  };
}

/** Where all of the quota was used; where most was used when it never was. */
function cpuEvidence(cpu: CpuEstimate, seen: TargetObservation, rules: Rules): Axis["evidence"] {
  const saturated = saturationEvidence(cpu, seen, rules);
  const ratio = seen.envelope.speedRatio;
  const busiest = cpu.windows.reduce<RunWindow | null>(
    (most, window) => ((window.hostCores ?? -1) > (most?.hostCores ?? -1) ? window : most),
    null,
  );
  if (saturated.length > 0 || busiest === null || busiest.hostCores === null || ratio === null) return saturated;
  const text = `busiest second, ${cores(busiest.hostCores / ratio)} device cores`;
  return [{ atMs: busiest.fromMs, untilMs: busiest.toMs, text, lines: [] }];
}

function saturationEvidence(cpu: CpuEstimate, seen: TargetObservation, rules: Rules): Axis["evidence"] {
  const quota = seen.envelope.limits.cpuQuotaCores;
  if (quota === null) return [];
  const spans: Axis["evidence"] = [];
  for (const window of cpu.windows) {
    if ((window.hostCores ?? 0) < rules.saturationShare * quota) continue;
    const last = spans.at(-1);
    if (last !== undefined && last.untilMs === window.fromMs) last.untilMs = window.toMs;
    else spans.push({ atMs: window.fromMs, untilMs: window.toMs, text: "all of the CPU quota used", lines: [] });
  }
  return spans.slice(0, 20);
}

function shareOf<T>(values: readonly T[], test: (value: T) => boolean): number | null {
  return values.length === 0 ? null : values.filter(test).length / values.length;
}

function toList(value: number | null | undefined, factor: number): number[] {
  return value === null || value === undefined ? [] : [value * factor];
}
