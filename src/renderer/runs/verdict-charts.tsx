import { ChartLine } from "lucide-react";
import { useMemo, useRef } from "react";
import { useLocation } from "wouter";
import type { RunEvent, RunRecord } from "../../shared/domain/index.ts";
import { paths } from "../app/paths.ts";
import { Button } from "../ui/button.tsx";
import { useWidth } from "../ui/use-width.ts";
import type { ChartSource } from "./chart-specs.ts";
import { RunCharts } from "./run-charts.tsx";
import { plotPixels } from "./time-frame.tsx";
import { useTargetColumns } from "./use-target-columns.ts";

const heights = { memory: 200, cpu: 120 };

interface VerdictChartsProps {
  record: RunRecord;
  index: number;
  events: readonly RunEvent[];
  fitsShare: number;
}

/** The whole of a target's run at a glance; a page of its own has it close up. */
export function VerdictCharts({ record, index, events, fitsShare }: VerdictChartsProps) {
  const [, navigate] = useLocation();
  const box = useRef<HTMLElement>(null);
  const pixels = plotPixels(useWidth(box));
  const held = useTargetColumns(index);
  const target = record.targets[index];
  const source = useMemo<ChartSource | null>(() => {
    if (held === undefined || target === undefined) return null;
    const { columns } = held;
    const own = events.filter((event) => event.target === index);
    const window = { fromMs: 0, toMs: columns.atMs[columns.length - 1] ?? 1_000 };
    return { columns, target, events: own, window, pixels, fitsShare, nowMs: null };
  }, [held, target, events, index, pixels, fitsShare]);
  return (
    <section ref={box} className="panel run-panel" aria-label="Charts">
      <header className="charts-head">
        <h2>The run</h2>
        <Button icon={ChartLine} onClick={() => navigate(paths.runCharts(record.id, index))}>
          Look closer
        </Button>
      </header>
      {source === null ? (
        <div className="charts-wait" style={{ height: heights.memory + heights.cpu + 40 }} />
      ) : (
        <RunCharts source={source} heights={heights} />
      )}
    </section>
  );
}
