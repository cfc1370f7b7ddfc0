import { basename, dirname, relative } from "node:path";
import type {
  Axis,
  ProfileResult,
  RunEvent,
  RunRecord,
  RunSample,
  SeriesResult,
  TargetResult,
} from "../../../shared/domain/index.ts";
import {
  answerWord,
  bytesText,
  coresText,
  evidenceTexts,
  quantityText,
  seriesRows,
  seriesSentence,
} from "../../../shared/format/index.ts";
import { areaChart, type Band } from "./area-chart.ts";
import { escapeMarkup } from "./escape-markup.ts";
import { htmlStyle } from "./html-style.ts";
import { htmlTable } from "./html-table.ts";
import { loadSection, proofSection } from "./load-sections.ts";
import { runBands } from "./run-bands.ts";

/** A finished run with everything that was kept of it. */
export interface ReportedRun {
  record: RunRecord;
  result: ProfileResult;
  samples: readonly RunSample[];
  events: readonly RunEvent[];
  /** What the runs of its series say together, when it is one of several. */
  series?: SeriesResult | null;
}

const moments = 600;
const mostEvents = 200;
/** The budget's place on a bar, as on the page. */
const budgetAt = 0.8;

/** A run as one HTML file with its charts: it loads nothing, runs no script, and opens without a network. */
export function htmlReport(run: ReportedRun): string {
  const { record, result } = run;
  const title = `${record.stackName}: ${answerWord(result.verdict).toLowerCase()}`;
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escapeMarkup(title)}</title><style>${htmlStyle}</style></head><body><main>`,
    `<h1>${escapeMarkup(record.stackName)}</h1>`,
    // Folders of this machine are nobody else's business.
    `<p class="quiet">${escapeMarkup(basename(record.file))}. Run ${record.id}, ${new Date(record.startedAtMs).toISOString().slice(0, 16).replace("T", " ")} UTC.</p>`,
    ...result.targets.map((target, index) => targetSection(run, target, index)),
    repeats(run.series ?? null),
    findings(result, dirname(record.file)),
    conditions(result),
    "</main></body></html>\n",
  ].join("\n");
}

function targetSection(run: ReportedRun, target: TargetResult, index: number): string {
  return [
    "<section>",
    `<h2>${escapeMarkup(target.device.name)}</h2>`,
    `<p class="answer ${target.verdict}">${answerWord(target.verdict)}</p>`,
    `<p class="headline">${escapeMarkup(target.headline)}</p>`,
    axes(target),
    evidence(target),
    gates(target),
    loadSection(target.load),
    charts(run, target, index),
    services(target),
    advice(target),
    proofSection(target.proof),
    events(run.events.filter((event) => event.target === index)),
    "</section>",
  ].join("\n");
}

function repeats(series: SeriesResult | null): string {
  if (series === null) return "";
  const rows = seriesRows(series);
  const table = htmlTable(rows, [
    { head: "Target", text: ({ target }) => target },
    { head: "Figure", text: ({ figure }) => figure },
    { head: "Least", right: true, text: ({ min }) => min },
    { head: "Median", right: true, text: ({ median }) => median },
    { head: "Most", right: true, text: ({ max }) => max },
    { head: "Spread", right: true, text: ({ relative }) => relative },
  ]);
  return `<section><h2>Repeats</h2><p>${escapeMarkup(seriesSentence(series))}</p>\n${table}</section>`;
}

function axes({ axes: all, notJudged }: TargetResult): string {
  const rows = Object.entries(all).flatMap(([name, axis]) =>
    axis === undefined || name === "wear" ? [] : [{ name, axis }],
  );
  const table = htmlTable(rows, [
    { head: "Axis", text: ({ name }) => name },
    { head: "Answer", markup: ({ axis }) => `<span class="${axis.verdict}">${answerWord(axis.verdict)}</span>` },
    { head: "", markup: ({ axis }) => bar(axis) },
    { head: "Found", right: true, text: ({ axis }) => quantityText(axis.value, axis.unit) },
    { head: "May reach", right: true, text: ({ axis }) => quantityText(axis.high, axis.unit) },
    { head: "Budget", right: true, text: ({ axis }) => quantityText(axis.limit, axis.unit) },
    { head: "Reason", text: ({ axis }) => axis.reason },
  ]);
  const wear = all.wear === undefined ? [] : [`Write wear: ${all.wear.reason} Shown, never judged.`];
  const rest = notJudged.map(({ axis, reason }) => `Not judged: ${axis}. ${reason}`);
  return `${table}\n${[...wear, ...rest].map((text) => `<p class="quiet">${escapeMarkup(text)}</p>`).join("\n")}`;
}

function evidence({ axes: all }: TargetResult): string {
  const seen = evidenceTexts(all).map(({ axis, text, lines }) => {
    const printed = lines.length === 0 ? "" : `<pre>${escapeMarkup(lines.join("\n"))}</pre>`;
    return `<p class="quiet">${escapeMarkup(`${axis}, ${text}`)}</p>${printed}`;
  });
  return seen.join("\n");
}

function bar({ value, limit, verdict }: Axis): string {
  if (value === null || limit === null || limit <= 0) return "";
  const share = Math.max(0, Math.min(1, (value / limit) * budgetAt)) * 100;
  return `<div class="bar ${verdict}"><i style="width:${share.toFixed(1)}%"></i><b></b></div>`;
}

function gates({ gates: results }: TargetResult): string {
  return htmlTable(results, [
    { head: "Gate", text: ({ name }) => name },
    {
      head: "",
      markup: ({ passed }) =>
        passed === null
          ? '<span class="unknown">Unknown</span>'
          : `<span class="${passed ? "passed" : "failed"}">${passed ? "Passed" : "Failed"}</span>`,
    },
    { head: "", text: ({ text }) => text },
  ]);
}

function charts({ record, samples }: ReportedRun, { budget, envelope }: TargetResult, index: number): string {
  const factor = envelope.speedRatio === null ? null : 1 / envelope.speedRatio;
  const bands = runBands(samples, index, record.services, { atMost: moments, factor });
  if (bands.seconds.length === 0) return '<p class="quiet">No samples were kept.</p>';
  const chart = (title: string, own: Band[], limit: number | null, valueText: (value: number) => string) =>
    own.length === 0
      ? ""
      : `<figure><figcaption>${title}</figcaption>${areaChart({ title, seconds: bands.seconds, bands: own, budget: limit, valueText })}</figure>`;
  const legend = bands.memory.map(
    ({ name }, at) => `<span><i style="background:var(--c${at + 1})"></i>${escapeMarkup(name)}</span>`,
  );
  return [
    chart("Memory that counts, against the budget", bands.memory, budget.memoryBytes, bytesText),
    chart("CPU in device cores, against the budget", bands.cpu, budget.cpuCores, (cores) => coresText(cores, 2)),
    `<p class="legend quiet">${legend.join("")}</p>`,
  ].join("\n");
}

function services({ services: all }: TargetResult): string {
  return htmlTable(Object.entries(all), [
    { head: "Service", text: ([name]) => name },
    { head: "Memory peak", right: true, text: ([, one]) => quantityText(one.memoryPeakBytes, "bytes") },
    { head: "Kernel peak", right: true, text: ([, one]) => quantityText(one.memoryKernelPeakBytes, "bytes") },
    { head: "CPU p95", right: true, text: ([, one]) => quantityText(one.deviceCpuCores?.p95 ?? null, "cores") },
    { head: "CPU p99", right: true, text: ([, one]) => quantityText(one.deviceCpuCores?.p99 ?? null, "cores") },
    { head: "OOM kills", right: true, text: ([, one]) => String(one.oomKills ?? "-") },
    { head: "Restarts", right: true, text: ([, one]) => String(one.restarts) },
  ]);
}

function advice({ advice: all }: TargetResult): string {
  const table = htmlTable(all, [
    { head: "Service", text: ({ service }) => service },
    { head: "Set", markup: ({ key, proposed }) => `<code>${escapeMarkup(`${key}: ${proposed}`)}</code>` },
    { head: "Now", text: ({ current }) => current ?? "none" },
    { head: "Why", text: ({ reason }) => reason },
  ]);
  return table === "" ? "" : `<h3>Advice</h3>${table}`;
}

function events(all: readonly RunEvent[]): string {
  const shown = all.filter(({ kind }) => kind !== "progress").slice(0, mostEvents);
  const table = htmlTable(shown, [
    { head: "At", right: true, text: ({ atMs }) => `${(atMs / 1000).toFixed(1)} s` },
    { head: "Service", text: ({ service }) => service ?? "" },
    { head: "Event", text: ({ text }) => text },
  ]);
  return table === "" ? "" : `<details><summary>Events</summary>${table}</details>`;
}

function findings({ findings: all }: ProfileResult, folder: string): string {
  const table = htmlTable(all, [
    { head: "", text: ({ severity }) => severity },
    {
      head: "Where",
      text: ({ place }) => (place === null ? "" : `${relative(folder, place.file)}:${place.line}:${place.column}`),
    },
    { head: "Finding", text: ({ message }) => message },
  ]);
  return table === "" ? "" : `<section><h2>Findings</h2>${table}</section>`;
}

function conditions({ host, rules, targets }: ProfileResult): string {
  const facts: [string, string][] = [
    [
      "Machine",
      `${host.hostName}, ${host.cpus} CPUs, ${bytesText(host.memoryBytes)}, Linux ${host.kernel}, cgroup v${host.cgroupVersion}`,
    ],
    ["Engine", host.engine],
    ["Speed", host.singleCoreScoreSource],
    ...targets.map(({ device, envelope }): [string, string] => [
      `Envelope of ${device.label}`,
      [`${envelope.mode}, ${envelope.speedSource}`, ...envelope.missing.map((text) => `left off: ${text}`)].join("; "),
    ]),
    [
      "Thresholds",
      Object.entries(rules)
        .map(([name, value]) => `${name} ${value}`)
        .join(", "),
    ],
  ];
  return `<section><h2>How it was measured</h2>${htmlTable(facts, [
    { head: "", text: ([name]) => name },
    { head: "", text: ([, value]) => value },
  ])}</section>`;
}
