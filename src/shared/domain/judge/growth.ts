import type { Axis, Rules } from "../verdict.ts";
import { steadySeconds, unknownAxis, whyNotMeasurable } from "./conditions.ts";
import { steadyWindows } from "./cpu.ts";
import { estimateStackMemory } from "./memory.ts";
import type { TargetObservation } from "./observation.ts";
import { quantile } from "./quantiles.ts";
import { medianSlope, type Slope } from "./slope.ts";
import type { RunWindow } from "./windows.ts";
import { mib } from "./words.ts";

const daySeconds = 86_400;
/** Seconds that are one point of the slope: neighbours are alike, and would make it look surer than it is. */
const pointSeconds = 30;

/** Why the slope of memory is not judged; null when it is. */
export function whyNoGrowth(seen: TargetObservation, rules: Rules): string | null {
  const seconds = Math.floor(steadySeconds(seen));
  if (seconds < rules.growthSeconds) {
    return `A slope needs ${rules.growthSeconds / 60} min of steady time; this run had ${seconds} s.`;
  }
  if (whyNotMeasurable(seen, rules) !== null) return "The stack did not run as it should, so its slope means nothing.";
  if (seen.budget.memoryBytes === null) return `There is no memory budget: ${seen.budget.memorySource}`;
  return growthOf(seen, (window) => window.memoryPeakBytes) === null ? "Memory could not be read." : null;
}

/**
 * Judges the slope of the memory that counts. It never says "does not fit": what grows for ten minutes may stop. `limit` is the
 * slope at which what is left of the budget lasts just as long as the rules want.
 */
export function judgeGrowth(seen: TargetObservation, rules: Rules): Axis | null {
  const slope = growthOf(seen, (window) => window.memoryPeakBytes);
  const budget = seen.budget.memoryBytes;
  if (whyNoGrowth(seen, rules) !== null || slope === null || budget === null) return null;
  const left = Math.max(0, budget - (estimateStackMemory(seen, rules)?.value ?? 0));
  const known: Partial<Axis> = { value: slope.value, low: slope.low, high: slope.high, limit: left / rules.growthDays };
  const { steadyFromMs, steadyToMs } = seen.times;
  const answer = (verdict: Axis["verdict"], reason: string): Axis => ({
    ...unknownAxis("bytesPerDay", reason, known),
    verdict,
  });
  if (slope.low <= 0) {
    return answer("fits", `Memory did not grow for certain: ${perDay(slope.low)} to ${perDay(slope.high)} a day.`);
  }
  const days = left / slope.value;
  const grows = `Memory grew by ${perDay(slope.value)} a day (${perDay(slope.low)} to ${perDay(slope.high)})${culprit(seen)}`;
  if (days >= rules.growthDays) return answer("fits", `${grows}: the budget lasts ${lasts(days)}.`);
  return {
    ...answer("tight", `${grows}: the budget would be used up in ${lasts(days)}.`),
    evidence: [{ atMs: steadyFromMs ?? 0, untilMs: steadyToMs, text: "the span of the slope", lines: [] }],
  };
}

/** The service that grows most for certain, in words. */
function culprit(seen: TargetObservation): string {
  const growing = seen.services
    .map(({ name }) => ({ name, slope: growthOf(seen, (window) => window.services[name]?.memoryPeakBytes ?? null) }))
    .filter(({ slope }) => slope !== null && slope.low > 0)
    .sort((a, b) => (b.slope?.value ?? 0) - (a.slope?.value ?? 0));
  return growing[0] === undefined ? "" : `, most of it ${growing[0].name}`;
}

/** Bytes a day over steady time, from the median of each half minute. */
function growthOf(seen: TargetObservation, bytesOf: (window: RunWindow) => number | null): Slope | null {
  const bins = new Map<number, number[]>();
  const windows = steadyWindows(seen);
  const startMs = windows[0]?.fromMs ?? 0;
  for (const window of windows) {
    const bytes = bytesOf(window);
    if (bytes === null) continue;
    const bin = Math.floor((window.fromMs - startMs) / 1000 / pointSeconds);
    bins.set(bin, [...(bins.get(bin) ?? []), bytes]);
  }
  const points = [...bins].map(([bin, values]) => ({
    x: (bin * pointSeconds) / daySeconds,
    y: quantile(values, 0.5) ?? 0,
  }));
  return medianSlope(points);
}

function perDay(bytes: number): string {
  return `${mib(bytes)} MiB`;
}

function lasts(days: number): string {
  if (days >= 730) return `${Math.floor(days / 365)} years`;
  if (days >= 2) return `${Math.floor(days)} days`;
  return `${Math.max(1, Math.round(days * 24))} h`;
}
