import * as z from "zod";
import { budgetSchema } from "./budget.ts";
import { runIdSchema } from "./run.ts";
import { answerSchema, axisNameSchema, axisSchema, targetResultSchema } from "./verdict.ts";

/** What a run says about one budget: measured under it, or projected from another. */
export const fitCellSchema = z.object({
  device: targetResultSchema.shape.device,
  budget: budgetSchema,
  projected: z.boolean(),
  verdict: answerSchema,
  headline: z.string(),
  axes: z.partialRecord(axisNameSchema, axisSchema),
  /** What the figures of this machine do not say about that board. */
  notes: z.array(z.string()),
});
export type FitCell = z.infer<typeof fitCellSchema>;

/** One run against every board: the measured ones first, then the catalogue in its own order. */
export const fitMatrixSchema = z.object({
  schemaVersion: z.literal(1),
  runId: runIdSchema,
  stackName: z.string(),
  cells: z.array(fitCellSchema),
});
export type FitMatrix = z.infer<typeof fitMatrixSchema>;
