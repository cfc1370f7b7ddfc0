import * as z from "zod";
import { fixedFileSchema } from "./check.ts";
import { proofSchema } from "./proof.ts";
import { adviceSchema } from "./verdict.ts";

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

/** What the advice of a run changes in the files of its stack. */
export const advisedRunSchema = z.object({
  /** The target whose advice it is. */
  label: z.string(),
  files: z.array(fixedFileSchema),
  taken: z.array(adviceSchema),
  /** What cannot be changed by itself, each with why. */
  left: z.array(z.object({ advice: adviceSchema, reason: z.string() })),
  /** False: nothing was written, this is only what would change. */
  written: z.boolean(),
  /** What a run under these limits showed; null: there was none. */
  proof: proofSchema.nullable().default(null),
});
export type AdvisedRun = z.infer<typeof advisedRunSchema>;
