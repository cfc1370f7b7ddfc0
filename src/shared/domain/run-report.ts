import * as z from "zod";

export const runReportFormatSchema = z.enum(["json", "junit", "html", "markdown"]);
export type RunReportFormat = z.infer<typeof runReportFormatSchema>;

/** A run as a file for other programs and people. */
export const runReportSchema = z.object({
  /** What to call the file, without a folder. */
  name: z.string(),
  /** Its media type. */
  type: z.string(),
  text: z.string(),
});
export type RunReport = z.infer<typeof runReportSchema>;
