import type { ComparedTarget, Comparison, SideRequest } from "../../../../shared/domain/index.ts";
import {
  changeSentences,
  changeWord,
  comparisonHeadline,
  countText,
  figureText,
  figureWord,
  relativeText,
  shiftText,
} from "../../../../shared/format/index.ts";
import { comparisonMarkdown } from "../../../profiling/index.ts";
import type { Context } from "../context.ts";
import { jsonText } from "../output.ts";
import { formatTable } from "../table.ts";

export const compareFormats = ["text", "json", "markdown"] as const;

export interface CompareOptions {
  a: SideRequest;
  b: SideRequest;
  format: (typeof compareFormats)[number];
  /** Exit code 1 when something got worse for certain. */
  failOnWorse: boolean;
}

/** Compares two sides and says in words what got worse. */
export async function compare(context: Context, { a, b, format, failOnWorse }: CompareOptions): Promise<number> {
  const { client, output } = context;
  const comparison = await client.runs.compare({ a, b });
  if (output.json) output.value(comparison);
  else if (format === "json") output.document(jsonText(comparison, 2));
  else if (format === "markdown") output.document(comparisonMarkdown(comparison).trimEnd());
  else output.text(formatComparison(comparison));
  return failOnWorse && comparison.change === "worse" ? 1 : 0;
}

/** The answer first, then every figure. */
export function formatComparison(comparison: Comparison): string {
  const { a, b, targets } = comparison;
  return [
    [
      `A: ${a.name} (${a.stackName}, ${countText(a.runIds.length, "run")})`,
      `B: ${b.name} (${b.stackName}, ${countText(b.runIds.length, "run")})`,
    ].join("\n"),
    [
      comparisonHeadline(comparison),
      ...changeSentences(comparison, "worse"),
      ...changeSentences(comparison, "better"),
    ].join("\n"),
    ...targets.map(formatTarget),
  ].join("\n\n");
}

function formatTarget({ label, name, differences, stack, services }: ComparedTarget): string {
  const rows = [{ name: "(stack)", figures: stack }, ...services].flatMap((part) =>
    part.figures.map((one) => ({ service: part.name, ...one })),
  );
  const onlyIn = services.flatMap(({ name: service, onlyIn: side }) =>
    side === null ? [] : [`${service} is only in ${side.toUpperCase()}.`],
  );
  const reasons = new Set(rows.flatMap(({ change, reason }) => (change === "not-comparable" ? [reason] : [])));
  return [
    `${label} (${name})`,
    ...differences.map(({ what, a, b }) => `Not the same: ${what}. A: ${a}. B: ${b}.`),
    ...onlyIn,
    formatTable(rows, [
      { head: "SERVICE", value: ({ service }) => service },
      { head: "FIGURE", value: ({ figure }) => figureWord(figure) },
      { head: "A", right: true, value: ({ figure, a }) => figureText(figure, a.median) },
      { head: "B", right: true, value: ({ figure, b }) => figureText(figure, b.median) },
      {
        head: "DIFFERENCE",
        right: true,
        value: ({ figure, difference }) => shiftText(figure, difference?.value ?? null),
      },
      { head: "", right: true, value: ({ difference }) => relativeText(difference?.relative ?? null) },
      { head: "P", right: true, value: ({ pValue }) => (pValue === null ? "-" : pValue.toFixed(4)) },
      { head: "ANSWER", value: ({ change }) => changeWord(change) },
    ]),
    ...[...reasons].map((reason) => `Not comparable: ${reason}`),
  ].join("\n");
}
