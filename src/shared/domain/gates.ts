import * as z from "zod";

const share = z.number().min(0).max(1);

/** What a team wants of a run beyond "it fits"; what is absent is not asked for. */
export const gatesSchema = z.strictObject({
  /** The least share of the budget that stays free at the pessimistic edge. */
  memoryHeadroom: share.optional(),
  cpuHeadroom: share.optional(),
  /** The most that the 99th percentile of one second may be, in device cores. */
  cpuP99Cores: z.number().positive().optional(),
  /** The most that memory may grow in a day, in bytes. */
  growthBytesPerDay: z.number().nonnegative().optional(),
  /** The longest time to healthy. */
  startupSeconds: z.number().positive().optional(),
  /** The most that the memory peak may be over that of the baseline, as a share of it. */
  memoryOverBaseline: share.optional(),
});
export type Gates = z.infer<typeof gatesSchema>;

/** How a run did at one gate. */
export const gateResultSchema = z.object({
  name: z.enum([
    "memoryHeadroom",
    "cpuHeadroom",
    "cpuP99Cores",
    "growthBytesPerDay",
    "startupSeconds",
    "memoryOverBaseline",
  ]),
  /** Null when what it asks about was not measured: that is neither. */
  passed: z.boolean().nullable(),
  value: z.number().nullable(),
  limit: z.number(),
  /** One sentence with both figures, or why there is none. */
  text: z.string(),
});
export type GateResult = z.infer<typeof gateResultSchema>;
