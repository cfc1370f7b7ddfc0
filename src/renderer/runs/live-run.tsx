import { CircleStop } from "lucide-react";
import { useMemo, useState } from "react";
import type { RunRecord, RunSample } from "../../shared/domain/index.ts";
import { mibText } from "../../shared/format/bytes.ts";
import { coreCountText } from "../../shared/format/cores.ts";
import { clockText } from "../../shared/format/time.ts";
import { client } from "../app/client.ts";
import { useAction } from "../app/use-action.ts";
import { useAnswer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { EventList } from "./event-list.tsx";
import { LiveServices } from "./live-services.tsx";
import { PhaseBar } from "./phase-bar.tsx";
import { RunCharts } from "./run-charts.tsx";
import { expectedEndMs, phaseSpans, phaseWord } from "./run-clock.ts";
import { peakOf, samplesOfTarget } from "./run-series.ts";
import { useRun } from "./run-store.ts";
import { SoFar } from "./so-far.tsx";
import { StandInList } from "./stand-in-list.tsx";

/** The share of the budget that the zone below the line starts at; results print the rule that was used. */
const fitsShare = 0.85;
const mostPoints = 1_500;

function Progress({
  record,
  steadyMs,
  endMs,
  nowMs,
}: {
  record: RunRecord;
  steadyMs: number | null;
  endMs: number;
  nowMs: number;
}) {
  const done = steadyMs === null ? 0 : Math.max(0, nowMs - steadyMs);
  const whole = record.request.durationMs;
  const left = Math.max(0, endMs - nowMs);
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

/** A run as it goes on: memory and CPU against the budget line, what happened, what is left. */
export function LiveRun({ record }: { record: RunRecord }) {
  const view = useRun();
  const [cursor, setCursor] = useState<RunSample | null>(null);
  const opened = useAnswer(record.file, (signal) =>
    client.stacks.open({ ...record.request, file: record.file }, { signal }),
  );
  const cancel = useAction(async () => {
    await client.runs.cancel({ runId: record.id });
  });
  const index = record.currentTarget;
  const target = record.targets[index];
  const samples = useMemo(() => samplesOfTarget(view.samples, index, mostPoints), [view.samples, index]);
  const events = useMemo(() => view.events.filter((event) => event.target === index), [view.events, index]);
  if (target === undefined) return null;
  const last = samples.at(-1) ?? null;
  const nowMs = Math.max(last?.atMs ?? 0, events.at(-1)?.atMs ?? 0);
  const spans = phaseSpans(view.events, index, nowMs);
  const endMs = expectedEndMs(record, spans, nowMs);
  const steadyMs = spans.find((span) => span.phase === "steady")?.fromMs ?? null;
  const doing = events.findLast((event) => event.kind === "progress")?.text ?? null;
  const peak = peakOf(samples, (sample) => sample.memoryBytes);
  const free = target.memoryBytes === null || last?.memoryBytes == null ? null : target.memoryBytes - last.memoryBytes;
  const lowest = target.memoryBytes === null || peak === null ? null : target.memoryBytes - peak.value;
  return (
    <div className="run-page">
      <header className="run-head">
        <div className="grow">
          <h1 className="clip">
            {record.stackName} on {target.name}
          </h1>
          <p className="small muted">
            {record.targets.length > 1 ? `Target ${index + 1} of ${record.targets.length}. ` : ""}
            {steadyMs === null && doing !== null
              ? doing
              : "The budget of the target, given to the stack on this machine."}
          </p>
        </div>
        <Progress record={record} steadyMs={steadyMs} endMs={endMs} nowMs={nowMs} />
        <Button look="danger" icon={CircleStop} disabled={cancel.busy} onClick={() => void cancel.run()}>
          {cancel.busy ? "Stopping" : "Cancel run"}
        </Button>
      </header>
      {cancel.failure === null ? null : <FailureNote failure={cancel.failure} />}
      <div className="run-cols">
        <section className="panel run-panel" aria-label="Charts">
          <PhaseBar spans={spans} untilMs={Math.max(endMs, nowMs)} />
          <RunCharts
            samples={samples}
            events={events}
            services={record.services}
            target={target}
            untilMs={Math.max(endMs, nowMs)}
            live={true}
            fitsShare={fitsShare}
            onCursor={setCursor}
            heights={{ memory: 270, cpu: 150 }}
          />
          <h2 className="events-title">Events</h2>
          <EventList events={events} />
        </section>
        <div className="run-side">
          <section className="panel">
            <p className="caption">Memory free under the budget</p>
            <p className="big">
              {free === null ? "–" : mibText(free)} <small>MiB</small>
            </p>
            <p className="small muted">
              {lowest === null || peak === null
                ? "Waiting for the first sample"
                : `Lowest ${mibText(lowest)} MiB at ${clockText(peak.atMs)}`}
            </p>
          </section>
          <section className="panel">
            <LiveServices
              services={record.services}
              samples={samples}
              cursor={cursor}
              stack={opened.value?.stack ?? null}
              target={target}
            />
          </section>
          <section className="panel">
            <h3>Budget</h3>
            <dl className="kv">
              <dt>Memory</dt>
              <dd>{target.memoryBytes === null ? "unknown" : `${mibText(target.memoryBytes)} MiB`}</dd>
              <dt>CPU</dt>
              <dd>{target.cpuCores === null ? "unknown" : `${coreCountText(target.cpuCores)} cores`}</dd>
              <dt>Speed</dt>
              <dd>
                {target.deviceCoresPerHostCore === null
                  ? "unknown"
                  : `x ${(1 / target.deviceCoresPerHostCore).toFixed(2)}`}
              </dd>
              <dt>Samples left out</dt>
              <dd>{view.dropped}</dd>
            </dl>
          </section>
          <SoFar peak={peak} target={target} fitsShare={fitsShare} events={events} />
          <StandInList substitutions={record.substitutions} />
        </div>
      </div>
    </div>
  );
}
