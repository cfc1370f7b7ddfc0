import type { Change, ComparedFigure, ComparedTarget, Comparison } from "../../../shared/domain/index.ts";
import {
  changeSentences,
  changeWord,
  comparisonHeadline,
  figureText,
  figureWord,
  relativeText,
  shiftText,
} from "../../../shared/format/index.ts";
import { cell, details, table } from "./markdown-table.ts";

const marks: Record<Change, string> = { worse: "❌", better: "✅", "not-shown": "➖", "not-comparable": "❔" };

/** A comparison as Markdown that fits a comment on a pull request. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { a, b, targets, change } = comparison;
  const sentences = [...changeSentences(comparison, "worse"), ...changeSentences(comparison, "better")];
  const parts = [
    `### ${marks[change]} ${cell(b.name)} compared with ${cell(a.name)}`,
    cell(comparisonHeadline(comparison)),
    ...(sentences.length === 0 ? [] : [sentences.map((text) => `- ${cell(text)}`).join("\n")]),
    ...targets.flatMap(targetParts),
    `<sub>A: ${a.runIds.length} runs of ${cell(a.stackName)}. B: ${b.runIds.length} runs of ${cell(b.stackName)}.</sub>`,
  ];
  return `${parts.join("\n\n")}\n`;
}

function targetParts({ name, differences, stack, services }: ComparedTarget): string[] {
  const rows = [{ name: "the stack", figures: stack }, ...services].flatMap((part) =>
    part.figures.map((one) => rowOf(part.name, one)),
  );
  return [
    `**${cell(name)}**`,
    ...(differences.length === 0
      ? []
      : [
          table(
            ["Not the same", "A", "B"],
            differences.map(({ what, a, b }) => [what, a, b]),
          ),
        ]),
    details("Figures", table(["", "Service", "Figure", "A", "B", "Difference", "", "p", "Answer"], rows)),
  ];
}

function rowOf(name: string, { figure, a, b, difference, pValue, change, reason }: ComparedFigure): string[] {
  return [
    marks[change],
    name,
    figureWord(figure),
    figureText(figure, a.median),
    figureText(figure, b.median),
    shiftText(figure, difference?.value ?? null),
    relativeText(difference?.relative ?? null),
    pValue === null ? "-" : pValue.toFixed(4),
    reason === "" ? changeWord(change) : reason,
  ];
}
