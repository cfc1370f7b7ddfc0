import { Info, OctagonX, TriangleAlert } from "lucide-react";
import type { Finding, Severity } from "../../shared/domain/index.ts";
import { worstFirst } from "../format/finding.ts";
import { Icon, type LucideIcon } from "../ui/icon.tsx";
import { yamlPieces } from "./yaml-line.ts";

export const severityLooks: Record<Severity, { icon: LucideIcon; tone: string; word: string }> = {
  error: { icon: OctagonX, tone: "c-over", word: "Error" },
  warning: { icon: TriangleAlert, tone: "c-tight", word: "Warning" },
  info: { icon: Info, tone: "muted", word: "Note" },
};

interface SourceLineProps {
  number: number;
  text: string;
  findings: readonly Finding[];
  current: boolean;
  onSelect: () => void;
}

/** One line of the file; where something was found, the line is underlined and explains itself below. */
export function SourceLine({ number, text, findings, current, onSelect }: SourceLineProps) {
  const worst = worstFirst(findings)[0];
  return (
    <li id={`line-${number}`} className={current ? "current" : ""}>
      <div className="code-line">
        <span className="gutter">
          {worst === undefined ? null : (
            <button
              type="button"
              className={severityLooks[worst.severity].tone}
              aria-label={`${severityLooks[worst.severity].word} in line ${number}: ${worst.message}`}
              aria-expanded={current}
              onClick={onSelect}
            >
              <Icon of={severityLooks[worst.severity].icon} size={14} />
            </button>
          )}
        </span>
        <span className="line-number">{number}</span>
        <code className={worst === undefined ? "" : `found ${worst.severity}`}>
          {yamlPieces(text).map((piece, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never move.
            <span key={index} className={`yaml-${piece.kind}`}>
              {piece.text}
            </span>
          ))}
        </code>
      </div>
      {current
        ? findings.map((finding) => (
            <div key={`${finding.rule} ${finding.message}`} className={`remark ${finding.severity}`}>
              <p className="strong">{finding.message}</p>
              {finding.hint === null ? null : <p className="soft">{finding.hint}</p>}
            </div>
          ))
        : null}
    </li>
  );
}
