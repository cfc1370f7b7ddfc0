/** A horizontal line with the name that stands at its right end. */
export interface ChartLine {
  value: number;
  label: string;
}

/** A moment on the time axis at which something happened. */
export interface ChartMarker {
  x: number;
  tone: "over" | "tight";
  label: string;
}

export interface ChartSeries {
  name: string;
  values: readonly (number | null)[];
  /** The token of its line; its area, if it has one, is the token with `-fill`. */
  token: string;
  area: boolean;
}

/** What a chart shows. The units of x and y are the caller's; the texts come from it too. */
export interface ChartSpec {
  x: readonly number[];
  series: readonly ChartSeries[];
  /** Areas on one another; the first series is at the bottom. */
  stacked: boolean;
  xRange: readonly [number, number];
  xText: (x: number) => string;
  /** The distances between ticks that suit x, ascending. */
  xSteps: readonly number[];
  yText: (y: number) => string;
  budget: ChartLine | null;
  limits: readonly ChartLine[];
  markers: readonly ChartMarker[];
  fitsShare: number | null;
  nowX: number | null;
  /** The highest point of all, with its name. */
  peak: { x: number; y: number; label: string } | null;
}

/** The top of the y axis: 15 % above the budget at least, so that its line is always in view. */
export function yTop(spec: ChartSpec, highest: number): number {
  const lines = spec.limits.map((limit) => limit.value * 1.06);
  const budget = spec.budget === null ? 0 : spec.budget.value * 1.15;
  const top = Math.max(budget, highest * 1.08, ...lines);
  return top > 0 ? top : 1;
}
