import { FileCode } from "lucide-react";
import { useState } from "react";
import { useLocation } from "wouter";
import type { ProfileResult, RunEvent, RunRecord, TargetResult } from "../../shared/domain/index.ts";
import { clockText, momentText } from "../../shared/format/time.ts";
import { answerWord } from "../../shared/format/words.ts";
import { paths } from "../app/paths.ts";
import { useNow } from "../app/use-now.ts";
import { answerTone } from "../format/answer.ts";
import { Button } from "../ui/button.tsx";
import { FindingList } from "../ui/finding-list.tsx";
import { toneIcons } from "../ui/pill.tsx";
import { ExportRun } from "./export-run.tsx";
import { FitMatrix } from "./fit-matrix.tsx";
import { GateList } from "./gate-list.tsx";
import { RunAgain } from "./run-again.tsx";
import { StandInList } from "./stand-in-list.tsx";
import { TargetTabs } from "./target-tabs.tsx";
import { VerdictAxes } from "./verdict-axes.tsx";
import { VerdictCharts } from "./verdict-charts.tsx";
import { LoadList } from "./verdict-load.tsx";
import { ProofPanel } from "./verdict-proof.tsx";
import { VerdictServices } from "./verdict-services.tsx";
import { AdviceList, EnvelopeFacts } from "./verdict-side.tsx";
import "./verdict-parts.css";

interface VerdictPageProps {
  record: RunRecord;
  result: ProfileResult;
  events: readonly RunEvent[];
}

function Answer({ record, target }: { record: RunRecord; target: TargetResult }) {
  const [, navigate] = useLocation();
  const now = useNow(60_000);
  const tone = answerTone(target.verdict);
  const Shape = toneIcons[tone];
  return (
    <section className="answer" aria-label="Verdict">
      <Shape size={56} strokeWidth={1.6} className={`c-${tone}`} aria-hidden={true} />
      <h1 className={`c-${tone}`}>{answerWord(target.verdict)}</h1>
      <p className="headline">
        {target.headline}
        <span>
          {record.stackName} on {target.device.name}
          {record.origin === null ? "" : `, imported from ${record.origin.hostName ?? "another machine"}`}
          {target.projected ? ", projected from another run" : ""}. {momentText(record.startedAtMs, now)},{" "}
          {clockText(target.stack.steadySeconds * 1000)} steady.
        </span>
      </p>
      <div className="answer-acts">
        <ExportRun runId={record.id} />
        {record.origin === null ? (
          <span className="row">
            <Button icon={FileCode} onClick={() => navigate(paths.stack(record.file))}>
              Open the stack
            </Button>
            <RunAgain record={record} />
          </span>
        ) : null}
      </div>
    </section>
  );
}

/** The answer first, then the evidence: axes, services, advice, how it was measured, the charts. */
export function VerdictPage({ record, result, events }: VerdictPageProps) {
  const [index, setIndex] = useState(0);
  const target = result.targets[index] ?? result.targets[0];
  if (target === undefined) return null;
  return (
    <div className="verdict">
      {result.targets.length > 1 ? <TargetTabs targets={result.targets} chosen={index} onChoose={setIndex} /> : null}
      <Answer record={record} target={target} />
      <div className="verdict-left">
        <VerdictAxes runId={record.id} index={index} result={target} rules={result.rules} />
        <GateList gates={target.gates} />
        <LoadList load={target.load} />
        <VerdictServices result={target} order={record.services} />
        <VerdictCharts record={record} index={index} events={events} fitsShare={result.rules.fitsShare} />
      </div>
      <div className="verdict-right">
        <FitMatrix runId={record.id} />
        <AdviceList key={index} record={record} index={index} result={target} />
        <ProofPanel key={`${record.id} ${index}`} record={record} index={index} result={target} />
        <FindingList findings={result.findings} />
        <EnvelopeFacts result={target} host={result.host} />
        <StandInList substitutions={result.substitutions} />
      </div>
    </div>
  );
}
