import type { RunRecord } from "../../shared/domain/index.ts";
import { answerWord } from "../../shared/format/words.ts";
import { answerTone } from "../format/answer.ts";
import { Icon } from "../ui/icon.tsx";
import { toneIcons } from "../ui/pill.tsx";
import { showTarget } from "./run-view.ts";

/** One tab a target of a run with several; what has been measured can be looked at while the next one is. */
export function RunTargets({ record, shown }: { record: RunRecord; shown: number }) {
  if (record.targets.length < 2) return null;
  const running = record.status === "running";
  return (
    <div className="tabs" role="tablist" aria-label="Targets">
      {record.targets.map((target, index) => {
        const { verdict } = target;
        const isLater = running && index > record.currentTarget;
        const tone = verdict === null ? null : answerTone(verdict);
        const word =
          verdict !== null
            ? answerWord(verdict)
            : isLater
              ? "later"
              : running && index === record.currentTarget
                ? "measured now"
                : "measured";
        return (
          <button
            key={target.label}
            type="button"
            role="tab"
            aria-selected={index === shown}
            disabled={isLater}
            onClick={() => showTarget(index)}
          >
            {tone === null ? null : (
              <span className={`c-${tone}`}>
                <Icon of={toneIcons[tone]} size={14} />
              </span>
            )}
            {target.name}
            <span className="muted">{word}</span>
          </button>
        );
      })}
    </div>
  );
}
