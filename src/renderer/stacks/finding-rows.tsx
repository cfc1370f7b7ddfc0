import type { Finding } from "../../shared/domain/index.ts";
import { worstFirst } from "../format/finding.ts";
import { Icon } from "../ui/icon.tsx";
import { severityLooks } from "../ui/severity-looks.ts";
import { fileName } from "./path-parts.ts";

interface FindingRowsProps {
  findings: readonly Finding[];
  /** The files that can be shown. */
  files: ReadonlySet<string>;
  /** The path of the file that is shown. */
  shown: string;
  onGo: (path: string, line: number) => void;
}

/** All that was found, worst first; each leads to its place. */
export function FindingRows({ findings, files, shown, onGo }: FindingRowsProps) {
  if (findings.length === 0) return null;
  return (
    <ul className="finding-rows" aria-label="Findings">
      {worstFirst(findings).map((finding) => {
        const look = severityLooks[finding.severity];
        const place = finding.place !== null && files.has(finding.place.file) ? finding.place : null;
        return (
          <li key={`${finding.rule} ${finding.place?.file ?? ""} ${finding.place?.line ?? 0} ${finding.message}`}>
            <button
              type="button"
              disabled={place === null}
              onClick={() => (place === null ? undefined : onGo(place.file, place.line))}
            >
              <span className={look.tone}>
                <Icon of={look.icon} size={14} />
                <span className="unseen">{look.word}</span>
              </span>
              <span className="line-number">{place?.line ?? ""}</span>
              <span className="clip" title={finding.hint ?? finding.message}>
                {place === null || place.file === shown ? null : <b className="elsewhere">{fileName(place.file)}</b>}
                {finding.message}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
