import { Wrench } from "lucide-react";
import { type CheckResult, type CheckTarget, checkTargets } from "../../shared/domain/index.ts";
import type { Answer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { Seg } from "../ui/seg.tsx";

const names: Record<CheckTarget, string> = {
  docker: "Docker",
  balena: "balena",
  particle: "Particle",
  kanto: "Kanto",
  telemetryos: "TelemetryOS",
};

const options = checkTargets.map((value) => ({ value, label: names[value] }));

interface CheckBarProps {
  target: CheckTarget;
  onTarget: (target: CheckTarget) => void;
  check: Answer<CheckResult | null>;
  onMend: () => void;
}

/** Which system the file is checked for, what that came to, and what can be mended without a decision. */
export function CheckBar({ target, onTarget, check, onMend }: CheckBarProps) {
  const mendable = check.value?.findings.filter(({ fixable }) => fixable).length ?? 0;
  return (
    <div className="check-bar">
      <Seg label="Checked for" value={target} options={options} onChange={onTarget} />
      <span className="muted small nowrap" aria-live="polite">
        {check.failure === null ? countsText(check.value) : check.failure.message}
      </span>
      <span className="push" />
      <Button icon={Wrench} disabled={mendable === 0} onClick={onMend}>
        {mendable === 0 ? "Nothing to mend" : `Mend ${mendable}`}
      </Button>
    </div>
  );
}

function countsText(check: CheckResult | null): string {
  if (check === null) return "";
  const of = (severity: string) => check.findings.filter((finding) => finding.severity === severity).length;
  const parts = [count(of("error"), "error"), count(of("warning"), "warning"), count(of("info"), "note")];
  const said = parts.filter((part) => part !== "");
  return said.length === 0 ? "nothing found" : said.join(", ");
}

function count(number: number, noun: string): string {
  return number === 0 ? "" : `${number} ${noun}${number === 1 ? "" : "s"}`;
}
