import type { AccuracyAxis, AccuracyPair } from "../accuracy.ts";
import type { Correction } from "../speed.ts";
import type { Axis, AxisName, Rules } from "../verdict.ts";
import { steadySeconds } from "./conditions.ts";
import { estimateCpu, steadyWindows } from "./cpu.ts";
import type { TargetObservation } from "./observation.ts";

/** What one run said of a device: what was seen, with the envelope of that device, and how it was judged. */
export interface Prediction {
  seen: TargetObservation;
  axes: Partial<Record<AxisName, Axis>>;
}

/** Less CPU than this is the noise of a machine. In device cores. */
const leastCores = 0.02;
/** A run that was cut off more often than this did not show what it wants. */
const saturatedMax = 0.05;

/** The figures of a run elsewhere beside those of a run on the device, each with the band that was stated. `rules`: of the prediction. */
export function accuracyAxes(predicted: Prediction, measured: Prediction, rules: Rules): AccuracyAxis[] {
  const mean = meanCores(predicted.seen);
  const { startup } = predicted.axes;
  return [
    axis("memory", "bytes", predicted.axes.memory?.value, measured.axes.memory?.value, rules.memoryBand),
    axis("cpu", "cores", predicted.axes.cpu?.value, measured.axes.cpu?.value, rules.cpuBand),
    axis("cpu-mean", "cores", mean, meanCores(measured.seen), rules.cpuBand),
    // A start is partly waiting: its band is only what a projection stated.
    axis("startup", "seconds", startup?.value, measured.axes.startup?.value, bandOf(startup)),
  ];
}

function bandOf(judged: Axis | undefined): number | null {
  const { value = null, high = null } = judged ?? {};
  return value === null || high === null || value <= 0 || high <= value ? null : high / value;
}

function axis(
  name: AccuracyAxis["axis"],
  unit: AccuracyAxis["unit"],
  predicted: number | null = null,
  measured: number | null = null,
  band: number | null,
): AccuracyAxis {
  const edges = predicted === null || band === null ? null : { low: predicted / band, high: predicted * band };
  const known = { axis: name, unit, predicted, low: edges?.low ?? null, high: edges?.high ?? null, measured };
  const ratio = predicted === null || measured === null || predicted <= 0 ? null : measured / predicted;
  const unsaid = (reason: string): AccuracyAxis => ({ ...known, ratio, inside: null, reason });
  if (predicted === null) return unsaid("It was not predicted.");
  if (measured === null) return unsaid("It was not measured on the device.");
  if (edges === null) return unsaid("No band is stated for it.");
  if (unit === "cores" && predicted < leastCores && measured < leastCores) {
    return { ...known, ratio, inside: true, reason: "Both are next to nothing." };
  }
  return { ...known, ratio, inside: measured >= edges.low && measured <= edges.high, reason: null };
}

/** CPU seconds per steady second, in device cores; null without steady time, or a speed to translate by. */
export function meanCores(seen: TargetObservation): number | null {
  const { speedRatio } = seen.envelope;
  const used = steadyWindows(seen).flatMap(({ hostCores }) => hostCores ?? []);
  if (speedRatio === null || used.length === 0) return null;
  return used.reduce((sum, value) => sum + value, 0) / used.length / speedRatio;
}

/**
 * What a pair of runs teaches: CPU seconds per steady second on the device over those predicted, without any correction that
 * the prediction had. Null with the reason when one of them does not show what the stack wants.
 */
export function learnRatio(
  predicted: TargetObservation,
  measured: TargetObservation,
  rules: Rules,
): { ratio: number | null; reason: string | null } {
  const nothing = (reason: string) => ({ ratio: null, reason });
  if (measured.envelope.mode !== "device") return nothing("The second run was not made on a device.");
  for (const [seen, which] of [
    [predicted, "The predicting run"],
    [measured, "The run on the device"],
  ] as const) {
    const why = whyUnusable(seen, rules);
    if (why !== null) return nothing(`${which} ${why}.`);
  }
  if (predicted.loadGiven !== measured.loadGiven) return nothing("Only one of the runs had a load.");
  const [said, was] = [meanCores(predicted), meanCores(measured)];
  if (said === null || was === null) return nothing("The speed of the device is not known.");
  const raw = said / (predicted.budget.correction?.factor ?? 1);
  if (raw < leastCores || was < leastCores) return nothing("It uses too little CPU to learn from.");
  return { ratio: was / raw, reason: null };
}

function whyUnusable(seen: TargetObservation, rules: Rules): string | null {
  if (seen.failedInside !== null || seen.foreignPlatform !== null) return "did not go well";
  if (steadySeconds(seen) < rules.minSteadySeconds) return `had less than ${rules.minSteadySeconds} s of steady time`;
  const { saturatedShare, busyShare } = estimateCpu(seen, rules);
  if ((saturatedShare ?? 0) > saturatedMax) return "used all the CPU that there was";
  if ((busyShare ?? 0) > rules.busyHostWindowsMax) return "was made on a busy machine";
  return null;
}

/** The correction of several pairs of one model, whose speed is taken as `score` now: the median of their ratios. */
export function correctionFrom(pairs: readonly Pick<AccuracyPair, "ratio" | "score">[], score: number): Correction {
  // Each was learned against the score of its day: a board that is measured since is predicted by another one.
  const ratios = pairs.map((pair) => (pair.ratio * score) / pair.score).sort((a, b) => a - b);
  const middle = ratios.length / 2;
  const [lower, upper] = [ratios[Math.ceil(middle) - 1], ratios[Math.floor(middle)]];
  if (lower === undefined || upper === undefined) throw new RangeError("Nothing was learned yet.");
  return { factor: (lower + upper) / 2, runs: ratios.length };
}
