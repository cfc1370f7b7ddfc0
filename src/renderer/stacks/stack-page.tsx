import { useState } from "react";
import { useLocation } from "wouter";
import type { CheckTarget, StackFormat } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { EngineNote } from "../app/engine-note.tsx";
import { paths } from "../app/paths.ts";
import { TopBar } from "../app/top-bar.tsx";
import { useAnswer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Skeleton } from "../ui/skeleton.tsx";
import { Steps } from "../ui/steps.tsx";
import { allFindings } from "./all-findings.ts";
import { useBudgets } from "./budgets/use-budgets.ts";
import { declaredMemory } from "./declared-limits.ts";
import { FormatPicker } from "./format-picker.tsx";
import { fileName } from "./path-parts.ts";
import { RunBar } from "./run-bar.tsx";
import { StackPane } from "./stack-pane.tsx";
import { TargetPicker } from "./target-picker.tsx";
import { requestedTargets, useTargets } from "./targets-store.ts";
import { useStack } from "./use-stack.ts";
import "./stacks.css";

function findingsText(count: number): string {
  return count === 0 ? "no findings" : `${count} ${count === 1 ? "finding" : "findings"}`;
}

interface StackPageProps {
  /** Null opens the sample that ships with Bayplan. */
  file: string | null;
  from: StackFormat | null;
}

/** One stack and its targets side by side, for as long as its files are there and change. */
export function StackPage({ file, from }: StackPageProps) {
  const watched = useStack(file, from);
  const { opened, failure, version } = watched;
  const [system, setSystem] = useState<CheckTarget>("docker");
  const [scan, setScan] = useState(false);
  const [, navigate] = useLocation();
  const targets = requestedTargets(useTargets());
  const budgets = useBudgets(targets);
  // What a device has for the stack is checked as well, once it is known.
  const device = targets.find((target, index) => target.kind === "named" && budgets.outcomes?.[index]?.ok === true);
  const deviceName = device?.kind === "named" ? device.name : null;
  // A folder stays a folder: what lies beside its file counts, too.
  const path = file ?? opened?.file ?? "";
  const checked = opened?.format === "compose" ? path : null;
  const check = useAnswer(`${checked} ${system} ${deviceName} ${scan} ${version}`, async (signal) =>
    checked === null
      ? null
      : client.stacks.check({ file: checked, target: system, device: deviceName, fix: "no", scan }, { signal }),
  );
  const stack = opened?.stack ?? null;
  const name = stack?.name ?? (file === null ? "Sample" : fileName(file));
  const onFrom = file === null ? null : (next: StackFormat | null) => navigate(paths.stack(file, next));
  return (
    <>
      <TopBar crumbs={[{ text: "Stacks", to: paths.stacks }, { text: name }]} />
      <Steps
        steps={[
          {
            name: "Source",
            state: "now",
            ...(opened === null ? {} : { note: findingsText(allFindings(opened, check.value).length) }),
          },
          { name: "Targets", state: "also", note: targets.length === 0 ? "none chosen" : `${targets.length} chosen` },
          { name: "Run", state: "later" },
          { name: "Verdict", state: "later" },
          { name: "Limits", state: "later" },
        ]}
      />
      {opened === null && failure !== null ? (
        <div className="content">
          <FailureNote failure={failure}>
            <div className="row note-row">
              <Button onClick={watched.again}>Read again</Button>
              {onFrom === null || failure.code !== "bad-input" ? null : (
                <FormatPicker from={from} readAs={null} onChange={onFrom} />
              )}
              <Button look="ghost" onClick={() => navigate(paths.stacks)}>
                Choose another file
              </Button>
            </div>
          </FailureNote>
        </div>
      ) : (
        <div className="flow">
          {opened === null ? (
            <section className="source-pane" role="status" aria-label="Reading the file">
              <header>
                <Skeleton width={140} height={14} />
              </header>
            </section>
          ) : (
            <StackPane
              path={path}
              watched={{ ...watched, opened }}
              from={from}
              onFrom={onFrom}
              system={system}
              onSystem={setSystem}
              check={check}
              scan={scan}
              onScan={setScan}
              budgets={budgets}
              onReload={watched.again}
            />
          )}
          <section className="targets" aria-label="Targets">
            <EngineNote />
            <TargetPicker declared={stack === null ? null : declaredMemory(stack)} budgets={budgets} />
            {opened === null ? null : <RunBar path={path} opened={opened} from={from} isGone={failure !== null} />}
          </section>
        </div>
      )}
    </>
  );
}
