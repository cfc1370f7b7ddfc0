import {
  AppError,
  type RunFilter,
  type RunId,
  type RunReportFormat,
  runIdSchema,
} from "../../../../shared/domain/index.ts";
import { answerWord, longAgeText } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { printRun } from "../run-reports.ts";
import { substitutionLines } from "../substitution-lines.ts";
import { formatTable } from "../table.ts";
import { formatAnswers } from "./profile.ts";
import { formatSeries } from "./profile-series.ts";

/** The runs that are kept, newest first: whole records as JSON, a line each for people. */
export async function listRuns({ client, output }: Context, filter: RunFilter): Promise<number> {
  if (output.json) {
    output.value({ runs: await client.runs.list(filter) });
    return 0;
  }
  const runs = await client.runs.history(filter);
  output.text(
    runs.length === 0
      ? filter.stack === undefined
        ? "No runs yet. `bayplan profile FILE --device MODEL` makes one."
        : `No runs of a stack ${filter.stack}. \`bayplan runs\` lists all.`
      : formatTable(runs, [
          { head: "RUN", value: ({ id }) => id },
          { head: "STACK", value: ({ stackName }) => stackName },
          { head: "TARGETS", value: ({ targets }) => targets.map((target) => target.label).join(", ") },
          {
            head: "SERIES",
            value: ({ series }) => (series === null ? "" : `${series.id} ${series.index}/${series.of}`),
          },
          { head: "ANSWER", value: ({ verdict, status }) => (verdict === null ? status : answerWord(verdict)) },
          {
            head: "STARTED",
            value: ({ startedAtMs }) => new Date(startedAtMs).toISOString().slice(0, 16).replace("T", " "),
          },
          {
            head: "TOOK",
            right: true,
            value: ({ startedAtMs, endedAtMs }) => (endedAtMs === null ? "-" : longAgeText(endedAtMs - startedAtMs)),
          },
          { head: "FROM", value: ({ origin }) => (origin === null ? "" : (origin.hostName ?? "elsewhere")) },
        ]),
  );
  return 0;
}

/** Removes runs for good, and says which. */
export async function removeRuns({ client, output }: Context, ids: readonly string[]): Promise<number> {
  const runIds = ids.map(requireRunId);
  for (const runId of runIds) await client.runs.remove({ runId });
  output.value({ removed: runIds });
  output.text(`Removed ${runIds.join(", ")}.`);
  return 0;
}

/** One run with its verdict, as `profile` printed it, or as a report. */
export async function showRun(
  context: Context,
  { id, format }: { id: string; format: RunReportFormat | "text" },
): Promise<number> {
  const { client, output } = context;
  const { record, result } = await client.runs.get({ runId: requireRunId(id) });
  if (result === null) {
    if (format !== "text") await client.runs.report({ runId: record.id, format });
    output.value({ record });
    output.text(
      [
        `${record.id}: ${record.status}${record.failure === null ? "" : `. ${record.failure.message}`}`,
        ...substitutionLines("Ran with stand-ins:", record.substitutions),
      ].join("\n"),
    );
    return 0;
  }
  const series = record.series === null ? null : await client.runs.series({ seriesId: record.series.id });
  const text = () => [formatAnswers(result), ...(series === null ? [] : [formatSeries(series)])].join("\n\n");
  await printRun(context, { id: record.id, result, series, text }, format, false);
  return 0;
}

/** The id of a run as a person wrote it. Throws `not-found` for what cannot be one. */
export function requireRunId(text: string): RunId {
  const parsed = runIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError("not-found", `There is no run ${text}.`, { hint: "`bayplan runs` lists the runs kept here." });
}
