import { Info, OctagonX, TriangleAlert } from "lucide-react";
import type { Finding, Severity } from "../../shared/domain/index.ts";
import { worstFirst } from "../format/finding.ts";
import { Icon, type LucideIcon } from "./icon.tsx";

const looks: Record<Severity, { icon: LucideIcon; tone: string; word: string }> = {
  error: { icon: OctagonX, tone: "c-over", word: "Error" },
  warning: { icon: TriangleAlert, tone: "c-tight", word: "Warning" },
  info: { icon: Info, tone: "muted", word: "Note" },
};

/** What the checks of the device found, worst first, each with what to do. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className="panel findings" aria-label="Findings">
      {worstFirst(findings).map((finding) => (
        <li key={`${finding.rule} ${finding.message}`}>
          <span className={looks[finding.severity].tone}>
            <Icon of={looks[finding.severity].icon} />
            <span className="unseen">{looks[finding.severity].word}: </span>
          </span>
          <span>
            {finding.message} {finding.hint === null ? null : <span className="muted">{finding.hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
