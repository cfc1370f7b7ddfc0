import * as z from "zod";
import { budgetSchema } from "../budget.ts";
import { loadSeenSchema } from "../load.ts";
import { runLogLineSchema } from "../run-log.ts";
import { envelopeSchema } from "../verdict.ts";
import { storageObservationSchema } from "./storage-observation.ts";
import { runWindowSchema } from "./windows.ts";

/** A process that the kernel killed for want of memory, and whose limit it was. */
export const oomKillSchema = z.object({
  atMs: z.number(),
  service: z.string().nullable(),
  /** `envelope`: the budget; `own-limit`: the service's own; `machine`: this machine itself was out of memory. */
  at: z.enum(["envelope", "own-limit", "machine"]),
  /** The command name of the victim, null when only the count is known. */
  process: z.string().nullable(),
});
export type OomKill = z.infer<typeof oomKillSchema>;

/** What was seen of one service. Counters are final, read before its cgroup was removed. */
export const serviceObservationSchema = z.object({
  name: z.string(),
  limits: z.object({ memoryBytes: z.number().nullable(), cpuCores: z.number().nullable() }),
  batch: z.boolean(),
  /** False for a job that ends by itself with 0. */
  longRunning: z.boolean(),
  restartPolicy: z.enum(["no", "always", "on-failure", "unless-stopped"]),
  containers: z.array(z.string()),
  restarts: z.int().nonnegative(),
  memoryKernelPeakBytes: z.number().nullable(),
  /** The kernel's highest peak between two readings less the cache beside it: what sampling alone would miss. */
  spikePeakBytes: z.number().nullable(),
  cpuSeconds: z.number().nullable(),
  throttledSeconds: z.number().nullable(),
  oomKills: z.int().nonnegative().nullable(),
  /** The share of steady time in which it was not running. */
  downShare: z.number(),
  notMeasured: z.record(z.string(), z.string()),
});
export type ServiceObservation = z.infer<typeof serviceObservationSchema>;

/** Everything that was seen of one target's run: what a verdict is made from, and nothing else. */
export const targetObservationSchema = z.object({
  budget: budgetSchema,
  envelope: envelopeSchema,
  windows: z.array(runWindowSchema).readonly(),
  services: z.array(serviceObservationSchema).readonly(),
  stack: z.object({
    memoryKernelPeakBytes: z.number().nullable(),
    spikePeakBytes: z.number().nullable(),
    /** True where the kernel could not tell what was between two readings; then these were 50 ms apart at most. */
    spikesMayBeMissed: z.boolean().optional(),
    cpuSeconds: z.number().nullable(),
    throttledSeconds: z.number().nullable(),
    swapPeakBytes: z.number().nullable(),
    /** PSI `memory full` over steady time; null where the kernel does not tell. */
    memoryFullShare: z.number().nullable(),
    notMeasured: z.record(z.string(), z.string()),
  }),
  /** Null, with a reason in `stack.notMeasured.storage`: not measured. */
  storage: storageObservationSchema.nullable().default(null),
  /** What the stack wrote to block devices in steady time. Null, with a reason in `stack.notMeasured.writes`: not measured. */
  writes: z
    .object({
      steadyBytes: z.number(),
      /** What may be missing of it, in a sentence; null: nothing. */
      missing: z.string().nullable(),
    })
    .nullable()
    .default(null),
  oomKills: z.array(oomKillSchema).readonly(),
  /** The ends of services by themselves, in their order; the first ones of many. */
  exits: z
    .array(z.object({ atMs: z.number(), service: z.string(), exitCode: z.number().nullable() }))
    .readonly()
    .default([]),
  /** What was printed around the moments that a verdict may show. */
  logs: z.array(runLogLineSchema).readonly().default([]),
  /** On the run's clock; null: never healthy. `startMs` is when the first container was started. */
  times: z.object({
    startMs: z.number(),
    healthyMs: z.number().nullable(),
    steadyFromMs: z.number().nullable(),
    steadyToMs: z.number().nullable(),
  }),
  host: z.object({ cpus: z.int().positive() }),
  /** Why the stack failed inside the envelope (exit, not healthy in time), null when it did not. */
  failedInside: z.string().nullable(),
  /** How a stack that failed inside the envelope did without one, and in one sentence what happened. */
  withoutEnvelope: z.object({ healthy: z.boolean(), text: z.string() }).nullable(),
  /** The image's platform when it is not this machine's: nothing about an emulated stack is judged. */
  foreignPlatform: z.string().nullable(),
  loadGiven: z.boolean(),
  /** Of each load that was made from outside. Runs from before there was one have none. */
  loads: z.array(loadSeenSchema).readonly().default([]),
});
export type TargetObservation = z.infer<typeof targetObservationSchema>;
export type RunWithoutEnvelope = NonNullable<TargetObservation["withoutEnvelope"]>;
