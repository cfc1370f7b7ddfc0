import { Download, FileCode, RefreshCw } from "lucide-react";
import { useMemo, useState } from "react";
import type { CheckFinding, CheckResult, CheckTarget, StackFormat } from "../../shared/domain/index.ts";
import { timeOfDay } from "../../shared/format/time.ts";
import type { Answer } from "../app/use-answer.ts";
import { IconButton } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Icon } from "../ui/icon.tsx";
import { Seg } from "../ui/seg.tsx";
import { allFindings } from "./all-findings.ts";
import "./stack-views.css";
import { BudgetsView } from "./budgets/budgets-view.tsx";
import type { Budgets } from "./budgets/use-budgets.ts";
import { CheckBar } from "./check-bar.tsx";
import { ExportDialog } from "./export/export-dialog.tsx";
import { FormatPicker } from "./format-picker.tsx";
import { GraphView } from "./graph/graph-view.tsx";
import { MendDialog } from "./mend-dialog.tsx";
import { fileName } from "./path-parts.ts";
import { useSourcePlace } from "./source-place.ts";
import { SourceView } from "./source-view.tsx";
import type { WatchedStack } from "./use-stack.ts";

type View = "source" | "budgets" | "graph";

const views: { value: View; label: string }[] = [
  { value: "source", label: "Source" },
  { value: "budgets", label: "Budgets" },
  { value: "graph", label: "Graph" },
];

interface StackPaneProps {
  /** What was asked for: a file, or a folder that stands for what it holds. */
  path: string;
  watched: WatchedStack & { opened: NonNullable<WatchedStack["opened"]> };
  from: StackFormat | null;
  /** Null: this stack is always read as it looks. */
  onFrom: ((from: StackFormat | null) => void) | null;
  system: CheckTarget;
  onSystem: (system: CheckTarget) => void;
  check: Answer<CheckResult | null>;
  scan: boolean;
  onScan: (scan: boolean) => void;
  budgets: Budgets;
  onReload: () => void;
}

/** One stack in three views: its source with what was found, what its services may take, and what waits for what. */
export function StackPane(props: StackPaneProps) {
  const { path, watched, from, onFrom, system, onSystem, check, scan, onScan, budgets, onReload } = props;
  const { opened, failure, readAtMs, version } = watched;
  const [view, setView] = useState<View>("source");
  const [dialog, setDialog] = useState<"mend" | "export" | null>(null);
  const [only, setOnly] = useState<CheckFinding | null>(null);
  const place = useSourcePlace();
  const findings = useMemo(() => allFindings(opened, check.value), [opened, check.value]);
  function goTo(path: string, line: number): void {
    setView("source");
    place.goTo(path, line);
  }
  function mend(finding: CheckFinding | null): void {
    setOnly(finding);
    setDialog("mend");
  }
  return (
    <section className="source-pane" aria-label="Source">
      <header>
        <Icon of={FileCode} />
        <h1 className="clip" title={opened.file}>
          {fileName(opened.file)}
        </h1>
        {onFrom === null ? null : <FormatPicker from={from} readAs={opened.format} onChange={onFrom} />}
        <span className="push" />
        <Seg label="View" value={view} options={views} onChange={setView} />
        <span className="row tight">
          <IconButton
            icon={Download}
            label="Export"
            disabled={opened.stack === null}
            onClick={() => setDialog("export")}
          />
          <IconButton icon={RefreshCw} label="Read again" onClick={onReload} />
        </span>
      </header>
      {failure === null ? null : (
        <div className="stale">
          <FailureNote failure={failure} tone="tight">
            <p>
              {readAtMs === null ? "" : `This is how it was at ${timeOfDay(readAtMs)}. `}It comes back here by itself.
            </p>
          </FailureNote>
        </div>
      )}
      {view === "source" && opened.format === "compose" ? (
        <CheckBar
          target={system}
          onTarget={onSystem}
          check={check}
          scan={scan}
          onScan={onScan}
          onMend={() => mend(null)}
        />
      ) : null}
      {view === "source" ? (
        <SourceView
          path={path}
          opened={opened}
          from={from}
          version={version}
          findings={findings}
          place={place}
          onMend={mend}
        />
      ) : null}
      {view === "budgets" ? <BudgetsView stack={opened.stack} budgets={budgets} onGo={goTo} /> : null}
      {view === "graph" ? <GraphView stack={opened.stack} onGo={goTo} /> : null}
      <MendDialog
        file={path}
        target={system}
        only={only}
        open={dialog === "mend"}
        onClose={() => setDialog(null)}
        onMended={onReload}
      />
      <ExportDialog
        path={path}
        opened={opened}
        from={from}
        version={version}
        open={dialog === "export"}
        onClose={() => setDialog(null)}
        onGo={goTo}
      />
    </section>
  );
}
