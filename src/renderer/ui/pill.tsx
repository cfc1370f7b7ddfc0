import { CircleCheck, CircleQuestionMark, OctagonX, TriangleAlert } from "lucide-react";
import type { Answer } from "../../shared/domain/index.ts";
import { answerWord } from "../../shared/format/words.ts";
import { answerTone, type Tone } from "../format/answer.ts";
import { Icon, type LucideIcon } from "./icon.tsx";

/** The shape of each tone: colour is never alone. */
export const toneIcons: Record<Tone, LucideIcon> = {
  fits: CircleCheck,
  tight: TriangleAlert,
  over: OctagonX,
  unknown: CircleQuestionMark,
};

export type PillTone = Tone | "plain" | "accent";

/** An icon and at most three words. */
export function Pill({
  tone = "plain",
  icon,
  text,
  title,
}: {
  tone?: PillTone;
  icon?: LucideIcon;
  text: string;
  title?: string;
}) {
  const shape = icon ?? (tone === "plain" || tone === "accent" ? undefined : toneIcons[tone]);
  return (
    <span className={`pill ${tone}`} {...(title === undefined ? {} : { title })}>
      {shape === undefined ? null : <Icon of={shape} size={12} />}
      <span>{text}</span>
    </span>
  );
}

/** The answer of a verdict as a pill. */
export function AnswerPill({ answer }: { answer: Answer }) {
  return <Pill tone={answerTone(answer)} text={answerWord(answer)} />;
}
