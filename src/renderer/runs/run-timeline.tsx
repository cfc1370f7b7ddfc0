import { useMemo, useRef } from "react";
import type { RunRecord } from "../../shared/domain/index.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { useWidth } from "../ui/use-width.ts";
import type { ChartSource } from "./chart-specs.ts";
import { EventLane } from "./event-lane.tsx";
import { EventList } from "./event-list.tsx";
import { LogLane } from "./log-lane.tsx";
import { PhaseBar } from "./phase-bar.tsx";
import { RunCharts } from "./run-charts.tsx";
import { useRunColumns } from "./run-columns-feed.ts";
import { RunTools } from "./run-tools.tsx";
import { useRunView } from "./run-view.ts";
import { ServiceRows } from "./service-rows.tsx";
import { SpanPanel } from "./span-panel.tsx";
import { plotPixels, TimeFrame } from "./time-frame.tsx";
import { useDetail } from "./use-detail.ts";
import { useRunLogs } from "./use-run-logs.ts";
import type { Timeline } from "./use-timeline.ts";
import "./run-timeline.css";

const heights = { memory: 250, cpu: 130 };

interface RunTimelineProps {
  record: RunRecord;
  timeline: Timeline;
  fitsShare: number;
}

/** Charts, events and logs of one target on one axis, and below it the figures and lines of the span that was marked. */
export function RunTimeline({ record, timeline, fitsShare }: RunTimelineProps) {
  const frame = useRef<HTMLDivElement>(null);
  const pixels = plotPixels(useWidth(frame));
  const shape = useRunView((view) => view.shape);
  const brush = useRunView((view) => view.brush);
  const failure = useRunColumns((state) => state.failure);
  const { target, events, window, live, shownMs, index } = timeline;
  const columns = useDetail(record.id, timeline, pixels);
  const isPaused = useRunView((view) => view.pause !== null);
  const follows = live && !isPaused && brush === null && window.toMs >= shownMs;
  const logs = useRunLogs({ runId: record.id, target: index, span: brush ?? window, follows });
  const source = useMemo<ChartSource | null>(
    () =>
      columns === null ? null : { columns, target, events, window, pixels, fitsShare, nowMs: live ? shownMs : null },
    [columns, target, events, window, pixels, fitsShare, live, shownMs],
  );
  return (
    <section className="panel run-panel" aria-label="Charts">
      <RunTools timeline={timeline} />
      {failure === null ? null : <FailureNote failure={failure} />}
      <TimeFrame timeline={timeline} frame={frame}>
        <PhaseBar timeline={timeline} />
        {source === null ? (
          <div className="charts-wait" style={{ height: heights.memory + heights.cpu }}>
            <Skeleton width="100%" height={heights.memory} />
          </div>
        ) : shape === "stack" ? (
          <RunCharts source={source} heights={heights} />
        ) : (
          <ServiceRows source={source} />
        )}
        <EventLane timeline={timeline} pixels={pixels} />
        <LogLane lines={logs.lines} window={window} pixels={pixels} />
      </TimeFrame>
      <EventList events={events} />
      <SpanPanel runId={record.id} timeline={timeline} services={record.services} logs={logs} follows={follows} />
    </section>
  );
}
