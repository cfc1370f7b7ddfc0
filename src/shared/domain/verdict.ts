import * as z from "zod";
import { budgetSchema } from "./budget.ts";
import { findingSchema } from "./finding.ts";
import { gateResultSchema } from "./gates.ts";
import { loadResultSchema } from "./load.ts";
import { proofSchema } from "./proof.ts";
import { cpuBandSchema } from "./speed.ts";
import { substitutionSchema } from "./substitution.ts";

/** The four answers, for an axis and for the whole. The whole is the worst: does-not-fit > unknown > tight > fits. */
export const answerSchema = z.enum(["fits", "tight", "unknown", "does-not-fit"]);
export type Answer = z.infer<typeof answerSchema>;

export const axisNames = ["memory", "cpu", "storage", "growth", "startup", "wear"] as const;
export const axisNameSchema = z.enum(axisNames);
export type AxisName = z.infer<typeof axisNameSchema>;

const evidenceLineSchema = z.object({
  atMs: z.number(),
  service: z.string(),
  stream: z.enum(["stdout", "stderr"]),
  text: z.string(),
});

/** One judged axis. Memory and storage in bytes, CPU in device cores, start-up in seconds. */
export const axisSchema = z.object({
  verdict: answerSchema,
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  limit: z.number().nullable(),
  unit: z.enum(["bytes", "cores", "seconds", "bytesPerDay"]),
  /** One sentence: the cause with its numbers. */
  reason: z.string(),
  /** When it was seen, on the clock of the run's samples and events: ms since the start of its target's run. */
  evidence: z.array(
    z.object({
      atMs: z.number(),
      untilMs: z.number().nullable(),
      text: z.string(),
      /** What services printed about then. */
      lines: z.array(evidenceLineSchema).default([]),
    }),
  ),
});
export type Axis = z.infer<typeof axisSchema>;

/** p50, p95, p99 and the maximum of 1 s windows, in device cores. */
export const coreQuantilesSchema = z.object({
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
  max: z.number(),
});
export type CoreQuantiles = z.infer<typeof coreQuantilesSchema>;

export const serviceResultSchema = z.object({
  memoryPeakBytes: z.number().nullable(),
  memoryKernelPeakBytes: z.number().nullable(),
  /** CPU time as this machine counted it. */
  cpuSeconds: z.number().nullable(),
  deviceCpuCores: coreQuantilesSchema.nullable(),
  /** Throttling by the service's own limit; null without one. */
  throttledSeconds: z.number().nullable(),
  oomKills: z.int().nonnegative().nullable(),
  restarts: z.int().nonnegative(),
  /** Its own limits as the file gives them, in device terms. */
  limits: z.object({ memoryBytes: z.number().nullable(), cpuCores: z.number().nullable() }),
  containers: z.array(z.string()),
  /** Why something above is null. */
  notMeasured: z.record(z.string(), z.string()),
});
export type ServiceResult = z.infer<typeof serviceResultSchema>;

/** What the stack takes on the disk, in bytes, and what it grew by in steady time, as a day. */
export const storageResultSchema = z.object({
  imagesBytes: z.number(),
  volumesBytes: z.number(),
  writableBytes: z.number(),
  /** As much as the rotation of each service keeps; without one what it printed in the run. */
  logBytes: z.number(),
  totalBytes: z.number(),
  growthBytesPerDay: z.number(),
  unlimitedLogs: z.array(z.string()),
  unlimitedLogBytesPerDay: z.number(),
  /** Folders of the machine that it writes to. */
  notCounted: z.array(z.string()),
});
export type StorageResult = z.infer<typeof storageResultSchema>;

export const stackResultSchema = z.object({
  memoryPeakBytes: z.number().nullable(),
  memoryLowBytes: z.number().nullable(),
  memoryHighBytes: z.number().nullable(),
  memoryKernelPeakBytes: z.number().nullable(),
  cacheAtPeakBytes: z.number().nullable(),
  /** True where a spike that is shorter than the time between two readings (50 ms) is not in the peak. */
  spikesMayBeMissed: z.boolean().default(false),
  cpuSeconds: z.number().nullable(),
  deviceCpuCores: coreQuantilesSchema.nullable(),
  /** p95 of the busiest thread over 1 s windows, in device cores; 1 is the most a device can give. */
  busiestThread: z.object({ service: z.string(), name: z.string(), p95: z.number(), max: z.number() }).nullable(),
  throttledSeconds: z.number().nullable(),
  /** The share of steady 1 s windows in which >= 95% of the quota was used. */
  saturatedShare: z.number().nullable(),
  oomKills: z.int().nonnegative().nullable(),
  startupSeconds: z.number().nullable(),
  steadySeconds: z.number(),
  storage: storageResultSchema.nullable().default(null),
  notMeasured: z.record(z.string(), z.string()),
});
export type StackResult = z.infer<typeof stackResultSchema>;

export const envelopeSchema = z.object({
  /** `device`: it ran on the device itself, whose own machine is the envelope. */
  mode: z.enum(["direct", "systemd", "helper", "observe", "device"]),
  limits: z.object({
    memoryBytes: z.number().nullable(),
    /** Host cores that the whole stack gets. */
    cpuQuotaCores: z.number().nullable(),
    cpuPeriodUs: z.int().nullable(),
    cpuset: z.string().nullable(),
    swapBytes: z.number().nullable(),
  }),
  /** Device single-core score / host single-core score. */
  speedRatio: z.number().nullable(),
  speedSource: z.string(),
  /** How wide the CPU answer is and why; absent in older results, and for budgets of one's own: as `rules` say. */
  cpuBand: cpuBandSchema.optional(),
  /** By what share half of all jobs of one thread and 20 ms may end sooner here than on the device: a quota slows bursts less than work that lasts. */
  burstErrorShare: z.number().nullable().optional(),
  /** What this machine cannot give and was left off, and each clamp of a service's own limit. */
  missing: z.array(z.string()),
});
export type Envelope = z.infer<typeof envelopeSchema>;

export const adviceSchema = z.object({
  service: z.string(),
  key: z.string(),
  current: z.string().nullable(),
  proposed: z.string(),
  reason: z.string(),
});
export type Advice = z.infer<typeof adviceSchema>;

/** What a run says about one budget. */
export const targetResultSchema = z.object({
  device: z.object({ name: z.string(), kind: z.enum(["model", "device", "custom"]), label: z.string() }),
  budget: budgetSchema,
  envelope: envelopeSchema,
  verdict: answerSchema,
  /** The answer in one sentence with its numbers. */
  headline: z.string(),
  axes: z.partialRecord(axisNameSchema, axisSchema),
  stack: stackResultSchema,
  services: z.record(z.string(), serviceResultSchema),
  advice: z.array(adviceSchema),
  projected: z.boolean(),
  notJudged: z.array(z.object({ axis: axisNameSchema, reason: z.string() })),
  /** What the team asks of a run besides, from `bayplan.yaml`. */
  gates: z.array(gateResultSchema).default([]),
  /** What became of each load that was made from outside of the stack's services. */
  load: z.array(loadResultSchema).default([]),
  /** What a run under the advised limits showed; null: there was none. */
  proof: proofSchema.nullable().default(null),
});
export type TargetResult = z.infer<typeof targetResultSchema>;

/** The thresholds a verdict was made with; docs/verdict.md explains them, every result prints them. */
export const rulesSchema = z.object({
  fitsShare: z.number(),
  memoryBand: z.number(),
  cpuBand: z.number(),
  osShareBytes: z.number(),
  nominalMemoryShare: z.number(),
  observeOnlyMemoryShare: z.number(),
  saturationShare: z.number(),
  saturatedWindowsMax: z.number(),
  saturatedWindowsFits: z.number(),
  busyHostWindowsMax: z.number(),
  heldBackShare: z.number(),
  downShareMax: z.number(),
  minSteadySeconds: z.number(),
  startupSeconds: z.number(),
  /** Steady time that a slope of memory needs, and for how many days the budget must last at that slope. */
  growthSeconds: z.number().default(600),
  growthDays: z.number().default(30),
  /** The share of the storage up to which it fits. */
  storageShare: z.number().default(0.8),
  /** The share of the rate asked for that a load has to reach. */
  loadShareMin: z.number().default(0.9),
  /** The share of steady seconds in which a service may use up its own CPU limit in a proof run. */
  throttledWindowsMax: z.number().default(0.01),
});
export type Rules = z.infer<typeof rulesSchema>;

export const hostReportSchema = z.object({
  hostName: z.string(),
  cpus: z.int().positive(),
  memoryBytes: z.number(),
  kernel: z.string(),
  cgroupVersion: z.union([z.literal(1), z.literal(2)]),
  engine: z.string(),
  singleCoreScore: z.number().nullable(),
  singleCoreScoreSource: z.string(),
  /** MIPS of one core of this machine by kind of work, where they were measured. */
  kernels: z.record(z.string(), z.number().positive()).optional(),
  /** The share of 1 s windows in which less CPU than the quota was free. */
  busyWindowsShare: z.number().nullable(),
});
export type HostReport = z.infer<typeof hostReportSchema>;

export const profileResultSchema = z.object({
  schemaVersion: z.literal(1),
  verdict: answerSchema,
  targets: z.array(targetResultSchema).min(1),
  rules: rulesSchema,
  host: hostReportSchema,
  findings: z.array(findingSchema),
  /** What was another thing here than the file says: the verdict is about the stack as it ran. */
  substitutions: z.array(substitutionSchema).default([]),
  runId: z.string(),
});
export type ProfileResult = z.infer<typeof profileResultSchema>;

const order: Answer[] = ["fits", "tight", "unknown", "does-not-fit"];

/** The worst of several answers; `unknown` when there is none at all. */
export function worstAnswer(answers: readonly Answer[]): Answer {
  return answers.reduce<Answer>(
    (worst, answer) => (order.indexOf(answer) > order.indexOf(worst) ? answer : worst),
    answers[0] ?? "unknown",
  );
}
