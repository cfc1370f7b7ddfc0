import type { FitCell, TargetRequest } from "../../../../shared/domain/index.ts";
import { answerWord, bytesText, coresText } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { formatTable } from "../table.ts";
import { exitCodeOfAnswers } from "./profile.ts";
import { requireRunId } from "./runs.ts";

/**
 * One run against every model, or against the targets that are named. Of all models it is a list, and 0 like any list; of named
 * ones the exit code is that of their answers.
 */
export async function showFit(
  { client, output }: Context,
  { id, targets }: { id: string; targets: TargetRequest[] },
): Promise<number> {
  const matrix = await client.runs.fit({ runId: requireRunId(id), targets });
  output.value(matrix);
  output.text(
    [
      `${matrix.stackName}, run ${matrix.runId}. Measured under the budgets marked so; the others are projected from it.`,
      formatTable(matrix.cells, [
        { head: "MODEL", value: ({ device }) => device.label },
        { head: "ANSWER", value: ({ verdict }) => answerWord(verdict) },
        { head: "", value: ({ projected }) => (projected ? "projected" : "measured") },
        { head: "MEMORY", right: true, value: (cell) => ofBudget(cell, "memory", bytesText) },
        { head: "CPU", right: true, value: (cell) => ofBudget(cell, "cpu", (cores) => coresText(cores, 2)) },
        { head: "WHY", value: ({ headline }) => headline },
      ]),
      ...notesOf(matrix.cells),
    ].join("\n\n"),
  );
  return targets.length === 0 ? 0 : exitCodeOfAnswers(matrix.cells, false);
}

/** What it may reach of what there is. */
function ofBudget({ axes }: FitCell, name: "memory" | "cpu", text: (value: number) => string): string {
  const axis = axes[name];
  const show = (value: number | null | undefined) => (value === null || value === undefined ? "-" : text(value));
  return `${show(axis?.high)} of ${show(axis?.limit)}`;
}

function notesOf(cells: readonly FitCell[]): string[] {
  const boards = new Map<string, string[]>();
  for (const { device, notes } of cells) {
    for (const note of notes) boards.set(note, [...(boards.get(note) ?? []), device.label]);
  }
  return [...boards].map(([note, labels]) => `${labels.join(", ")}: ${note}`);
}
