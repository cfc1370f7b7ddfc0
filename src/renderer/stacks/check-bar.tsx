import { Wrench } from "lucide-react";
import { type CheckResult, type CheckTarget, checkTargets } from "../../shared/domain/index.ts";
import type { Answer } from "../app/use-answer.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Seg } from "../ui/seg.tsx";
import { severityLooks } from "../ui/severity-looks.ts";
import { ScanNote } from "./scan-note.tsx";

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
  /** True: a scanner is asked about the images, too. */
  scan: boolean;
  onScan: (scan: boolean) => void;
  onMend: () => void;
}

/** Which system the file is checked for, what that came to, and what can be mended without a decision. */
export function CheckBar({ target, onTarget, check, scan, onScan, onMend }: CheckBarProps) {
  const mendable = check.value?.findings.filter(({ fixable }) => fixable).length ?? 0;
  return (
    <>
      <div className="check-bar">
        <Seg label="Checked for" value={target} options={options} onChange={onTarget} />
        <span className="muted small counts" aria-live="polite">
          {check.failure !== null ? (
            <span className="clip" title={check.failure.message}>
              {check.failure.message}
            </span>
          ) : (
            check.value !== null && <Counts check={check.value} />
          )}
        </span>
        <span className="push" />
        <label className="run-switch small" title="Asks trivy or grype about the images, whichever is installed">
          <input type="checkbox" checked={scan} onChange={() => onScan(!scan)} />
          Scan
        </label>
        <Button icon={Wrench} disabled={mendable === 0} onClick={onMend}>
          {mendable === 0 ? "Nothing to mend" : `Mend ${mendable}`}
        </Button>
      </div>
      {scan ? <ScanNote scan={check.value?.scan ?? null} isFailed={check.failure !== null} /> : null}
    </>
  );
}

const severities = [
  { severity: "error", noun: "error" },
  { severity: "warning", noun: "warning" },
  { severity: "info", noun: "note" },
] as const;

/** How much was found of each kind, by its shape and its number; the word is read aloud. */
function Counts({ check }: { check: CheckResult }) {
  const counts = severities
    .map((kind) => ({ ...kind, count: check.findings.filter(({ severity }) => severity === kind.severity).length }))
    .filter(({ count }) => count > 0);
  if (counts.length === 0) return "nothing found";
  return counts.map(({ severity, noun, count }) => {
    const word = `${noun}${count === 1 ? "" : "s"}`;
    return (
      <span key={severity} className={`found-count ${severityLooks[severity].tone}`} title={`${count} ${word}`}>
        <Icon of={severityLooks[severity].icon} size={14} />
        <span>
          {count}
          <span className="unseen"> {word}</span>
        </span>
      </span>
    );
  });
}
