import * as z from "zod";
import { correctionSchema } from "./speed.ts";

/** A figure with the place that it comes from. */
export const sourcedNumberSchema = z.object({ value: z.number().positive(), source: z.string() });

/** A benchmark score: 7-zip LZMA MIPS. */
export const scoreSchema = z.object({ benchmark: z.string(), value: z.number().positive(), source: z.string() });
export type Score = z.infer<typeof scoreSchema>;

/** A board in the catalogue, as resources/models.json holds it. Null is "no published figure". */
export const modelSchema = z.object({
  id: z.string(),
  name: z.string(),
  vendor: z.string(),
  soc: z.string().nullable(),
  cores: z.int().positive().nullable(),
  clockMHz: z.number().positive().nullable(),
  memoryMiB: z.number().positive().nullable(),
  arch: z.string().nullable(),
  platform: z.string().nullable(),
  storage: z.string().nullable(),
  singleCoreScore: scoreSchema.nullable(),
  multiCoreScore: scoreSchema.nullable(),
  usableMemoryMiB: sourcedNumberSchema.nullable(),
  storageBytes: sourcedNumberSchema.nullable(),
  source: z.string(),
});
export type Model = z.infer<typeof modelSchema>;

/** What a device has to spend on stacks. Every figure carries where it comes from; null makes its axis unknown. */
export const budgetSchema = z.object({
  /** What stands in the result as the target: `rpi-4b-2gb`, a device's name, `custom`. */
  label: z.string(),
  name: z.string(),
  kind: z.enum(["model", "device", "custom"]),
  /** Usable RAM less the operating system's share and less other stacks on a known device. */
  memoryBytes: z.number().positive().nullable(),
  memorySource: z.string(),
  /** CPU in device cores: multi-core score / single-core score. */
  cpuCores: z.number().positive().nullable(),
  cpuSource: z.string(),
  /** The number of CPUs the device shows; the envelope's cpuset. */
  cpus: z.int().positive().nullable(),
  storageBytes: z.number().positive().nullable(),
  platform: z.string().nullable(),
  singleCoreScore: z.number().positive().nullable(),
  multiCoreScore: z.number().positive().nullable(),
  hasSwap: z.boolean(),
  /** MIPS of one core by kind of work, where it was measured on the device itself. */
  kernels: z.record(z.string(), z.number().positive()).optional(),
  /** What runs on this model have taught; absent: too few, or none. */
  correction: correctionSchema.optional(),
});
export type Budget = z.infer<typeof budgetSchema>;

/** What a person asks to be judged against: the id of a model, the name or id of a device, or figures of their own. */
export const targetRequestSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("named"), name: z.string().min(1) }),
  z.object({
    kind: z.literal("custom"),
    memoryBytes: z.number().positive().nullable(),
    cpuCores: z.number().positive().nullable(),
    storageBytes: z.number().positive().nullable(),
  }),
]);
export type TargetRequest = z.infer<typeof targetRequestSchema>;
