import { escapeMarkup } from "./escape-markup.ts";

/** One band of a stacked chart: a value for each moment, null where there is none. */
export interface Band {
  name: string;
  values: readonly (number | null)[];
}

export interface AreaChart {
  title: string;
  /** Seconds since the start, one for each value. */
  seconds: readonly number[];
  bands: readonly Band[];
  /** The budget line; null when there is no budget. */
  budget: number | null;
  valueText: (value: number) => string;
}

const width = 880;
const height = 220;
const plot = { left: 64, top: 12, right: 12, bottom: 24 };
/** The line stays in view: the axis reaches this much of the budget. */
const headroom = 1.15;

/** Stacked areas against the budget line, as SVG that needs nothing else. Colours are the page's: `.band-1` and so on, `.budget`. */
export function areaChart({ title, seconds, bands, budget, valueText }: AreaChart): string {
  const sums = stackUp(bands, seconds.length);
  const most = Math.max(0, ...(sums.at(-1) ?? []), (budget ?? 0) * headroom) || 1;
  const endSeconds = seconds.at(-1) ?? 1;
  const x = (second: number) => plot.left + (second / (endSeconds || 1)) * (width - plot.left - plot.right);
  const y = (value: number) => height - plot.bottom - (value / most) * (height - plot.top - plot.bottom);
  const areas = bands.map(({ name }, index) => {
    const top = points(sums[index] ?? [], seconds, x, y);
    const bottom = points(sums[index - 1] ?? seconds.map(() => 0), seconds, x, y).reverse();
    return `<polygon class="band-${index + 1}" points="${[...top, ...bottom].join(" ")}"><title>${escapeMarkup(name)}</title></polygon>`;
  });
  const line =
    budget === null
      ? ""
      : `<line class="budget" x1="${plot.left}" x2="${width - plot.right}" y1="${y(budget).toFixed(1)}" y2="${y(budget).toFixed(1)}"/>` +
        label(plot.left - 8, y(budget) + 4, valueText(budget), "end");
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeMarkup(title)}">`,
    `<line class="axis" x1="${plot.left}" x2="${width - plot.right}" y1="${y(0)}" y2="${y(0)}"/>`,
    ...areas,
    line,
    label(plot.left - 8, y(0) + 4, "0", "end"),
    label(plot.left, height - 6, "0 s", "start"),
    label(width - plot.right, height - 6, `${Math.round(endSeconds)} s`, "end"),
    "</svg>",
  ].join("");
}

function stackUp(bands: readonly Band[], length: number): number[][] {
  const below = new Array<number>(length).fill(0);
  return bands.map(({ values }) => {
    for (let index = 0; index < length; index += 1) below[index] = (below[index] ?? 0) + (values[index] ?? 0);
    return [...below];
  });
}

function points(
  values: readonly number[],
  seconds: readonly number[],
  x: (second: number) => number,
  y: (value: number) => number,
): string[] {
  return values.map((value, index) => `${x(seconds[index] ?? 0).toFixed(1)},${y(value).toFixed(1)}`);
}

function label(x: number, y: number, text: string, anchor: "start" | "end"): string {
  return `<text x="${x}" y="${y.toFixed(1)}" text-anchor="${anchor}">${escapeMarkup(text)}</text>`;
}
