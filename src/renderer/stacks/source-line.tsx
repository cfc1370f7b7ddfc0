import { memo } from "react";
import type { CheckFinding } from "../../shared/domain/index.ts";
import { worstFirst } from "../format/finding.ts";
import { Icon } from "../ui/icon.tsx";
import { severityLooks } from "../ui/severity-looks.ts";
import { FindingText } from "./finding-text.tsx";
import { yamlPieces } from "./yaml-line.ts";

/** What a person does with a line; lines are drawn again only when something of their own changes. */
export interface LineActions {
  select: (number: number) => void;
  mend: (finding: CheckFinding) => void;
  /** The pointer comes to rest on the line, or leaves it. */
  point: (number: number, line: Element) => void;
  leave: () => void;
}

interface SourceLineProps {
  number: number;
  text: string;
  isYaml: boolean;
  findings: readonly CheckFinding[];
  current: boolean;
  actions: LineActions;
}

/** One line of the file; where something was found, the line is underlined and explains itself below. */
export const SourceLine = memo(({ number, text, isYaml, findings, current, actions }: SourceLineProps) => {
  const worst = worstFirst(findings)[0];
  return (
    <li data-line={number} className={current ? "current" : ""}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button in it does the same for the keyboard. */}
      <div
        className="code-line"
        onMouseEnter={
          worst === undefined || current ? undefined : (event) => actions.point(number, event.currentTarget)
        }
        onMouseLeave={worst === undefined ? undefined : actions.leave}
      >
        <span className="gutter">
          {worst === undefined ? null : (
            <button
              type="button"
              className={severityLooks[worst.severity].tone}
              aria-label={`${severityLooks[worst.severity].word} in line ${number}: ${worst.message}`}
              aria-expanded={current}
              onClick={() => actions.select(number)}
            >
              <Icon of={severityLooks[worst.severity].icon} size={14} />
            </button>
          )}
        </span>
        <span className="line-number">{number}</span>
        <code className={worst === undefined ? "" : `found ${worst.severity}`}>
          {(isYaml ? yamlPieces(text) : plainPieces(text)).map((piece, index) => (
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
              <FindingText finding={finding} onMend={actions.mend} />
            </div>
          ))
        : null}
    </li>
  );
});

function plainPieces(line: string) {
  return [{ text: line, kind: /^\s*#/.test(line) ? "comment" : "plain" }];
}
