import {
  AppError,
  type ProfileResult,
  type RunReportFormat,
  type RunRequest,
  type SeriesId,
  type SeriesResult,
} from "../../../../shared/domain/index.ts";
import { seriesRows, seriesSentence } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { failureOfRun, follow } from "../follow-run.ts";
import { printRun, type ReportFile, writeReports } from "../run-reports.ts";
import { formatTable } from "../table.ts";
import { exitCodeOfAnswers, formatAnswers } from "./profile.ts";
import { requireRunId } from "./runs.ts";
import { printFindings } from "./stacks.ts";

interface Printing {
  failOnTight: boolean;
  reports: readonly ReportFile[];
  format: RunReportFormat | "text";
}

/** Measures one request several times and prints the worst run with the spread of all. Ctrl-C ends the whole series. */
export async function profileSeries(
  context: Context,
  request: RunRequest & { repeat: number },
  { failOnTight, reports, format }: Printing,
): Promise<number> {
  const { client, output, signal } = context;
  const first = await client.runs.repeat(request);
  if (first.series === null) throw new AppError("internal", `The run ${first.id} began no series.`);
  const seriesId = first.series.id;
  printFindings(context, first.findings);
  const cancel = () => {
    output.note("Stopping the series and removing what it started.");
    void client.runs.cancelSeries({ seriesId });
  };
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const { series, results } = await followSeries(context, seriesId);
    const worst = results.find(({ runId }) => runId === series.worstRunId);
    if (worst === undefined) throw new AppError("internal", `The series ${seriesId} ended without its worst run.`);
    const id = requireRunId(worst.runId);
    await writeReports(context, id, reports, failOnTight);
    const text = () => [formatAnswers(worst), formatSeries(series)].join("\n\n");
    await printRun(context, { id, result: worst, series, text }, format, failOnTight);
    return exitCodeOfAnswers(
      results.flatMap(({ targets }) => targets),
      failOnTight,
    );
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

async function followSeries(
  context: Context,
  seriesId: SeriesId,
): Promise<{ series: SeriesResult; results: ProfileResult[] }> {
  const results: ProfileResult[] = [];
  // Not tied to Ctrl-C: the series' own end is what this waits for, so that nothing is left running.
  for await (const update of await context.client.runs.watchSeries({ seriesId })) {
    if (update.kind === "ended") {
      if (update.failure !== null || update.series === null) throw failureOfRun(update);
      return { series: update.series, results };
    }
    const { series, id } = update.record;
    context.output.note(`Run ${series?.index ?? 1} of ${series?.of ?? 1}: ${id}`);
    const { result } = await follow(context, update.record);
    if (result !== null) results.push(result);
  }
  throw new AppError("internal", `The series ${seriesId} ended without an end.`);
}

/** How far the runs of a series are apart, for a terminal. */
export function formatSeries(series: SeriesResult): string {
  return [
    `Repeats: ${seriesSentence(series)}`,
    formatTable(seriesRows(series), [
      { head: "TARGET", value: ({ target }) => target },
      { head: "FIGURE", value: ({ figure }) => figure },
      { head: "LEAST", right: true, value: ({ min }) => min },
      { head: "MEDIAN", right: true, value: ({ median }) => median },
      { head: "MOST", right: true, value: ({ max }) => max },
      { head: "SPREAD", right: true, value: ({ relative }) => relative },
    ]),
    `Series ${series.id}: ${series.runIds.join(", ")}.`,
  ].join("\n");
}
