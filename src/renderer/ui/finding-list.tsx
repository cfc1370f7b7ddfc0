import type { Finding } from "../../shared/domain/index.ts";
import { worstFirst } from "../format/finding.ts";
import { Icon } from "./icon.tsx";
import { severityLooks } from "./severity-looks.ts";

/** What the checks of the device found, worst first, each with what to do. */
export function FindingList({ findings }: { findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul className="panel findings" aria-label="Findings">
      {worstFirst(findings).map((finding) => (
        <li key={`${finding.rule} ${finding.message}`}>
          <span className={severityLooks[finding.severity].tone}>
            <Icon of={severityLooks[finding.severity].icon} />
            <span className="unseen">{severityLooks[finding.severity].word}: </span>
          </span>
          <span>
            {finding.message} {finding.hint === null ? null : <span className="muted">{finding.hint}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}
