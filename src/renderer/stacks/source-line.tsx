import { memo } from "react";
import type { CheckFinding } from "../../shared/domain/index.ts";
import { worstFirst } from "../format/finding.ts";
import { Icon } from "../ui/icon.tsx";
import { severityLooks } from "../ui/severity-looks.ts";
import { FindingText } from "./finding-text.tsx";
import { yamlPieces } from "./yaml-line.ts";

interface SourceLineProps {
  number: number;
  text: string;
  isYaml: boolean;
  findings: readonly CheckFinding[];
  current: boolean;
  onSelect: () => void;
  onMend: (finding: CheckFinding) => void;
  /** The pointer comes to rest on the line, or leaves it. */
  onPoint: (line: Element) => void;
  onLeave: () => void;
}

/** One line of the file; where something was found, the line is underlined and explains itself below. */
export function SourceLine(props: SourceLineProps) {
  const { number, text, isYaml, findings, current, onSelect, onMend, onPoint, onLeave } = props;
  const worst = worstFirst(findings)[0];
  return (
    <li data-line={number} className={current ? "current" : ""}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same for the keyboard. */}
      <div
        className="code-line"
        onMouseEnter={worst === undefined || current ? undefined : (event) => onPoint(event.currentTarget)}
        onMouseLeave={worst === undefined ? undefined : onLeave}
      >
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
              <FindingText finding={finding} onMend={onMend} />
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
