import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import {
  AppError,
  type AskedLoad,
  type ProfileResult,
  type RunId,
  type RunReportFormat,
  runReportFormatSchema,
  type SeriesResult,
} from "../../../shared/domain/index.ts";
import { toProfileJson } from "../../profiling/index.ts";
import type { Context } from "./context.ts";
import { jsonText } from "./output.ts";
import type { TargetFlags } from "./targets.ts";

/** What `profile` is told on the command line, besides which stack. */
export interface ProfileFlags extends TargetFlags {
  duration?: number;
  warmUp?: number;
  failOn?: "does-not-fit" | "tight";
  format: RunReportFormat | "text";
  report: string[];
  desktop?: boolean;
  on?: string;
  beside?: boolean;
  repeat?: number;
  load: AskedLoad[];
  prove?: boolean;
}

/** A report that is written into a file. */
export interface ReportFile {
  format: RunReportFormat;
  file: string;
}

/** How a run is printed. */
export function runReportOption(): Option {
  return new Option("--format <format>", "how to print it")
    .choices(["text", ...runReportFormatSchema.options])
    .default("text");
}

/** Reads `junit=out.xml`. Throws commander's error for what is none. */
export function parseReportFile(text: string): ReportFile {
  const at = text.indexOf("=");
  const format = runReportFormatSchema.safeParse(text.slice(0, Math.max(0, at)));
  const file = text.slice(at + 1);
  if (format.success && file !== "") return { format: format.data, file };
  throw new InvalidArgumentError(
    `--report wants a format and a file, such as junit=out.xml; formats are ${runReportFormatSchema.options.join(", ")}.`,
  );
}

/** Writes each report of a finished run. Throws `bad-input` naming the file that could not be written. */
export async function writeReports(
  { client, output }: Context,
  runId: RunId,
  reports: readonly ReportFile[],
  failOnTight: boolean,
): Promise<void> {
  for (const { format, file } of reports) {
    const path = resolve(file);
    const { text } = await client.runs.report({ runId, format, failOnTight });
    try {
      await writeFile(path, text);
    } catch (error) {
      throw new AppError("bad-input", `The report could not be written to ${path}.`, {
        hint: `Look whether its folder is there and may be written to. The run is kept: bayplan runs show ${runId} --format ${format}`,
        cause: error,
      });
    }
    output.note(`Wrote ${path}`);
  }
}

/** Prints a finished run: as text for people, as one line of JSON under `--json`, or as a report. */
export async function printRun(
  { client, output }: Context,
  { id, result, series, text }: { id: RunId; result: ProfileResult; series?: SeriesResult | null; text: () => string },
  format: RunReportFormat | "text",
  failOnTight: boolean,
): Promise<void> {
  if (output.json) output.value(toProfileJson(result, series));
  else if (format === "text") output.text(text());
  else if (format === "json") output.document(jsonText(toProfileJson(result, series), 2));
  else output.document((await client.runs.report({ runId: id, format, failOnTight })).text.trimEnd());
}
