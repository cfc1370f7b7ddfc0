import type { CheckTarget, StackSelection } from "../../../../shared/domain/index.ts";
import { bayplanVersion } from "../../../api/index.ts";
import type { Context } from "../context.ts";
import { jsonText } from "../output.ts";
import { githubReport } from "../reports/github-report.ts";
import { sarifReport } from "../reports/sarif-report.ts";
import { textReport } from "../reports/text-report.ts";

export const reportFormats = ["text", "json", "sarif", "github"] as const;
export type ReportFormat = (typeof reportFormats)[number];

export interface CheckOptions {
  stack: StackSelection;
  target: CheckTarget | null;
  device: string | null;
  fix: "no" | "show" | "write";
  scan: boolean;
  format: ReportFormat;
}

/** Checks a stack without running it. The exit code is 1 while a finding counts as an error. */
export async function check({ client, output, signal }: Context, options: CheckOptions): Promise<number> {
  const { stack, target, device, fix, scan } = options;
  const result = await client.stacks.check({ ...stack, target, device, fix, scan }, { signal });
  const format = output.json ? "json" : options.format;
  if (format === "json") output.document(jsonText(result, 2));
  else if (format === "sarif") output.document(jsonText(sarifReport(result, bayplanVersion()), 2));
  else if (format === "text") output.text(textReport(result));
  else if (result.findings.length > 0) output.text(githubReport(result));
  return result.findings.some(({ severity }) => severity === "error") ? 1 : 0;
}
