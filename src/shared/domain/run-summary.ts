import * as z from "zod";
import { phaseSchema, type RunRecord, runIdSchema, runOriginSchema, runStatusSchema } from "./run.ts";
import { seriesPlaceSchema } from "./series/place.ts";
import { answerSchema } from "./verdict.ts";

/** What a list shows of a run. */
export const runSummarySchema = z.object({
  id: runIdSchema,
  stackName: z.string(),
  targets: z.array(z.object({ label: z.string(), name: z.string() })),
  status: runStatusSchema,
  phase: phaseSchema.nullable(),
  verdict: answerSchema.nullable(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  series: seriesPlaceSchema.nullable(),
  origin: runOriginSchema.nullable(),
});
export type RunSummary = z.infer<typeof runSummarySchema>;

/** Which of the runs that are kept are wanted; what is absent is no condition. */
export const runFilterSchema = z.object({
  /** Exactly this stack. */
  stack: z.string().optional(),
  /** So many of the newest. */
  limit: z.int().positive().optional(),
});
export type RunFilter = z.infer<typeof runFilterSchema>;

/** The summary of a record. */
export function summaryOf(record: RunRecord): RunSummary {
  const { id, stackName, targets, status, phase, verdict, startedAtMs, endedAtMs, series, origin } = record;
  const shown = targets.map(({ label, name }) => ({ label, name }));
  return { id, stackName, targets: shown, status, phase, verdict, startedAtMs, endedAtMs, series, origin };
}
