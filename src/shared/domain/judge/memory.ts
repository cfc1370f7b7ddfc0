import type { Axis, Rules } from "../verdict.ts";
import { unknownAxis, whyNotMeasurable } from "./conditions.ts";
import { whyLoadNotMade } from "./load.ts";
import type { OomKill, TargetObservation } from "./observation.ts";
import type { RunWindow } from "./windows.ts";
import { mib, percent, times } from "./words.ts";

/** What a stack or service needed at most: `low` was read, `value` adds what the kernel saw between two readings. */
export interface MemoryEstimate {
  value: number;
  low: number;
  high: number;
}

/**
 * The peak of the memory that counts. Never above the kernel's own peak, which holds the cache too. `high` is the
 * pessimistic edge: the next run, and the device, are not this run.
 */
export function estimateMemory(
  readPeakBytes: number | null,
  spikePeakBytes: number | null,
  kernelPeakBytes: number | null,
  rules: Rules,
): MemoryEstimate | null {
  if (readPeakBytes === null) return null;
  const bound = kernelPeakBytes ?? Number.POSITIVE_INFINITY;
  const low = Math.min(readPeakBytes, bound);
  const value = Math.min(Math.max(readPeakBytes, spikePeakBytes ?? 0), bound);
  return { value, low, high: value * rules.memoryBand };
}

/** The stack's estimate, over the whole run: a device has to survive the start as well. */
export function estimateStackMemory(seen: TargetObservation, rules: Rules): MemoryEstimate | null {
  return estimateMemory(
    peakWindow(seen.windows)?.memoryPeakBytes ?? null,
    seen.stack.spikePeakBytes,
    seen.stack.memoryKernelPeakBytes,
    rules,
  );
}

/** The window with the highest reading; null when memory was never read. */
export function peakWindow(windows: readonly RunWindow[]): RunWindow | null {
  return windows.reduce<RunWindow | null>(
    (peak, window) =>
      window.memoryPeakBytes !== null && window.memoryPeakBytes > (peak?.memoryPeakBytes ?? -1) ? window : peak,
    null,
  );
}

/** Judges memory against the budget. */
export function judgeMemory(seen: TargetObservation, rules: Rules): Axis {
  const estimate = estimateStackMemory(seen, rules);
  const limit = seen.budget.memoryBytes;
  const known: Partial<Axis> = {
    value: estimate?.value ?? null,
    low: estimate?.low ?? null,
    high: estimate?.high ?? null,
    limit,
    evidence: peakEvidence(seen.windows),
  };
  const unknown = (reason: string) => unknownAxis("bytes", reason, known);
  const answer = (verdict: Axis["verdict"], reason: string): Axis => ({ ...unknown(reason), verdict });

  if (seen.foreignPlatform !== null) return unknown(whyNotMeasurable(seen, rules) ?? "");
  const observed = seen.envelope.mode === "observe";
  const killed = killVerdict(seen, limit);
  if (killed !== null) return { ...answer(killed.verdict, killed.reason), evidence: killed.evidence };
  if (limit === null) return unknown(`There is no memory budget: ${seen.budget.memorySource}`);
  if (estimate === null)
    return unknown(`Memory could not be measured: ${seen.stack.notMeasured.memoryPeakBytes ?? "no reading"}.`);

  const peaked = `Memory peaked at ${mib(estimate.value)} of ${mib(limit)} MiB`;
  if (estimate.value > limit && !observed) {
    return answer("does-not-fit", `${peaked}: ${mib(estimate.value - limit)} MiB more than there is.`);
  }
  const obstacle = whyNotMeasurable(seen, rules) ?? whyLoadNotMade(seen, rules);
  if (obstacle !== null) return unknown(obstacle);
  if (observed) {
    return estimate.value <= rules.observeOnlyMemoryShare * limit
      ? answer(
          "fits",
          `${peaked}, observed without a limit: at most ${percent(rules.observeOnlyMemoryShare)} is safe to call a fit.`,
        )
      : unknown(
          `${peaked}, but no limit was in force: above ${percent(rules.observeOnlyMemoryShare)} that proves nothing.`,
        );
  }
  const spikes = seen.stack.spikesMayBeMissed === true ? " A spike of under 50 ms may have been missed." : "";
  const spare = Math.max(0, limit - estimate.high);
  const may = `${peaked} and may reach ${mib(estimate.high)}`;
  if (estimate.high > limit) return answer("tight", `${may}: more than there is.${spikes}`);
  const room = `${may}, with ${mib(spare)} MiB to spare`;
  if (estimate.high > rules.fitsShare * limit) return answer("tight", `${room}.${spikes}`);
  const pressure = whyPressed(seen);
  return pressure === null
    ? answer("fits", `${room}.${spikes}`)
    : answer("tight", `${room}, but ${pressure}.${spikes}`);
}

function whyPressed(seen: TargetObservation): string | null {
  const { swapPeakBytes, memoryFullShare } = seen.stack;
  if (swapPeakBytes !== null && swapPeakBytes > 0) return `it used ${mib(swapPeakBytes)} MiB of swap`;
  if (memoryFullShare !== null && memoryFullShare > 0.05) {
    return `it waited for memory ${percent(memoryFullShare)} of the time`;
  }
  return null;
}

function killVerdict(
  seen: TargetObservation,
  limit: number | null,
): { verdict: "does-not-fit" | "unknown"; reason: string; evidence: Axis["evidence"] } | null {
  const at = (where: OomKill["at"]) => seen.oomKills.filter((kill) => kill.at === where);
  const [inEnvelope, inOwn, inMachine] = [at("envelope"), at("own-limit"), at("machine")];
  if (inEnvelope.length > 0) {
    const size = limit === null ? "the budget" : `the budget of ${mib(limit)} MiB`;
    return {
      verdict: "does-not-fit",
      reason: `The kernel killed ${victims(inEnvelope)} at ${size}: the stack needs more.`,
      evidence: inEnvelope.map(killEvidence),
    };
  }
  if (inOwn.length > 0) {
    const service = seen.services.find((one) => one.name === inOwn[0]?.service);
    const own = service?.limits.memoryBytes ?? null;
    const size = own === null ? "its own limit" : `its own limit of ${mib(own)} MiB`;
    return {
      verdict: "does-not-fit",
      reason: `Limit too small: the kernel killed ${victims(inOwn)} at ${size}, not at the budget.`,
      evidence: inOwn.map(killEvidence),
    };
  }
  if (inMachine.length > 0) {
    return {
      verdict: "unknown",
      reason: `This machine itself ran out of memory and killed ${victims(inMachine)}: that says nothing about the budget.`,
      evidence: inMachine.map(killEvidence),
    };
  }
  return null;
}

function victims(kills: readonly OomKill[]): string {
  const names = [...new Set(kills.map((kill) => kill.service ?? kill.process ?? "a process"))];
  return `${names.join(" and ")} ${times(kills.length)}`;
}

function killEvidence(kill: OomKill): Axis["evidence"][number] {
  const what = kill.process === null ? "a process" : kill.process;
  return {
    atMs: kill.atMs,
    untilMs: null,
    text: `OOM kill of ${what}${kill.service ? ` in ${kill.service}` : ""}`,
    lines: [],
  };
}

function peakEvidence(windows: readonly RunWindow[]): Axis["evidence"] {
  const peak = peakWindow(windows);
  const spikes = windows.flatMap(({ spike }) => spike ?? []).sort((a, b) => b.bytes - a.bytes);
  const [spike] = spikes;
  if (spike !== undefined && spike.bytes > (peak?.memoryPeakBytes ?? 0)) {
    return [
      { atMs: spike.atMs, untilMs: null, text: `spike between two readings, ${mib(spike.bytes)} MiB`, lines: [] },
    ];
  }
  if (peak?.memoryPeakAtMs == null || peak.memoryPeakBytes === null) return [];
  return [
    { atMs: peak.memoryPeakAtMs, untilMs: null, text: `highest reading, ${mib(peak.memoryPeakBytes)} MiB`, lines: [] },
  ];
}
