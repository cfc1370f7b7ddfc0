import { X } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { type RunId, type SpanFigures, spanFigures } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { Button } from "../ui/button.tsx";
import { fineClockText } from "./chart-specs.ts";
import { useRunView } from "./run-view.ts";
import { SpanLogs } from "./span-logs.tsx";
import { SpanTable } from "./span-table.tsx";
import type { Span } from "./time-window.ts";
import type { RunLogs } from "./use-run-logs.ts";
import { useSteady } from "./use-steady.ts";
import type { Timeline } from "./use-timeline.ts";

/** Figures of twenty services over half an hour take some ms: they follow the view at this distance. */
const figuresEveryMs = 400;

interface FiguresWanted {
  runId: RunId;
  timeline: Timeline;
  span: Span;
  follows: boolean;
}

/** The figures of a span: from the page's own readings, or from the host where those were thinned. */
function useFigures(wanted: FiguresWanted): SpanFigures | null {
  const { runId, timeline, follows } = wanted;
  const { isThinned, index } = timeline;
  const steady = useSteady({ columns: timeline.columns, ...wanted.span }, figuresEveryMs);
  const { columns, fromMs, toMs } = steady;
  const [asked, setAsked] = useState<SpanFigures | null>(null);
  const own = useMemo(() => (columns === null ? null : spanFigures(columns, fromMs, toMs)), [columns, fromMs, toMs]);
  const asks = isThinned && !follows;
  useEffect(() => {
    if (!asks) return undefined;
    const ended = new AbortController();
    client.runs.samples({ runId, target: index, fromMs, toMs, points: 1 }, { signal: ended.signal }).then(
      ({ figures }) => {
        if (!ended.signal.aborted) setAsked(figures);
      },
      // The page's own figures stay: their peaks are exact, too.
      () => undefined,
    );
    return () => {
      ended.abort();
      setAsked(null);
    };
  }, [asks, runId, index, fromMs, toMs]);
  return asks && asked !== null ? asked : own;
}

interface SpanPanelProps {
  runId: RunId;
  timeline: Timeline;
  services: readonly string[];
  logs: RunLogs;
  follows: boolean;
}

/** What was marked on the charts, or what they show: its figures and what was printed in it. */
export function SpanPanel({ runId, timeline, services, logs, follows }: SpanPanelProps) {
  const brush = useRunView((view) => view.brush);
  const { window, shownMs, target } = timeline;
  const span = brush ?? { fromMs: window.fromMs, toMs: Math.min(window.toMs, Math.max(shownMs, window.fromMs)) };
  const figures = useFigures({ runId, timeline, span, follows });
  const width = span.toMs - span.fromMs;
  return (
    <section className="span-panel" aria-label="Span">
      <header>
        <h2 className="part-title">{brush === null ? "In view" : "Marked"}</h2>
        <span className="small">
          {fineClockText(span.fromMs, width)} to {fineClockText(span.toMs, width)},{" "}
          {(width / 1_000).toFixed(width < 20_000 ? 1 : 0)} s
        </span>
        <span className="push muted small">{follows ? "the latest lines" : ""}</span>
        <Button look="ghost" icon={X} disabled={brush === null} onClick={() => useRunView.setState({ brush: null })}>
          Unmark
        </Button>
      </header>
      <div className="span-body">
        <SpanTable services={services} figures={figures} target={target} isFine={width <= 20_000} />
        <SpanLogs logs={logs} services={services} follows={follows} />
      </div>
    </section>
  );
}
