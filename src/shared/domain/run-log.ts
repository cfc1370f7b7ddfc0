import * as z from "zod";
import { runIdSchema } from "./run.ts";

/** One line that a service printed during a run, on the clock of its target's samples. Long lines are cut. */
export const runLogLineSchema = z.object({
  atMs: z.number(),
  service: z.string(),
  stream: z.enum(["stdout", "stderr"]),
  text: z.string(),
});
export type RunLogLine = z.infer<typeof runLogLineSchema>;

/** Lines of a service that were printed faster than they are kept: so many, between these two times. */
export const runLogGapSchema = z.object({
  atMs: z.number(),
  untilMs: z.number(),
  service: z.string(),
  notKept: z.int().positive(),
});
export type RunLogGap = z.infer<typeof runLogGapSchema>;

/** What is kept of a run's logs, in about the order in which it was printed. */
export const runLogEntrySchema = z.intersection(
  z.object({ target: z.int().nonnegative() }),
  z.union([runLogLineSchema, runLogGapSchema]),
);
export type RunLogEntry = z.infer<typeof runLogEntrySchema>;

/** Which lines of a run are asked for: those of a span, both ends included, of all services when none is named. */
export const runLogQuerySchema = z.object({
  runId: runIdSchema,
  target: z.int().nonnegative(),
  fromMs: z.number(),
  toMs: z.number(),
  services: z.array(z.string()).max(1000).optional(),
  limit: z.int().min(1).max(5000).default(500),
});
export type RunLogQuery = z.infer<typeof runLogQuerySchema>;

/** The first lines of a span by time, and what of the span is not among them. */
export const runLogPageSchema = z.object({
  lines: z.array(runLogLineSchema),
  /** Lines of the span behind the limit: a shorter span shows them. */
  leftOut: z.int().nonnegative(),
  /** Lines that were printed about then and not kept, since there were too many in a second. */
  notKept: z.int().nonnegative(),
});
export type RunLogPage = z.infer<typeof runLogPageSchema>;
