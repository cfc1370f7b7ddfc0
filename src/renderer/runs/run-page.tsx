import { useEffect } from "react";
import { useLocation } from "wouter";
import type { Failure, RunRecord } from "../../shared/domain/index.ts";
import { paths } from "../app/paths.ts";
import { TopBar } from "../app/top-bar.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Steps } from "../ui/steps.tsx";
import { LiveRun } from "./live-run.tsx";
import { openRun, useRun } from "./run-store.ts";
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
    <div className="content">
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
  );
}

function Body({ failure }: { failure: Failure | null }) {
  const { record, result, samples, events, ended } = useRun();
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
  return result === null ? (
    <Ended record={record} />
  ) : (
    <VerdictPage record={record} result={result} samples={samples} events={events} />
  );
}

/** A run: live while it goes on, its verdict from then on. */
export function RunPage({ runId }: { runId: string }) {
  const { record, result, failure } = useRun();
  useEffect(() => openRun(runId), [runId]);
  const running = record === null || record.status === "running";
  const name = record?.stackName ?? "Run";
  const stackLink = record === null ? {} : { href: `#${paths.stack(record.file)}` };
  return (
    <>
      <TopBar crumbs={[{ text: "Runs", to: paths.runs }, { text: result === null ? name : `Verdict of ${name}` }]} />
      <Steps
        steps={[
          { name: "Source", state: "done", ...stackLink },
          { name: "Targets", state: "done", ...stackLink },
          { name: "Run", state: running ? "now" : "done" },
          { name: "Verdict", state: running ? "later" : "now" },
        ]}
      />
      <Body failure={failure} />
    </>
  );
}
