import type uPlot from "uplot";
import type { ChartColors } from "./chart-colors.ts";
import { drawAreaNames, drawFrame, drawZones } from "./chart-draw.ts";
import { type ChartSpec, yTop } from "./chart-spec.ts";
import { stackValues } from "./stack-values.ts";

/** The series in drawing order: of stacked areas the highest sum first, so that each one below covers its part. */
function drawn(spec: ChartSpec): { token: string; area: boolean; name: string; values: (number | null)[] }[] {
  if (!spec.stacked) return spec.series.map((series) => ({ ...series, values: [...series.values] }));
  const sums = stackValues(spec.series.map((series) => series.values));
  return spec.series.map((series, index) => ({ ...series, values: sums[index] ?? [] })).reverse();
}

/** The columns that uPlot draws for a spec. */
export function chartData(spec: ChartSpec): uPlot.AlignedData {
  return [[...spec.x], ...drawn(spec).map((series) => series.values)];
}

function highest(data: uPlot.AlignedData): number {
  let top = 0;
  for (const column of data.slice(1)) for (const value of column) if (value != null && value > top) top = value;
  return top;
}

interface OptionSources {
  size: { width: number; height: number };
  spec: () => ChartSpec;
  colors: () => ChartColors;
  onCursor: (index: number | null) => void;
  syncKey: string | null;
  cursor: boolean;
}

/** uPlot's options for a chart of ours; everything that changes is read anew at each drawing. */
export function chartOptions({ size, spec, colors, onCursor, syncKey, cursor }: OptionSources): uPlot.Options {
  const axisFont = () => `11px ${colors().font}`;
  const axis = { stroke: () => colors().token("--chart-axis"), font: axisFont(), ticks: { show: false } };
  return {
    ...size,
    padding: [10, 80, 0, 0],
    legend: { show: false },
    cursor: {
      show: cursor,
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
      ...(syncKey === null ? {} : { sync: { key: syncKey, setSeries: false } }),
    },
    scales: {
      x: { time: false, range: () => [spec().xRange[0], spec().xRange[1]] },
      y: { range: (plot) => [0, yTop(spec(), highest(plot.data))] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 6,
        space: 58,
        incrs: [...spec().xSteps],
        grid: { show: false },
        border: { show: true, stroke: () => colors().token("--line-strong"), width: 1 },
        values: (_plot, splits) => splits.map((x) => spec().xText(x)),
      },
      {
        ...axis,
        size: 50,
        gap: 6,
        space: 28,
        grid: { stroke: () => colors().token("--chart-grid"), width: 1 },
        // A tick that would touch the budget's disc gives way to it.
        values: (plot, splits) => {
          const budget = spec().budget;
          const top = plot.scales.y?.max ?? 1;
          return splits.map((y) => (budget !== null && Math.abs(y - budget.value) < top * 0.09 ? "" : spec().yText(y)));
        },
      },
    ],
    series: [
      {},
      ...drawn(spec()).map((series) => ({
        label: series.name,
        stroke: () => colors().token(series.token),
        width: colors().seriesWidth,
        points: { show: false },
        ...(series.area ? { fill: () => colors().token(`${series.token}-fill`) } : {}),
      })),
    ],
    hooks: {
      drawAxes: [(plot) => drawZones(plot, spec(), colors())],
      draw: [
        (plot) => {
          if (spec().stacked)
            drawAreaNames(
              plot,
              drawn(spec()).map((series) => series.name),
              colors(),
            );
          drawFrame(plot, spec(), colors());
        },
      ],
      setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)],
    },
  };
}
