import type { AccuracyAxis, RunAccuracy } from "../../../../shared/domain/index.ts";
import { quantityText } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { formatTable } from "../table.ts";
import { requireRunId } from "./runs.ts";

/** What a run here said of a device beside what a run on it measured. It is a view: 0 whatever it shows. */
export async function showAccuracy(
  { client, output }: Context,
  { predicted, measured }: { predicted: string; measured: string },
): Promise<number> {
  const accuracy = await client.runs.accuracy({
    predictedRunId: requireRunId(predicted),
    measuredRunId: requireRunId(measured),
  });
  output.value(accuracy);
  output.text(formatAccuracy(accuracy));
  return 0;
}

function formatAccuracy({ stackName, device, modelId, predictedFor, axes, notes, learns }: RunAccuracy): string {
  const model = modelId === null ? "" : ` (${modelId})`;
  const how = predictedFor.projected ? "projected onto it" : `measured for ${predictedFor.label}`;
  const learned =
    learns.ratio === null
      ? `Nothing can be learned from this pair: ${learns.reason ?? ""}`
      : `It needed ${learns.ratio.toFixed(2)} times the CPU that its score says.`;
  return [
    `${stackName}: what was ${how}, beside what ${device}${model} measured.`,
    formatTable(axes, [
      { head: "AXIS", value: ({ axis }) => words[axis] },
      { head: "PREDICTED", right: true, value: ({ predicted, unit }) => quantityText(predicted, unit) },
      { head: "FROM", right: true, value: ({ low, unit }) => quantityText(low, unit) },
      { head: "TO", right: true, value: ({ high, unit }) => quantityText(high, unit) },
      { head: "MEASURED", right: true, value: (axis) => quantityText(axis.measured, axis.unit) },
      { head: "RATIO", right: true, value: ({ ratio }) => (ratio === null ? "-" : ratio.toFixed(2)) },
      { head: "IN THE BAND", value: insideText },
    ]),
    [...notes, learned].join("\n"),
  ].join("\n\n");
}

const words: Record<AccuracyAxis["axis"], string> = {
  memory: "memory",
  cpu: "cpu (p95)",
  "cpu-mean": "cpu (mean)",
  startup: "startup",
};

function insideText({ inside, reason }: AccuracyAxis): string {
  if (inside === null) return reason ?? "-";
  return `${inside ? "yes" : "NO"}${reason === null ? "" : `. ${reason}`}`;
}
