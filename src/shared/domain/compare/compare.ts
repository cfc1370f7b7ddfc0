import { median } from "../series/index.ts";
import type { Change, ComparedFigure, ComparedSide, ComparedTarget, Comparison } from "./comparison.ts";
import { type ConditionDifference, type FigureName, figureNames } from "./comparison.ts";
import { conditionDifferences, type TargetRun } from "./conditions.ts";
import { holm, leastRepeats, medianShift, permutationPValue } from "./rank-test.ts";
import { type ComparableRun, type Figures, figuresOf } from "./run-figures.ts";

/** The level below which an adjusted p-value counts. */
export const significance = 0.05;

/** What measuring cannot tell apart: the larger of a figure of its own and a share of A's median. More is worse for every figure. */
const least: Record<FigureName, { absolute: number; share: number }> = {
  memoryPeakBytes: { absolute: 1024 ** 2, share: 0.01 },
  cpuSecondsPerSecond: { absolute: 0.005, share: 0.02 },
  cpuP95Cores: { absolute: 0.005, share: 0.02 },
  cpuP99Cores: { absolute: 0.005, share: 0.02 },
  startupSeconds: { absolute: 0.1, share: 0.02 },
};

export interface ComparisonSide {
  /** As it was asked for. */
  name: string;
  runs: readonly ComparableRun[];
}

/** Compares B with A for every target that both have. Null when they have none in common, or a side has no runs. */
export function compareRuns(a: ComparisonSide, b: ComparisonSide): Comparison | null {
  const [sideA, sideB] = [sideOf(a), sideOf(b)];
  const targets = (a.runs[0]?.result.targets ?? []).flatMap(({ device }) => {
    const [ofA, ofB] = [runsAgainst(a, device.label), runsAgainst(b, device.label)];
    return ofA.length === 0 || ofB.length === 0 ? [] : [compareTarget(device, ofA, ofB)];
  });
  if (sideA === null || sideB === null || targets.length === 0) return null;
  return { schemaVersion: 1, a: sideA, b: sideB, targets, change: worstChange(targets.map(({ change }) => change)) };
}

function sideOf({ name, runs }: ComparisonSide): ComparedSide | null {
  const [first] = runs;
  if (first === undefined) return null;
  return {
    name,
    stackName: first.record.stackName,
    runIds: runs.map(({ record }) => record.id),
    startedAtMs: Math.min(...runs.map(({ record }) => record.startedAtMs)),
  };
}

function runsAgainst({ runs }: ComparisonSide, label: string): (TargetRun & { index: number })[] {
  return runs.flatMap((run) => {
    const index = run.result.targets.findIndex(({ device }) => device.label === label);
    const target = run.result.targets[index];
    return target === undefined ? [] : [{ run, target, index }];
  });
}

function compareTarget(
  { label, name }: { label: string; name: string },
  a: readonly (TargetRun & { index: number })[],
  b: readonly (TargetRun & { index: number })[],
): ComparedTarget {
  const differences = conditionDifferences(a, b);
  const figures = (side: typeof a) => side.map(({ run, target, index }) => figuresOf(target, run.observations[index]));
  const [ofA, ofB] = [figures(a), figures(b)];
  const serviceNames = [...new Set([...ofA, ...ofB].flatMap(({ services }) => [...services.keys()]))];
  const stack = judged(
    compareFigures(
      ofA.map((one) => one.stack),
      ofB.map((one) => one.stack),
      differences,
    ),
  );
  const services = serviceNames.map((service) => {
    const own = (side: typeof ofA) => side.flatMap((one) => one.services.get(service) ?? []);
    const [inA, inB] = [own(ofA), own(ofB)];
    const onlyIn = inA.length === 0 ? ("b" as const) : inB.length === 0 ? ("a" as const) : null;
    return { name: service, onlyIn, figures: compareFigures(inA, inB, differences) };
  });
  // The services are judged together: of many figures some look different by chance.
  const all = judged(services.flatMap((service) => service.figures));
  let at = 0;
  const judgedServices = services.map((service) => {
    const from = at;
    at += service.figures.length;
    return { ...service, figures: all.slice(from, at) };
  });
  const changes = [...stack, ...all].map(({ change }) => change);
  return { label, name, differences, stack, services: judgedServices, change: worstChange(changes) };
}

/** The values of both sides with the test of each figure, not yet judged. What neither side measured is left out. */
function compareFigures(
  a: readonly Figures[],
  b: readonly Figures[],
  differences: readonly ConditionDifference[],
): ComparedFigure[] {
  return figureNames.flatMap((figure) => {
    const [inA, inB] = [known(a, figure), known(b, figure)];
    if (inA.length === 0 && inB.length === 0) return [];
    const shift = medianShift(inA, inB);
    const [ofA, ofB] = [median(inA), median(inB)];
    const reason = whyNotComparable(figure, inA, inB, differences);
    const difference =
      shift === null ? null : { ...shift, relative: ofA === null || ofA === 0 ? null : shift.value / ofA };
    return [
      {
        figure,
        a: { values: inA, median: ofA },
        b: { values: inB, median: ofB },
        // A bound of what is not comparable would look like a finding.
        difference: difference === null || reason === null ? difference : { ...difference, low: null, high: null },
        pValue: reason === null ? permutationPValue(inA, inB) : null,
        adjustedPValue: null,
        change: "not-comparable",
        reason: reason ?? "",
      },
    ];
  });
}

function known(side: readonly Figures[], figure: FigureName): number[] {
  return side.flatMap((figures) => figures[figure] ?? []);
}

function whyNotComparable(
  figure: FigureName,
  a: readonly number[],
  b: readonly number[],
  differences: readonly ConditionDifference[],
): string | null {
  const others = differences.filter(({ affects }) => affects.includes(figure)).map(({ what }) => what);
  if (others.length > 0) return `Not the same on both sides: ${others.join(", ")}.`;
  if (a.length >= leastRepeats && b.length >= leastRepeats) return null;
  return `At least ${leastRepeats} runs a side are needed; there are ${a.length} and ${b.length}.`;
}

/** The figures of one family with their answers: p-values are adjusted for how many were tested together. */
function judged(figures: readonly ComparedFigure[]): ComparedFigure[] {
  const tested = figures.flatMap(({ pValue }) => pValue ?? []);
  const adjusted = holm(tested);
  let at = 0;
  return figures.map((one) => {
    if (one.pValue === null) return one;
    const adjustedPValue = adjusted[at] ?? 1;
    at += 1;
    return { ...one, adjustedPValue, ...answerOf(one, one.pValue, adjustedPValue, tested.length) };
  });
}

function answerOf(
  { figure, difference, a }: ComparedFigure,
  pValue: number,
  adjustedPValue: number,
  tested: number,
): Pick<ComparedFigure, "change" | "reason"> {
  const shift = difference?.value ?? 0;
  const { absolute, share } = least[figure];
  if (adjustedPValue >= significance) {
    const byChance =
      pValue < significance ? ` Of ${tested} figures that were tested, one such is likely by chance.` : "";
    return { change: "not-shown", reason: `No difference is shown.${byChance}` };
  }
  if (Math.abs(shift) < Math.max(absolute, share * Math.abs(a.median ?? 0))) {
    return { change: "not-shown", reason: "The difference is smaller than what measuring can tell." };
  }
  return { change: shift > 0 ? "worse" : "better", reason: "" };
}

function worstChange(changes: readonly Change[]): Change {
  const order: readonly Change[] = ["worse", "better", "not-shown", "not-comparable"];
  return order.find((change) => changes.includes(change)) ?? "not-comparable";
}
