import { useEffect } from "react";
import { Link, useLocation } from "wouter";
import type { RunRecord } from "../../shared/domain/index.ts";
import { clockText, momentText } from "../../shared/format/time.ts";
import { client } from "../app/client.ts";
import { paths } from "../app/paths.ts";
import { TopBar } from "../app/top-bar.tsx";
import { useAnswer } from "../app/use-answer.ts";
import { useNow } from "../app/use-now.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { AnswerPill, Pill } from "../ui/pill.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { phaseWord } from "./run-clock.ts";
import "./runs.css";

function Outcome({ record }: { record: RunRecord }) {
  if (record.verdict !== null) return <AnswerPill answer={record.verdict} />;
  if (record.status === "running") return <Pill tone="accent" text={phaseWord(record.phase)} />;
  return record.status === "failed" ? <Pill tone="over" text="Failed" /> : <Pill text={record.status} />;
}

function Table({ runs }: { runs: readonly RunRecord[] }) {
  const now = useNow(10_000);
  const [, navigate] = useLocation();
  return (
    <section className="panel scroll-x" aria-label="Runs">
      <table className="table history">
        <thead>
          <tr>
            <th>Stack</th>
            <th>Targets</th>
            <th>Verdict</th>
            <th>When</th>
            <th className="num">Took</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((record) => (
            // The link in the first cell is the way for keys and screen readers; the row only widens it for the pointer.
            <tr key={record.id} onClick={() => navigate(paths.run(record.id))}>
              <td>
                <Link to={paths.run(record.id)} className="strong">
                  {record.stackName}
                </Link>
              </td>
              <td className="soft clip targets-cell">{record.targets.map((target) => target.name).join(", ")}</td>
              <td>
                <Outcome record={record} />
              </td>
              <td className="soft">{momentText(record.startedAtMs, now)}</td>
              <td className="num soft">{clockText((record.endedAtMs ?? now) - record.startedAtMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Every run that was kept, newest first. */
export function RunsPage() {
  const runs = useAnswer("runs", (signal) => client.runs.list(undefined, { signal }));
  const [, navigate] = useLocation();
  const running = runs.value?.some((record) => record.status === "running") ?? false;
  const again = runs.again;
  useEffect(() => {
    if (!running) return;
    const timer = setTimeout(again, 3_000);
    return () => clearTimeout(timer);
  }, [running, again]);
  return (
    <>
      <TopBar crumbs={[{ text: "Runs" }]} />
      <div className="content">
        {runs.failure !== null ? (
          <FailureNote failure={runs.failure}>
            <Button onClick={again}>Ask again</Button>
          </FailureNote>
        ) : runs.value === null ? (
          <Skeleton width="100%" height={240} />
        ) : runs.value.length === 0 ? (
          <section className="panel">
            <EmptyState
              title="No runs yet"
              actions={
                <Button look="primary" onClick={() => navigate(paths.stacks)}>
                  Measure a stack
                </Button>
              }
            >
              <p>
                A run measures a stack under the budget of a board. Each one is kept here with its verdict and its
                samples.
              </p>
            </EmptyState>
          </section>
        ) : (
          <Table runs={[...runs.value].sort((a, b) => b.startedAtMs - a.startedAtMs)} />
        )}
      </div>
    </>
  );
}
