import { AppError, type RunReport, type RunReportFormat, toProfileJson } from "../../../shared/domain/index.ts";
import { htmlReport, type ReportedRun } from "./html-report.ts";
import { junitReport } from "./junit-report.ts";
import { markdownReport } from "./markdown-report.ts";

export { comparisonMarkdown } from "./compare-markdown.ts";
export type { ReportedRun } from "./html-report.ts";

const files: Record<RunReportFormat, { ending: string; type: string }> = {
  json: { ending: "json", type: "application/json" },
  junit: { ending: "xml", type: "application/xml" },
  html: { ending: "html", type: "text/html" },
  markdown: { ending: "md", type: "text/markdown" },
};

/** A run in one format, with the name of the file that it is to be kept in. Throws `unsupported` for a run without a result. */
export function reportRun(
  run: Omit<ReportedRun, "result"> & { result: ReportedRun["result"] | null },
  format: RunReportFormat,
  options: { failOnTight: boolean },
): RunReport {
  const { record, result } = run;
  if (result === null) {
    throw new AppError("unsupported", `The run ${record.id} has no result to report: it is ${record.status}.`, {
      hint: "Choose a finished run of `bayplan runs`.",
    });
  }
  const { ending, type } = files[format];
  const name = `${record.stackName.replaceAll(/[^\w.-]+/g, "-")}-${record.id}.${ending}`;
  return { name, type, text: textOf({ ...run, result }, format, options) };
}

function textOf(run: ReportedRun, format: RunReportFormat, options: { failOnTight: boolean }): string {
  if (format === "json") return `${JSON.stringify(toProfileJson(run.result, run.series), null, 2)}\n`;
  if (format === "junit") return `${junitReport(run.result, options)}\n`;
  return format === "html" ? htmlReport(run) : markdownReport(run.record.stackName, run.result, run.series);
}
