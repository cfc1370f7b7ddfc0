import { CircleStop } from "lucide-react";
import { useMemo } from "react";
import type { RunColumns, RunRecord } from "../../shared/domain/index.ts";
import { mibText } from "../../shared/format/bytes.ts";
import { coreCountText } from "../../shared/format/cores.ts";
import { clockText } from "../../shared/format/time.ts";
import { client } from "../app/client.ts";
import { useAction } from "../app/use-action.ts";
import { useAnswer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { expectedEndMs, phaseSpans, phaseWord } from "./run-clock.ts";
import { peakOf, RunFigures } from "./run-figures.tsx";
import { useRun } from "./run-store.ts";
import { RunTargets } from "./run-targets.tsx";
import { RunTimeline } from "./run-timeline.tsx";
import { SoFar } from "./so-far.tsx";
import { StandInList } from "./stand-in-list.tsx";
import { type Timeline, useTimeline } from "./use-timeline.ts";

/** The share of the budget that the zone below the line starts at; results print the rule that was used. */
const fitsShare = 0.85;

/** How far the target that is measured is, whichever one is looked at. */
function Progress({ record }: { record: RunRecord }) {
  const events = useRun((state) => state.events);
  const nowMs = useRun((state) => state.lastMs);
  const spans = useMemo(() => phaseSpans(events, record.currentTarget, nowMs), [events, record.currentTarget, nowMs]);
  const steadyMs = spans.find((span) => span.phase === "steady")?.fromMs ?? null;
  const done = steadyMs === null ? 0 : Math.max(0, nowMs - steadyMs);
  const whole = record.request.durationMs;
  const left = Math.max(0, expectedEndMs(record, spans, nowMs) - nowMs);
  const text =
    steadyMs === null
      ? phaseWord(record.phase)
      : `${phaseWord(record.phase)} ${clockText(Math.min(done, whole))} of ${clockText(whole)}`;
  return (
    <div className="progress">
      <p className="row">
        <b className="strong">{text}</b>
        <span className="push muted small">{record.phase === "steady" ? `${clockText(left)} left` : ""}</span>
      </p>
      <span
        className="bar"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round((done / whole) * 100)}
        aria-label={text}
      >
        <i style={{ width: `${Math.min(100, (done / whole) * 100)}%` }} />
      </span>
    </div>
  );
}

function Free({ timeline, columns }: { timeline: Timeline; columns: RunColumns }) {
  const { target } = timeline;
  const peak = useMemo(() => peakOf(columns, columns.stack.memoryBytes), [columns]);
  const last = columns.stack.memoryBytes[columns.length - 1] ?? Number.NaN;
  const free = target.memoryBytes === null || Number.isNaN(last) ? null : target.memoryBytes - last;
  const lowest = target.memoryBytes === null || peak === null ? null : target.memoryBytes - peak.value;
  return (
    <section className="panel">
      <p className="caption">Memory free under the budget{timeline.live ? "" : ", at the end"}</p>
      <p className="big">
        {free === null ? "–" : mibText(free)} <small>MiB</small>
      </p>
      <p className="small muted">
        {lowest === null || peak === null
          ? "Waiting for the first sample"
          : `Lowest ${mibText(lowest)} MiB at ${clockText(peak.atMs)}`}
      </p>
    </section>
  );
}

/** Beside the charts: what is left, each service, the budget, and what can be said of it already. */
export function RunSide({ record, timeline }: { record: RunRecord; timeline: Timeline }) {
  const dropped = useRun((state) => state.dropped);
  const opened = useAnswer(record.file, (signal) =>
    client.stacks.open({ ...record.request, file: record.file }, { signal }),
  );
  const { target, columns, events } = timeline;
  const peak = useMemo(() => (columns === null ? null : peakOf(columns, columns.stack.memoryBytes)), [columns]);
  return (
    <div className="run-side">
      {columns === null ? null : (
        <>
          <Free timeline={timeline} columns={columns} />
          <section className="panel" aria-label="Memory of the services">
            <RunFigures columns={columns} stack={opened.value?.stack ?? null} target={target} live={timeline.live} />
          </section>
        </>
      )}
      <section className="panel">
        <h3>Budget</h3>
        <dl className="kv">
          <dt>Memory</dt>
          <dd>{target.memoryBytes === null ? "unknown" : `${mibText(target.memoryBytes)} MiB`}</dd>
          <dt>CPU</dt>
          <dd>{target.cpuCores === null ? "unknown" : `${coreCountText(target.cpuCores)} cores`}</dd>
          <dt>Speed</dt>
          <dd>
            {target.deviceCoresPerHostCore === null ? "unknown" : `x ${(1 / target.deviceCoresPerHostCore).toFixed(2)}`}
          </dd>
          <dt>Samples left out</dt>
          <dd>{dropped}</dd>
        </dl>
      </section>
      <SoFar peak={peak} target={target} fitsShare={fitsShare} events={events} live={timeline.live} />
      <StandInList substitutions={record.substitutions} />
    </div>
  );
}

/** A run as it goes on: memory and CPU against the budget line, what happened, what is left. */
export function LiveRun({ record }: { record: RunRecord }) {
  const cancel = useAction(async () => {
    await client.runs.cancel({ runId: record.id });
  });
  const timeline = useTimeline(record);
  if (timeline === null) return null;
  const { target, events, index, spans } = timeline;
  const isSteady = spans.some((span) => span.phase === "steady");
  const doing = events.findLast((event) => event.kind === "progress")?.text ?? null;
  return (
    <div className="run-page">
      <header className="run-head">
        <div className="grow">
          <h1 className="clip">
            {record.stackName} on {target.name}
          </h1>
          <p className="small muted">
            {record.targets.length > 1 ? `Target ${index + 1} of ${record.targets.length}. ` : ""}
            {!isSteady && doing !== null ? doing : "The budget of the target, given to the stack on this machine."}
          </p>
        </div>
        <Progress record={record} />
        <Button look="danger" icon={CircleStop} disabled={cancel.busy} onClick={() => void cancel.run()}>
          {cancel.busy ? "Stopping" : "Cancel run"}
        </Button>
      </header>
      {cancel.failure === null ? null : <FailureNote failure={cancel.failure} />}
      <RunTargets record={record} shown={index} />
      <div className="run-cols">
        <RunTimeline key={index} record={record} timeline={timeline} fitsShare={fitsShare} />
        <RunSide record={record} timeline={timeline} />
      </div>
    </div>
  );
}
