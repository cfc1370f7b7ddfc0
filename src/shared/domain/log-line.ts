import * as z from "zod";

export const logLineSchema = z.object({
  atMs: z.number(),
  containerId: z.string(),
  stream: z.enum(["stdout", "stderr"]),
  text: z.string(),
});
export type LogLine = z.infer<typeof logLineSchema>;

/** Lines as they travel: a few at a time, with what had to be left out counted and said. */
export const logBatchSchema = z.object({
  lines: z.array(logLineSchema),
  /** Lines that were skipped before these because the reader was too slow. */
  skipped: z.int().nonnegative(),
  /** Sources that ended since the batch before (the container stopped). */
  ended: z.array(z.string()),
});
export type LogBatch = z.infer<typeof logBatchSchema>;
