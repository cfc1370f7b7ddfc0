import * as z from "zod";
import { runIdSchema } from "./run.ts";

/** One figure of a stack, as a run elsewhere said that it would be and as it was on the device. */
export const accuracyAxisSchema = z.object({
  axis: z.enum(["memory", "cpu", "cpu-mean", "startup"]),
  unit: z.enum(["bytes", "cores", "seconds"]),
  predicted: z.number().nullable(),
  /** The band that was stated around it; null where none is. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  measured: z.number().nullable(),
  /** Measured over predicted. */
  ratio: z.number().nullable(),
  /** Whether it was in the band; null when that cannot be said, with the reason. */
  inside: z.boolean().nullable(),
  reason: z.string().nullable(),
});
export type AccuracyAxis = z.infer<typeof accuracyAxisSchema>;

/** One pair of runs that teaches how much CPU a model needs of what its score says. */
export const accuracyPairSchema = z.object({
  modelId: z.string(),
  predictedRunId: runIdSchema,
  measuredRunId: runIdSchema,
  /** CPU seconds per steady second on the device, over those predicted without any correction. */
  ratio: z.number().positive(),
  /** The single-core score of the model that the prediction was made with. */
  score: z.number().positive(),
  learnedAt: z.iso.datetime(),
});
export type AccuracyPair = z.infer<typeof accuracyPairSchema>;

/** What a run here said of a device, beside what a run on it measured. */
export const runAccuracySchema = z.object({
  schemaVersion: z.literal(1),
  stackName: z.string(),
  predictedRunId: runIdSchema,
  measuredRunId: runIdSchema,
  /** As the device was called when it was measured. */
  device: z.string(),
  modelId: z.string().nullable(),
  /** Against what the first run was made: the device, its model, or another target that was projected onto it. */
  predictedFor: z.object({ label: z.string(), projected: z.boolean() }),
  axes: z.array(accuracyAxisSchema),
  /** What else makes the two runs hard to compare. */
  notes: z.array(z.string()),
  /** Null when this pair teaches nothing, with the reason. */
  learns: z.object({ ratio: z.number().positive().nullable(), reason: z.string().nullable() }),
});
export type RunAccuracy = z.infer<typeof runAccuracySchema>;
