import * as z from "zod";
import { failureSchema } from "./app-error.ts";
import { targetRequestSchema } from "./budget.ts";
import { deviceIdSchema } from "./device.ts";
import { findingSchema } from "./finding.ts";
import { gatesSchema } from "./gates.ts";
import { askedLoadSchema } from "./load.ts";
import { maxRepeats, seriesPlaceSchema } from "./series/place.ts";
import { stackSelectionSchema } from "./stack-selection.ts";
import { substitutionSchema } from "./substitution.ts";
import { answerSchema, profileResultSchema } from "./verdict.ts";

export const runIdSchema = z
  .string()
  .regex(/^[0-9A-Za-z-]+$/)
  .brand<"RunId">();
export type RunId = z.infer<typeof runIdSchema>;

export const phaseSchema = z.enum([
  "prepare",
  "create",
  "start",
  "healthy",
  "load",
  "warm-up",
  "steady",
  "stop",
  "judge",
]);
export type Phase = z.infer<typeof phaseSchema>;

/** What to run and against what. */
export const runRequestSchema = stackSelectionSchema.extend({
  /** Gives this machine's display to services that ask for one; absent: no. */
  desktop: z.boolean().optional(),
  targets: z.array(targetRequestSchema).min(1),
  /** The name, id or address of a device to run it on, which then is the only target; absent: this machine. */
  on: z.string().min(1).optional(),
  /** With `on`: also where the same stack is up already, beside it. */
  beside: z.boolean().optional(),
  /** Steady time after warm-up, counted from healthy. */
  durationMs: z.number().positive(),
  warmUpMs: z.number().nonnegative(),
  /** Load to make instead of what `bayplan.yaml` says; absent: as that says. */
  load: z.array(askedLoadSchema).max(50).optional(),
});
export type RunRequest = z.infer<typeof runRequestSchema>;

/** How a stack is to be measured, as its `bayplan.yaml` says; null: it does not say. */
export const runPlanSchema = z.object({
  file: z.string(),
  targets: z.array(targetRequestSchema),
  durationMs: z.number().positive().nullable(),
  warmUpMs: z.number().nonnegative().nullable(),
  failOn: z.enum(["does-not-fit", "tight"]).nullable(),
  /** How many measured runs. */
  repeat: z.int().positive().max(maxRepeats).nullable().default(null),
  /** What a run has to reach besides; absent: nothing. */
  gates: gatesSchema.default({}),
  /** The thresholds that the team sets otherwise, by their names. */
  thresholds: z.record(z.string(), z.number()).default({}),
});
export type RunPlan = z.infer<typeof runPlanSchema>;

/** What the processes of a service did since it started; null: not measured. Networks are those of its own containers. */
export const serviceTrafficSchema = z.object({
  processes: z.int().nonnegative(),
  readBytes: z.number().nullable(),
  writtenBytes: z.number().nullable(),
  receivedBytes: z.number().nullable(),
  sentBytes: z.number().nullable(),
});

/** Cumulative counters and levels of one service at one moment; null is "not measured". */
export const serviceSampleSchema = z.object({
  memoryBytes: z.number().nullable(),
  cacheBytes: z.number().nullable(),
  /** CPU time since the start, as this machine counts it. */
  cpuSeconds: z.number().nullable(),
  oomKills: z.number().nullable(),
  /** As for the stack. */
  spikeBytes: z.number().optional(),
  /** Once a second. */
  traffic: serviceTrafficSchema.optional(),
});
export type ServiceSample = z.infer<typeof serviceSampleSchema>;

/** How the stack's threads waited for a CPU over a second, in host cores: a second of one thread's waiting is 1. */
export const cpuWaitSchema = z.object({
  waitedCores: z.number(),
  /** CPU time of threads that had ended when the others were read: how long they waited is not known. */
  missedCores: z.number(),
  /** The most that one thread ran and waited together. */
  threadCores: z.number(),
});
export type CpuWait = z.infer<typeof cpuWaitSchema>;

/** PSI of the envelope: seconds in which some or all of its tasks waited (Documentation/accounting/psi.rst). */
export const pressureSchema = z.object({
  cpuSomeSeconds: z.number().nullable(),
  memorySomeSeconds: z.number().nullable(),
  memoryFullSeconds: z.number().nullable(),
  ioSomeSeconds: z.number().nullable(),
  ioFullSeconds: z.number().nullable(),
});
export type Pressure = z.infer<typeof pressureSchema>;

/** One reading of the whole stack. `atMs` is on the run's clock: 0 is the start of its target's run. */
export const runSampleSchema = z.object({
  target: z.int().nonnegative(),
  atMs: z.number(),
  /** The stack: from the envelope's own counters where there is one, else the sum. */
  memoryBytes: z.number().nullable(),
  cacheBytes: z.number().nullable(),
  /** What counted just before the sample before this one, by the kernel's peak, when both readings around it had less. */
  spikeBytes: z.number().optional(),
  cpuSeconds: z.number().nullable(),
  throttledSeconds: z.number().nullable(),
  services: z.record(z.string(), serviceSampleSchema),
  /** Set once a second: the busiest thread of the window before, in host cores. */
  busiestThread: z.object({ service: z.string(), name: z.string(), hostCores: z.number() }).nullable(),
  /** CPU of this machine outside the envelope, in cores, once a second. */
  otherHostCores: z.number().nullable(),
  /** Once a second, of the second before; absent where the kernel does not tell. */
  cpuWait: cpuWaitSchema.optional(),
  /** Once a second, where the kernel tells it of a cgroup (v2 with PSI): seconds in which tasks waited since the start. */
  pressure: pressureSchema.optional(),
});
export type RunSample = z.infer<typeof runSampleSchema>;

/** Something that happened during a run, on the same clock as the samples. */
export const runEventSchema = z.object({
  target: z.int().nonnegative(),
  atMs: z.number(),
  kind: z.enum([
    "phase",
    "progress",
    "started",
    "healthy",
    "unhealthy",
    "exited",
    "oom-kill",
    "restarted",
    "load",
    "note",
  ]),
  service: z.string().nullable(),
  phase: phaseSchema.nullable(),
  text: z.string(),
});
export type RunEvent = z.infer<typeof runEventSchema>;

export const runStatusSchema = z.enum(["running", "finished", "failed", "cancelled", "interrupted"]);
export type RunStatus = z.infer<typeof runStatusSchema>;

/** What a target is called while it runs, with its budget line. */
export const runTargetSchema = z.object({
  label: z.string(),
  name: z.string(),
  memoryBytes: z.number().nullable(),
  cpuCores: z.number().nullable(),
  /** Multiply host cores by this to get device cores (1 / speed ratio); null when unknown. */
  deviceCoresPerHostCore: z.number().nullable(),
  verdict: answerSchema.nullable(),
});
export type RunTarget = z.infer<typeof runTargetSchema>;

/** Where an imported run is from. */
export const runOriginSchema = z.object({
  /** What the machine was called that measured it; null when it has no result that says so. */
  hostName: z.string().nullable(),
  importedAtMs: z.number(),
});
export type RunOrigin = z.infer<typeof runOriginSchema>;

/** A run as it is remembered: one measured execution of a stack against one or more targets. */
export const runRecordSchema = z.object({
  id: runIdSchema,
  stackName: z.string(),
  file: z.string(),
  /** Absolute paths of all files that it was merged of; empty in runs that were kept before this was noted. */
  files: z.array(z.string()).default([]),
  services: z.array(z.string()),
  request: runRequestSchema,
  /** The device that it was measured on; null: this machine. */
  on: z.object({ deviceId: deviceIdSchema, name: z.string(), modelId: z.string().nullable() }).nullable().default(null),
  targets: z.array(runTargetSchema),
  status: runStatusSchema,
  phase: phaseSchema.nullable(),
  currentTarget: z.int().nonnegative(),
  startedAtMs: z.number(),
  endedAtMs: z.number().nullable(),
  verdict: answerSchema.nullable(),
  failure: failureSchema.nullable(),
  findings: z.array(findingSchema),
  /** What was another thing here than the file says. Runs from before this was known say nothing of it. */
  substitutions: z.array(substitutionSchema).default([]),
  /** Set when it is one of several measured runs of one request. */
  series: seriesPlaceSchema.nullable().default(null),
  /** Set when it came as a file: it was measured on another machine, whatever that is called. */
  origin: runOriginSchema.nullable().default(null),
  /** Set for a run under the limits that another one advised: which run, and which of its targets. */
  proves: z.object({ runId: runIdSchema, target: z.int().nonnegative() }).nullable().default(null),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

/** What a watcher of a run gets: first the snapshot, then what is new, in order. */
export const runUpdateSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("snapshot"),
    seq: z.int(),
    record: runRecordSchema,
    samples: z.array(runSampleSchema),
    events: z.array(runEventSchema),
    result: profileResultSchema.nullable(),
  }),
  z.object({ kind: z.literal("samples"), seq: z.int(), samples: z.array(runSampleSchema), dropped: z.int() }),
  z.object({ kind: z.literal("events"), seq: z.int(), events: z.array(runEventSchema) }),
  z.object({ kind: z.literal("record"), seq: z.int(), record: runRecordSchema }),
  z.object({
    kind: z.literal("ended"),
    seq: z.int(),
    record: runRecordSchema,
    result: profileResultSchema.nullable(),
  }),
]);
export type RunUpdate = z.infer<typeof runUpdateSchema>;
