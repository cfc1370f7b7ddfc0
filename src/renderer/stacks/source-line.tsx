import { memo } from "react";
import type { Finding } from "../../shared/domain/index.ts";
import { worstFirst } from "../format/finding.ts";
import { Icon } from "../ui/icon.tsx";
import { severityLooks } from "../ui/severity-looks.ts";
import { yamlPieces } from "./yaml-line.ts";

interface SourceLineProps {
  number: number;
  text: string;
  isYaml: boolean;
  findings: readonly Finding[];
  current: boolean;
  onSelect: () => void;
}

/** One line of the file; where something was found, the line is underlined and explains itself below. */
export function SourceLine({ number, text, isYaml, findings, current, onSelect }: SourceLineProps) {
  const worst = worstFirst(findings)[0];
  return (
    <li data-line={number} className={current ? "current" : ""}>
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
        <LineText text={text} isYaml={isYaml} className={worst === undefined ? "" : `found ${worst.severity}`} />
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

/** A file of many lines is drawn again with every move of the mark: its texts stay as they are. */
const LineText = memo(({ text, isYaml, className }: { text: string; isYaml: boolean; className: string }) => (
  <code className={className}>
    {(isYaml ? yamlPieces(text) : plainPieces(text)).map((piece, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a line never move.
      <span key={index} className={`yaml-${piece.kind}`}>
        {piece.text}
      </span>
    ))}
  </code>
));

function plainPieces(line: string) {
  return [{ text: line, kind: /^\s*#/.test(line) ? "comment" : "plain" }];
}
