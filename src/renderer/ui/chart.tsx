import "uplot/dist/uPlot.min.css";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";
import uPlot from "uplot";
import { type ChartColors, onThemeChange, readChartColors } from "./chart-colors.ts";
import { chartData, chartOptions } from "./chart-options.ts";
import type { ChartSpec } from "./chart-spec.ts";

interface ChartProps {
  spec: ChartSpec;
  height: number;
  /** One sentence that says what the chart shows, for those who cannot see it. */
  summary: string;
  /** Charts with the same key share one cursor. */
  syncKey?: string;
  onCursor?: (index: number | null) => void;
  /** False: the caller draws a cursor over this chart and others, and leads it by the keys. */
  cursor?: boolean;
}

/** A chart on a canvas. It follows its data, its size and the theme; the arrow keys step through the samples. */
export function Chart({ spec, height, summary, syncKey, onCursor, cursor = true }: ChartProps) {
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ spec, onCursor });
  latest.current = { spec, onCursor };
  // Other series or another height need a new plot; other values do not.
  const shape = `${height} ${spec.series.map((series) => `${series.name}:${series.token}`).join(" ")}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the parts of the spec that need a new plot.
  useLayoutEffect(() => {
    const element = holder.current;
    if (element === null) return;
    let colors: ChartColors = readChartColors(element);
    const made = new uPlot(
      chartOptions({
        size: { width: Math.max(120, element.clientWidth), height },
        spec: () => latest.current.spec,
        colors: () => colors,
        onCursor: (index) => latest.current.onCursor?.(index),
        syncKey: syncKey ?? null,
        cursor,
      }),
      chartData(latest.current.spec),
      element,
    );
    plot.current = made;
    const stopTheme = onThemeChange(() => {
      colors = readChartColors(element);
      made.redraw(false);
    });
    const resize = new ResizeObserver(() => made.setSize({ width: Math.max(120, element.clientWidth), height }));
    resize.observe(element);
    return () => {
      stopTheme();
      resize.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape, syncKey, height, cursor]);

  useEffect(() => {
    plot.current?.setData(chartData(spec));
  }, [spec]);

  function step(event: KeyboardEvent): void {
    const made = plot.current;
    const direction = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (made === null || direction === 0) return;
    event.preventDefault();
    const last = spec.x.length - 1;
    const index = Math.min(last, Math.max(0, (made.cursor.idx ?? last) + direction));
    const x = spec.x[index];
    if (x !== undefined) made.setCursor({ left: made.valToPos(x, "x"), top: 1 });
  }

  if (!cursor) return <div ref={holder} className="chart" style={{ height }} role="img" aria-label={summary} />;
  return (
    <div
      ref={holder}
      className="chart"
      style={{ height }}
      role="application"
      aria-label={summary}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the cursor through the samples.
      tabIndex={0}
      onKeyDown={step}
    />
  );
}
