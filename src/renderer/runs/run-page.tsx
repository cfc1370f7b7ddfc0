import { useEffect } from "react";
import { useLocation } from "wouter";
import { useShallow } from "zustand/react/shallow";
import type { RunRecord } from "../../shared/domain/index.ts";
import { paths } from "../app/paths.ts";
import { TopBar } from "../app/top-bar.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Steps } from "../ui/steps.tsx";
import { LiveRun } from "./live-run.tsx";
import { MeasuredRun } from "./measured-run.tsx";
import { openRun, useRun } from "./run-store.ts";
import { resetRunView } from "./run-view.ts";
import type { Span } from "./time-window.ts";
import { VerdictPage } from "./verdict-page.tsx";
import "./runs.css";

const endings: Record<RunRecord["status"], { title: string; text: string }> = {
  running: { title: "Running", text: "" },
  finished: { title: "No verdict was kept", text: "The run is over, but its result cannot be read." },
  failed: {
    title: "The run failed",
    text: "There is no verdict. What was measured before it failed is kept.",
  },
  cancelled: {
    title: "Cancelled",
    text: "There is no verdict for a run that was cut short.",
  },
  interrupted: {
    title: "Interrupted",
    text: "Bayplan ended during this run. There is no verdict for a run that was cut short.",
  },
};

function Ended({ record }: { record: RunRecord }) {
  const [, navigate] = useLocation();
  const ending = endings[record.status];
  return (
    <>
      <div className="run-ended">
        <section className="panel">
          <EmptyState
            title={ending.title}
            actions={
              <>
                <Button look="primary" onClick={() => navigate(paths.stack(record.file))}>
                  Open the stack again
                </Button>
                <Button onClick={() => navigate(paths.runs)}>Show all runs</Button>
              </>
            }
          >
            <p>{ending.text}</p>
            {record.failure === null ? null : <FailureNote failure={record.failure} />}
          </EmptyState>
        </section>
      </div>
      <MeasuredRun record={record} result={null} />
    </>
  );
}

/** Which target of a run is looked at closely, and which span of it is marked, as the address says. */
interface ChartsPlace {
  target?: string | undefined;
  span?: string | undefined;
}

function Body({ charts }: { charts: ChartsPlace | null }) {
  const { record, result, events, ended, failure } = useRun(
    useShallow(({ record, result, events, ended, failure }) => ({ record, result, events, ended, failure })),
  );
  if (record === null) {
    if (failure !== null) {
      return (
        <div className="content">
          <FailureNote failure={failure} />
        </div>
      );
    }
    return (
      <div className="content" role="status" aria-label="Opening the run">
        <Skeleton width="100%" height={320} />
      </div>
    );
  }
  // Between the last sample and the result the run is still on its page.
  if (!ended) return <LiveRun record={record} />;
  if (charts !== null) return <MeasuredRun record={record} result={result} />;
  if (result === null) return <Ended record={record} />;
  return <VerdictPage record={record} result={result} events={events} />;
}

/** What an address says of the span: `1200-3400`, in ms of the target's clock. */
function spanFrom(text: string | undefined): Span | null {
  const found = /^(\d+)-(\d+)$/.exec(text ?? "");
  return found === null ? null : { fromMs: Number(found[1]), toMs: Number(found[2]) };
}

function targetFrom(text: string | undefined): number | null {
  return /^\d+$/.test(text ?? "") ? Number(text) : null;
}

/** A run: live while it goes on, its verdict from then on; and what was measured, to look at closely. */
export function RunPage({ runId, charts }: { runId: string; charts: ChartsPlace | null }) {
  const record = useRun((state) => state.record);
  const result = useRun((state) => state.result);
  const [target, span] = [targetFrom(charts?.target), charts?.span];
  useEffect(() => openRun(runId), [runId]);
  useEffect(() => resetRunView(target, spanFrom(span)), [target, span]);
  const running = record === null || record.status === "running";
  const isVerdict = result !== null && charts === null;
  const name = record?.stackName ?? "Run";
  const stackLink = record === null ? {} : { href: `#${paths.stack(record.file)}` };
  return (
    <>
      <TopBar crumbs={[{ text: "Runs", to: paths.runs }, { text: isVerdict ? `Verdict of ${name}` : name }]} />
      <Steps
        steps={[
          { name: "Source", state: "done", ...stackLink },
          { name: "Targets", state: "done", ...stackLink },
          {
            name: "Run",
            state: running || !isVerdict ? "now" : "done",
            ...(running ? {} : { href: `#${paths.runCharts(runId)}` }),
          },
          {
            name: "Verdict",
            state: isVerdict ? "now" : result === null ? "later" : "done",
            ...(result === null ? {} : { href: `#${paths.run(runId)}` }),
          },
          { name: "Limits", state: isVerdict ? "also" : "later" },
        ]}
      />
      <Body charts={charts} />
    </>
  );
}
