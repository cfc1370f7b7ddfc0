import type { Change, ComparedFigure, Comparison, FigureName } from "../domain/index.ts";
import { bytesText } from "./bytes.ts";
import { coresText } from "./cores.ts";

const figureWords: Record<FigureName, string> = {
  memoryPeakBytes: "memory peak",
  cpuSecondsPerSecond: "CPU seconds a second",
  cpuP95Cores: "CPU p95",
  cpuP99Cores: "CPU p99",
  startupSeconds: "start-up",
};

/** What a figure is called. */
export function figureWord(figure: FigureName): string {
  return figureWords[figure];
}

/** A value of a figure with its unit, `-` for none: `112 MiB`, `0.034`, `4.2 s`. */
export function figureText(figure: FigureName, value: number | null): string {
  if (value === null) return "-";
  if (figure === "memoryPeakBytes") return value < 0 ? `-${bytesText(-value)}` : bytesText(value);
  return figure === "startupSeconds" ? `${value.toFixed(1)} s` : coresText(value, 3);
}

/** How much more, with its sign: `+12 MiB`. */
export function shiftText(figure: FigureName, value: number | null): string {
  return value !== null && value > 0 ? `+${figureText(figure, value)}` : figureText(figure, value);
}

/** `+12.0 %`; `-` when it is a share of nothing. */
export function relativeText(relative: number | null): string {
  return relative === null ? "-" : `${relative > 0 ? "+" : ""}${(relative * 100).toFixed(1)} %`;
}

const changeWords: Record<Change, string> = {
  worse: "Worse",
  better: "Better",
  "not-shown": "No difference shown",
  "not-comparable": "Not comparable",
};

/** The word of a change. */
export function changeWord(change: Change): string {
  return changeWords[change];
}

/** A p-value as people may read it: how often chance alone makes at least such a difference. */
export function chanceText(pValue: number): string {
  if (pValue < 0.001) return "by chance less than once in 1,000 comparisons";
  return `by chance ${Math.round(pValue * 1000)} times in 1,000 comparisons`;
}

/** One figure in a sentence: what happened, from what to what, between which bounds, and how often chance does that. */
export function figureSentence(subject: string, { figure, a, b, difference, pValue, change, reason }: ComparedFigure) {
  const values = `${figureText(figure, a.median)} to ${figureText(figure, b.median)}`;
  const what = `${subject}: ${figureWord(figure)}`;
  if (change === "not-shown" || change === "not-comparable") return `${what} ${values}. ${reason}`;
  const by = shiftText(figure, difference?.value ?? null);
  const bounds =
    difference === null || difference.low === null || difference.high === null
      ? ""
      : `, between ${shiftText(figure, difference.low)} and ${shiftText(figure, difference.high)}`;
  return `${what} got ${change} by ${by} (${values}${bounds}); ${chanceText(pValue ?? 1)}.`;
}

/** What got worse or better, a sentence each, in the order of the figures. */
export function changeSentences({ targets }: Comparison, change: "better" | "worse"): string[] {
  return targets.flatMap(({ label, stack, services }) => {
    const where = (subject: string) => (targets.length === 1 ? subject : `${label}, ${subject}`);
    return [{ name: "the stack", figures: stack }, ...services].flatMap(({ name, figures }) =>
      figures.filter((one) => one.change === change).map((one) => figureSentence(where(name), one)),
    );
  });
}

/** The whole comparison in one sentence. */
export function comparisonHeadline(comparison: Comparison): string {
  const worse = changeSentences(comparison, "worse").length;
  const better = changeSentences(comparison, "better").length;
  if (comparison.change === "not-comparable") return "Not comparable: these are the values, and no more.";
  if (worse === 0 && better === 0) return "No difference is shown.";
  const parts = [...(worse > 0 ? [`${worse} worse`] : []), ...(better > 0 ? [`${better} better`] : [])];
  return `Figures that changed: ${parts.join(", ")}.`;
}
