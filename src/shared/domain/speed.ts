import * as z from "zod";
import { deviceIdSchema } from "./device.ts";

/**
 * How fast a machine was measured to be. The scores are 7-zip's MIPS of LZMA, which the catalogue has of its boards; the kernels
 * are kinds of work on one core by the same program, each in a unit of its own (MIPS or MB/s): they are only compared with the same
 * kind elsewhere.
 */
export const measuredSpeedSchema = z.object({
  singleCoreScore: z.number().positive(),
  /** All cores at once; null with the reason in `notMeasured`. */
  multiCoreScore: z.number().positive().nullable(),
  /** The figure of one core for each kind of work, `lzma` among them; one that could not be measured is not there. */
  kernels: z.record(z.string(), z.number().positive()),
  /** Why something above is not there. */
  notMeasured: z.record(z.string(), z.string()).default({}),
  measuredAt: z.iso.datetime(),
});
export type MeasuredSpeed = z.infer<typeof measuredSpeedSchema>;

/** The speed of a known device, measured there. */
export const deviceSpeedSchema = measuredSpeedSchema.extend({
  deviceId: deviceIdSchema,
  /** As it was called then. */
  name: z.string(),
  /** The catalogue's model of its board; null when it is not in there. */
  modelId: z.string().nullable(),
});
export type DeviceSpeed = z.infer<typeof deviceSpeedSchema>;

/** By how much a model needs more CPU (above 1) or less than its score says, learned from runs on that model. */
export const correctionSchema = z.object({
  factor: z.number().positive(),
  runs: z.int().positive(),
});
export type Correction = z.infer<typeof correctionSchema>;

/** How wide the answer about CPU is, and why: the pessimistic edge is so many times the estimate. */
export const cpuBandSchema = z.object({ value: z.number().min(1), why: z.string() });
export type CpuBand = z.infer<typeof cpuBandSchema>;

/** What is known of a model's correction; it is used from `needed` runs on. */
export const learnedModelSchema = z.object({
  modelId: z.string(),
  factor: z.number().positive(),
  runs: z.int().positive(),
  needed: z.int().positive(),
  used: z.boolean(),
});
export type LearnedModel = z.infer<typeof learnedModelSchema>;

/** Every speed that was measured, and what was learned from runs on devices. */
export const speedBookSchema = z.object({
  /** This machine; null when it was never measured. */
  here: measuredSpeedSchema.nullable(),
  devices: z.array(deviceSpeedSchema),
  learned: z.array(learnedModelSchema),
});
export type SpeedBook = z.infer<typeof speedBookSchema>;
