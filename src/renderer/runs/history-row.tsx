import { ChevronDown, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import type { RunSummary } from "../../shared/domain/index.ts";
import { clockText, momentText } from "../../shared/format/time.ts";
import { countText } from "../../shared/format/words.ts";
import { paths } from "../app/paths.ts";
import { IconButton } from "../ui/button.tsx";
import { AnswerPill, Pill } from "../ui/pill.tsx";
import { type Side, toggleSide, useCompareChoice } from "./compare-choice.ts";
import { phaseWord } from "./run-clock.ts";
import { isFinished, type RunGroup } from "./run-groups.ts";

function Outcome({ run }: { run: RunSummary }) {
  if (run.verdict !== null) return <AnswerPill answer={run.verdict} />;
  if (run.status === "running") return <Pill tone="accent" text={phaseWord(run.phase)} />;
  return run.status === "failed" ? <Pill tone="over" text="Failed" /> : <Pill text={run.status} />;
}

function SideToggle({ side, name, what }: { side: Side; name: string; what: string }) {
  const chosen = useCompareChoice((choice) => choice[side].includes(name));
  const letter = side.toUpperCase();
  return (
    <button
      type="button"
      className="side-toggle"
      aria-pressed={chosen}
      aria-label={`${what} as side ${letter}`}
      title={`Compare as side ${letter}`}
      onClick={(event) => {
        event.stopPropagation();
        toggleSide(side, name);
      }}
    >
      {letter}
    </button>
  );
}

interface RowProps {
  run: RunSummary;
  /** What is compared when a side is chosen: the run, or its series. */
  name: string;
  comparable: boolean;
  title: ReactNode;
  outcome: ReactNode;
  now: number;
  tookMs: number;
  className: string;
  menu: ReactNode;
}

function Row({ run, name, comparable, title, outcome, now, tookMs, className, menu }: RowProps) {
  const [, navigate] = useLocation();
  const what = `${run.stackName} ${name}`;
  return (
    // The link in the first cell is the way for keys and screen readers; the row only widens it for the pointer.
    <tr className={className} onClick={() => navigate(paths.run(run.id))}>
      <td className="sides">
        {comparable ? (
          <>
            <SideToggle side="a" name={name} what={what} />
            <SideToggle side="b" name={name} what={what} />
          </>
        ) : null}
      </td>
      <td>{title}</td>
      <td className="soft clip targets-cell">{run.targets.map((target) => target.name).join(", ")}</td>
      <td>{outcome}</td>
      <td className="soft">{momentText(run.startedAtMs, now)}</td>
      <td className="num soft">{clockText(tookMs)}</td>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: what is in the cell takes keys; this only keeps its clicks from the row. */}
      <td className="menu-cell" onClick={(event) => event.stopPropagation()}>
        {menu}
      </td>
    </tr>
  );
}

/** A run of the history, or a series that unfolds into its runs. */
export function HistoryRow({ group, now, menu }: { group: RunGroup; now: number; menu: ReactNode }) {
  const [open, setOpen] = useState(false);
  const [newest] = group.runs;
  if (newest === undefined) return null;
  const lasted = (run: RunSummary) => (run.endedAtMs ?? now) - run.startedAtMs;
  const whole = group.runs.reduce((sum, run) => sum + lasted(run), 0);
  return (
    <>
      <Row
        run={newest}
        name={group.name}
        comparable={isFinished(group)}
        className=""
        now={now}
        tookMs={group.series ? whole : lasted(newest)}
        menu={menu}
        outcome={group.verdict === null ? <Outcome run={newest} /> : <AnswerPill answer={group.verdict} />}
        title={
          <span className="run-title">
            <Link to={paths.run(newest.id)} className="strong">
              {newest.stackName}
            </Link>
            {newest.origin === null ? null : (
              <Pill text={newest.origin.hostName ?? "imported"} title="Imported: measured on another machine" />
            )}
            {group.series ? (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the button in it takes keys; this only keeps its clicks from the row.
              // biome-ignore lint/a11y/noStaticElementInteractions: as above.
              <span className="unfold muted small nowrap" onClick={(event) => event.stopPropagation()}>
                <IconButton
                  icon={open ? ChevronDown : ChevronRight}
                  label={open ? "Hide the runs of the series" : "Show the runs of the series"}
                  aria-expanded={open}
                  onClick={() => setOpen(!open)}
                />
                {countText(group.runs.length, "run")}
              </span>
            ) : null}
          </span>
        }
      />
      {group.series && open
        ? group.runs.map((run) => (
            <Row
              key={run.id}
              run={run}
              name={run.id}
              comparable={run.status === "finished"}
              className="of-series"
              now={now}
              tookMs={lasted(run)}
              menu={null}
              outcome={<Outcome run={run} />}
              title={
                <Link to={paths.run(run.id)}>
                  Run {run.series?.index} of {run.series?.of}
                </Link>
              }
            />
          ))
        : null}
    </>
  );
}
