import type { Budget } from "../budget.ts";
import type { FitCell } from "../fit.ts";
import type { Axis, AxisName, Envelope, Rules } from "../verdict.ts";
import { worstAnswer } from "../verdict.ts";
import { unknownAxis } from "./conditions.ts";
import { estimateCpu, judgeCpu } from "./cpu.ts";
import { rulesFor } from "./cpu-band.ts";
import { withLines } from "./evidence-lines.ts";
import { judgeGrowth } from "./growth.ts";
import { headlineOf } from "./headline.ts";
import { judgeMemory } from "./memory.ts";
import type { TargetObservation } from "./observation.ts";
import { judgeStartup } from "./startup.ts";
import { judgeStorage } from "./storage.ts";
import { showWear } from "./wear.ts";
import { cores, mib, percent } from "./words.ts";

/** Another budget, and what an envelope of it would be on the machine that measured. */
export interface ProjectTo {
  budget: Budget;
  envelope: Pick<Envelope, "limits" | "speedRatio" | "speedSource" | "cpuBand" | "missing">;
}

/** A p95 does not move while fewer than one window in twenty is cut off. */
const cutOffWindowsMax = 0.05;

/**
 * What a run says about a budget that it was not measured under. Memory is what it was; CPU is the same time on cores
 * of another speed. A run that hit the limit of its own budget is a lower bound: it can say "does not fit" of a smaller
 * one, and proves nothing for a bigger one.
 */
export function projectTarget(seen: TargetObservation, to: ProjectTo, given: Rules): FitCell {
  const rules = rulesFor(to, given);
  const moved: TargetObservation = {
    ...seen,
    budget: to.budget,
    // Observed without limits stays observed without limits, whatever the other budget's would be.
    // On a device no limit of the other budget was in force either.
    envelope: { ...to.envelope, mode: seen.envelope.mode === "device" ? "observe" : seen.envelope.mode },
    oomKills: seen.oomKills.filter((kill) => kill.at !== "envelope"),
  };
  const [growth, storage] = [judgeGrowth(moved, rules), judgeStorage(moved, rules)];
  const wear = showWear(moved, rules);
  const axes: Partial<Record<AxisName, Axis>> = {
    memory: projectMemory(seen, moved, rules),
    cpu: projectCpu(seen, moved, rules),
    startup: projectStartup(seen, moved, rules),
    ...(storage === null ? {} : { storage }),
    ...(growth === null ? {} : { growth }),
    ...(wear === null ? {} : { wear }),
  };
  const verdict = worstAnswer(Object.values(axes).map((axis) => axis.verdict));
  return {
    device: { name: to.budget.name, kind: to.budget.kind, label: to.budget.label },
    budget: to.budget,
    projected: true,
    verdict,
    headline: headlineOf(verdict, axes, moved),
    axes: withLines(axes, moved),
    notes: [],
  };
}

function projectMemory(seen: TargetObservation, moved: TargetObservation, rules: Rules): Axis {
  const judged = judgeMemory(moved, rules);
  const [had, has] = [seen.budget.memoryBytes, moved.budget.memoryBytes];
  if (seen.foreignPlatform !== null || had === null || has === null || judged.verdict === "does-not-fit") return judged;
  const wasKilled = seen.oomKills.some((kill) => kill.at === "envelope");
  if (wasKilled && has <= had) {
    const reason = `The kernel killed it under the ${mib(had)} MiB of ${seen.budget.name}, and here are ${mib(has)}.`;
    return { ...judged, verdict: "does-not-fit", reason };
  }
  if (wasKilled) return cutOff(judged, `it was killed at the ${mib(had)} MiB of ${seen.budget.name}`);
  const swapped = seen.stack.swapPeakBytes ?? 0;
  if (swapped > 0 && has > had) return cutOff(judged, `it had ${mib(swapped)} MiB in swap on ${seen.budget.name}`);
  return judged;
}

function projectCpu(seen: TargetObservation, moved: TargetObservation, rules: Rules): Axis {
  const judged = judgeCpu(moved, rules);
  const had = seen.envelope.limits.cpuQuotaCores;
  const has = moved.envelope.limits.cpuQuotaCores ?? Number.POSITIVE_INFINITY;
  if (had === null || has <= had || judged.verdict === "does-not-fit" || judged.verdict === "unknown") return judged;
  const batch = seen.services.filter((service) => service.batch).map((service) => service.name);
  const share = estimateCpu(seen, rules, batch).saturatedShare ?? 0;
  if (share <= cutOffWindowsMax) return judged;
  const limit = cores(seen.budget.cpuCores ?? had);
  return cutOff(judged, `it used all ${limit} device cores of ${seen.budget.name} in ${percent(share)} of the time`);
}

function cutOff(judged: Axis, how: string): Axis {
  return unknownAxis(judged.unit, `In this run ${how}: what it takes of more was not seen.`, judged);
}

/** A start is CPU work and waiting, in shares that are not known: on a slower device it takes between the same and as much longer as that is slower. */
function projectStartup(seen: TargetObservation, moved: TargetObservation, rules: Rules): Axis {
  const isSmaller = isAtMost(moved.budget.memoryBytes, seen.budget.memoryBytes) && slowdown(seen, moved) >= 1;
  const judged = judgeStartup(isSmaller ? moved : { ...moved, withoutEnvelope: null }, rules);
  if (judged.value === null || judged.verdict === "does-not-fit") return judged;
  const factor = slowdown(seen, moved);
  if (Number.isNaN(factor)) return unknownAxis("seconds", "How fast it is is not known.", judged);
  if (factor <= 1 || judged.verdict === "unknown") return judged;
  const high = judged.value * factor;
  return {
    ...judged,
    high,
    verdict: high <= rules.startupSeconds ? judged.verdict : "tight",
    reason: `Healthy ${judged.value.toFixed(1)} to ${high.toFixed(1)} s after the start, of ${rules.startupSeconds} s.`,
  };
}

/** How many times slower the other budget is, by one core or by all of them, whichever is worse; NaN when not known. */
function slowdown(seen: TargetObservation, moved: TargetObservation): number {
  const one = (seen.envelope.speedRatio ?? Number.NaN) / (moved.envelope.speedRatio ?? Number.NaN);
  const quotaOf = ({ envelope, host }: TargetObservation) => envelope.limits.cpuQuotaCores ?? host.cpus;
  return Math.max(one, quotaOf(seen) / quotaOf(moved));
}

function isAtMost(value: number | null, most: number | null): boolean {
  return value !== null && most !== null && value <= most;
}
