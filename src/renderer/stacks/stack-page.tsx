import { useState } from "react";
import { useLocation } from "wouter";
import type { CheckTarget } from "../../shared/domain/index.ts";
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
import { CheckBar } from "./check-bar.tsx";
import { declaredMemory } from "./declared-limits.ts";
import { MendDialog } from "./mend-dialog.tsx";
import { RunBar } from "./run-bar.tsx";
import { fileName, SourceView } from "./source-view.tsx";
import { TargetPicker } from "./target-picker.tsx";
import { requestedTargets, useTargets } from "./targets-store.ts";
import "./stacks.css";

function findingsText(count: number): string {
  return count === 0 ? "no findings" : `${count} ${count === 1 ? "finding" : "findings"}`;
}

/** Source and targets of one stack side by side; null opens the sample that ships with Bayplan. */
export function StackPage({ file }: { file: string | null }) {
  const opened = useAnswer(file ?? "sample", (signal) =>
    file === null ? client.stacks.sample(undefined, { signal }) : client.stacks.open({ file }, { signal }),
  );
  const [system, setSystem] = useState<CheckTarget>("docker");
  const [mending, setMending] = useState(false);
  const checked = opened.value?.format === "compose" ? opened.value.file : null;
  const check = useAnswer(`${checked} ${system}`, async (signal) =>
    checked === null
      ? null
      : client.stacks.check({ file: checked, target: system, device: null, fix: "no" }, { signal }),
  );
  function readAgain(): void {
    opened.again();
    check.again();
  }
  const findings = opened.value === null ? [] : allFindings(opened.value, check.value);
  const targets = useTargets();
  const [, navigate] = useLocation();
  const stack = opened.value?.stack ?? null;
  const name = stack?.name ?? (file === null ? "Sample" : fileName(file));
  const chosen = requestedTargets(targets).length;
  return (
    <>
      <TopBar crumbs={[{ text: "Stacks", to: paths.stacks }, { text: name }]} />
      <Steps
        steps={[
          {
            name: "Source",
            state: "now",
            ...(opened.value === null ? {} : { note: findingsText(findings.length) }),
          },
          { name: "Targets", state: "also", note: chosen === 0 ? "none chosen" : `${chosen} chosen` },
          { name: "Run", state: "later" },
          { name: "Verdict", state: "later" },
        ]}
      />
      {opened.failure !== null ? (
        <div className="content">
          <FailureNote failure={opened.failure}>
            <div className="row note-row">
              <Button onClick={opened.again}>Read again</Button>
              <Button look="ghost" onClick={() => navigate(paths.stacks)}>
                Choose another file
              </Button>
            </div>
          </FailureNote>
        </div>
      ) : (
        <div className="flow">
          {opened.value === null ? (
            <section className="source-pane" role="status" aria-label="Reading the file">
              <header>
                <Skeleton width={140} height={14} />
              </header>
            </section>
          ) : (
            <SourceView opened={opened.value} findings={findings} onReload={readAgain}>
              {checked === null ? null : (
                <>
                  <CheckBar target={system} onTarget={setSystem} check={check} onMend={() => setMending(true)} />
                  <MendDialog
                    file={checked}
                    target={system}
                    open={mending}
                    onClose={() => setMending(false)}
                    onMended={readAgain}
                  />
                </>
              )}
            </SourceView>
          )}
          <section className="targets" aria-label="Targets">
            <EngineNote />
            <TargetPicker declared={stack === null ? null : declaredMemory(stack)} />
            {opened.value === null ? null : <RunBar opened={opened.value} />}
          </section>
        </div>
      )}
    </>
  );
}
