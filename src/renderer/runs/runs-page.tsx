import { useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import type { Baseline, RunSummary } from "../../shared/domain/index.ts";
import { countText } from "../../shared/format/words.ts";
import { client } from "../app/client.ts";
import { paths } from "../app/paths.ts";
import { TopBar } from "../app/top-bar.tsx";
import { useAction } from "../app/use-action.ts";
import { useAnswer } from "../app/use-answer.ts";
import { useNow } from "../app/use-now.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { FilterField } from "../ui/field.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { BaselineList } from "./baseline-list.tsx";
import { CompareBar } from "./compare-bar.tsx";
import { HistoryRow } from "./history-row.tsx";
import { ImportButton } from "./import-button.tsx";
import { BaselineDialog, RemoveDialog } from "./run-dialogs.tsx";
import { filterGroups, groupRuns, type RunGroup } from "./run-groups.ts";
import { RunMenu } from "./run-menu.tsx";
import { offerRuns } from "./send-runs.ts";
import "./runs.css";
import "./history.css";

/** More rows than anybody reads; the filter finds the others. */
const shownRows = 200;

interface HistoryProps {
  runs: readonly RunSummary[];
  baselines: readonly Baseline[];
  again: () => void;
}

function History({ runs, baselines, again }: HistoryProps) {
  const now = useNow(10_000);
  const [, navigate] = useLocation();
  const [filter, setFilter] = useState("");
  const [asked, setAsked] = useState<{ what: "baseline" | "remove"; group: RunGroup } | null>(null);
  const groups = useMemo(() => groupRuns(runs), [runs]);
  const found = useMemo(() => filterGroups(groups, filter), [groups, filter]);
  const save = useAction((name: string) => offerRuns([name]));
  const close = () => setAsked(null);
  const done = () => {
    close();
    again();
  };
  return (
    <div className="history-page">
      <div className="history-tools">
        <FilterField
          label="Find a run by stack, target or answer"
          value={filter}
          onChange={setFilter}
          note={filter === "" ? countText(runs.length, "run") : `${found.length} of ${groups.length}`}
        />
        <ImportButton onDone={again} />
      </div>
      {save.failure === null ? null : <FailureNote failure={save.failure} />}
      <CompareBar groups={groups} />
      <section className="panel scroll-x" aria-label="Runs">
        <table className="table history">
          <thead>
            <tr>
              <th>Compare</th>
              <th>Stack</th>
              <th>Targets</th>
              <th>Verdict</th>
              <th>When</th>
              <th className="num">Took</th>
              <th>
                <span className="unseen">More</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {found.slice(0, shownRows).map((group) => (
              <HistoryRow
                key={group.name}
                group={group}
                now={now}
                menu={
                  <RunMenu
                    group={group}
                    baselines={baselines}
                    onExport={() => void save.run(group.name)}
                    onBaseline={() => setAsked({ what: "baseline", group })}
                    onRemove={() => setAsked({ what: "remove", group })}
                    onCompare={(name) => navigate(paths.compare(`@${name}`, group.name))}
                  />
                }
              />
            ))}
          </tbody>
        </table>
        {found.length === 0 ? <p className="history-none muted">No run has all of these words.</p> : null}
        {found.length > shownRows ? (
          <p className="history-none muted">{found.length - shownRows} more; the filter finds them.</p>
        ) : null}
      </section>
      <BaselineList baselines={baselines} now={now} onDone={again} />
      {asked?.what === "baseline" ? <BaselineDialog group={asked.group} onClose={close} onDone={done} /> : null}
      {asked?.what === "remove" ? <RemoveDialog group={asked.group} onClose={close} onDone={done} /> : null}
    </div>
  );
}

/** Every run that was kept, newest first; two sides of them are chosen here and compared. */
export function RunsPage() {
  const kept = useAnswer("runs", async (signal) => {
    const [runs, baselines] = await Promise.all([
      client.runs.history({}, { signal }),
      client.runs.baselines(undefined, { signal }),
    ]);
    return { runs, baselines };
  });
  const [, navigate] = useLocation();
  const running = kept.value?.runs.some((run) => run.status === "running") ?? false;
  const again = kept.again;
  useEffect(() => {
    if (!running) return;
    const timer = setTimeout(again, 3_000);
    return () => clearTimeout(timer);
  }, [running, again]);
  return (
    <>
      <TopBar crumbs={[{ text: "Runs" }]} />
      <div className="content">
        {kept.failure !== null ? (
          <FailureNote failure={kept.failure}>
            <Button onClick={again}>Ask again</Button>
          </FailureNote>
        ) : kept.value === null ? (
          <Skeleton width="100%" height={240} />
        ) : kept.value.runs.length === 0 ? (
          <section className="panel">
            <EmptyState
              title="No runs yet"
              actions={
                <>
                  <Button look="primary" onClick={() => navigate(paths.stacks)}>
                    Measure a stack
                  </Button>
                  <ImportButton onDone={again} />
                </>
              }
            >
              <p>
                A run measures a stack under the budget of a board. Each one is kept here with its verdict and its
                samples.
              </p>
            </EmptyState>
          </section>
        ) : (
          <History runs={kept.value.runs} baselines={kept.value.baselines} again={again} />
        )}
      </div>
    </>
  );
}
