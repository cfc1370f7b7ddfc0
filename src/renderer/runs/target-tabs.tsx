import type { TargetResult } from "../../shared/domain/index.ts";
import { answerWord } from "../../shared/format/words.ts";
import { answerTone } from "../format/answer.ts";
import { Icon } from "../ui/icon.tsx";
import { toneIcons } from "../ui/pill.tsx";

interface TargetTabsProps {
  targets: readonly TargetResult[];
  chosen: number;
  onChoose: (index: number) => void;
}

/** One tab a target, each with its answer. */
export function TargetTabs({ targets, chosen, onChoose }: TargetTabsProps) {
  return (
    <div className="tabs" role="tablist" aria-label="Targets">
      {targets.map((target, index) => {
        const tone = answerTone(target.verdict);
        return (
          <button
            key={target.device.label}
            type="button"
            role="tab"
            aria-selected={index === chosen}
            onClick={() => onChoose(index)}
          >
            <span className={`c-${tone}`}>
              <Icon of={toneIcons[tone]} size={14} />
            </span>
            {target.device.name}
            <span className="muted">{answerWord(target.verdict)}</span>
          </button>
        );
      })}
    </div>
  );
}
