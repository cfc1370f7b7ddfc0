import type { Answer, ProfileResult, SeriesResult, TargetResult } from "../../../shared/domain/index.ts";
import {
  answerWord,
  bytesText,
  coresText,
  evidenceTexts,
  latencyText,
  proofWord,
  quantityText,
  seriesRows,
  seriesSentence,
} from "../../../shared/format/index.ts";
import { cell, details, table } from "./markdown-table.ts";

/** A shape beside each word, since a comment has no colours of ours. */
const marks: Record<Answer, string> = { fits: "✅", tight: "⚠️", "does-not-fit": "❌", unknown: "❔" };
const mostAdvice = 30;
const mostEvidence = 8;
const linesOfEvidence = 4;

/** A result as Markdown (GitHub's and GitLab's tables and details) that fits a comment on a pull request. */
export function markdownReport(stackName: string, result: ProfileResult, series: SeriesResult | null = null): string {
  const head = `### ${marks[result.verdict]} ${cell(stackName)}: ${answerWord(result.verdict).toLowerCase()}`;
  return `${[head, ...result.targets.map(targetText), ...repeats(series), footer(result)].join("\n\n")}\n`;
}

function targetText(target: TargetResult): string {
  const { device, headline, verdict } = target;
  return [
    `**${cell(device.name)}**: ${marks[verdict]} ${answerWord(verdict)}. ${cell(headline)}`,
    table(
      ["", "Axis", "Found", "May reach", "Budget", "Reason"],
      Object.entries(target.axes).flatMap(([name, axis]) =>
        axis === undefined || name === "wear"
          ? []
          : [
              [
                marks[axis.verdict],
                name,
                quantityText(axis.value, axis.unit),
                quantityText(axis.high, axis.unit),
                quantityText(axis.limit, axis.unit),
                axis.reason,
              ],
            ],
      ),
    ),
    ...wear(target),
    ...evidence(target),
    ...gates(target),
    ...loads(target),
    details(
      "Services",
      table(
        ["Service", "Memory peak", "CPU p95", "OOM kills", "Restarts"],
        Object.entries(target.services).map(([name, service]) => [
          name,
          service.memoryPeakBytes === null ? "-" : bytesText(service.memoryPeakBytes),
          service.deviceCpuCores === null ? "-" : coresText(service.deviceCpuCores.p95, 2),
          String(service.oomKills ?? "-"),
          String(service.restarts),
        ]),
      ),
    ),
    ...advice(target),
    ...proof(target),
  ].join("\n\n");
}

function wear({ axes }: TargetResult): string[] {
  return axes.wear === undefined ? [] : [`Write wear: ${cell(axes.wear.reason)} Shown, never judged.`];
}

function evidence({ axes }: TargetResult): string[] {
  const rows = evidenceTexts(axes)
    .slice(0, mostEvidence)
    .map(({ axis, text, lines }) => [axis, text, lines.slice(-linesOfEvidence).join(" · ")]);
  return rows.length === 0 ? [] : [details("Evidence", table(["Axis", "When", "Printed about then"], rows))];
}

function gates({ gates: results }: TargetResult): string[] {
  if (results.length === 0) return [];
  return [
    table(
      ["", "Gate", ""],
      results.map(({ name, passed, text }) => [passed === null ? "❔" : passed ? "✅" : "❌", name, text]),
    ),
  ];
}

function advice({ advice: all }: TargetResult): string[] {
  if (all.length === 0) return [];
  const rows = all.slice(0, mostAdvice).map((one) => [one.service, `${one.key}: ${one.proposed}`, one.reason]);
  const more = all.length > mostAdvice ? `\n\n${all.length - mostAdvice} more are in the JSON.` : "";
  return [details("Advice", `${table(["Service", "Set", "Why"], rows)}${more}`)];
}

function repeats(series: SeriesResult | null): string[] {
  if (series === null) return [];
  const rows = seriesRows(series).map((row) => [row.target, row.figure, row.min, row.median, row.max, row.relative]);
  return [
    `**Repeats**: ${cell(seriesSentence(series))}`,
    table(["Target", "Figure", "Least", "Median", "Most", "Spread"], rows),
  ];
}

function loads({ load }: TargetResult): string[] {
  if (load.length === 0) return [];
  return [
    table(
      ["", "Load", "Latency"],
      load.map((one) => [one.made ? "✅" : "❔", one.text, latencyText(one) ?? ""]),
    ),
  ];
}

function proof({ proof: outcome }: TargetResult): string[] {
  if (outcome === null) return [];
  const mark = outcome.passed === null ? "❔" : outcome.passed ? "✅" : "❌";
  return [`${mark} **${proofWord(outcome)}** (run ${cell(outcome.runId)}): ${cell(outcome.reason)}`];
}

function footer({ host, runId }: ProfileResult): string {
  return `<sub>Run ${runId} on ${cell(host.hostName)}, ${host.cpus} CPUs, ${cell(host.engine)}.</sub>`;
}
