import * as z from "zod";

/** What a run under the advised limits of a target showed of them. */
export const proofSchema = z.object({
  /** The run that proved them, or did not. */
  runId: z.string(),
  /** Null: it could not be told. */
  passed: z.boolean().nullable(),
  oomKills: z.int().nonnegative().nullable(),
  /** The highest share of steady seconds in which a service used up its own CPU limit; null without such a limit. */
  throttledWindowsShare: z.number().nullable(),
  /** One sentence with its numbers. */
  reason: z.string(),
  /** Limits that did not do. */
  tooSmall: z.array(
    z.object({ service: z.string(), key: z.enum(["mem_limit", "cpus"]), value: z.string(), reason: z.string() }),
  ),
});
export type Proof = z.infer<typeof proofSchema>;
