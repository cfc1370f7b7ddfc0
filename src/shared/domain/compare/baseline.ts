import * as z from "zod";
import type { GateResult } from "../gates.ts";
import { mib, percent } from "../judge/words.ts";
import { runIdSchema } from "../run.ts";
import { median } from "../series/index.ts";
import type { TargetResult } from "../verdict.ts";
import type { ComparableRun } from "./run-figures.ts";

export const baselineNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, "A name of letters, digits, dots, hyphens and underscores is wanted.")
  .refine((name) => !isBaselineFile(name), "A name that ends in .bayplan means a file.");

/** Runs that others are compared with, by a name. */
export const baselineSchema = z.object({
  name: baselineNameSchema,
  runIds: z.array(runIdSchema).min(1).max(50),
  stackName: z.string(),
  setAtMs: z.number(),
});
export type Baseline = z.infer<typeof baselineSchema>;

/** True for what means a file of runs, and not a name. */
export function isBaselineFile(text: string): boolean {
  return /[/\\]/.test(text) || text.endsWith(".bayplan");
}

/** How much memory may grow when a baseline is named and nothing is said of it. */
export const defaultOverBaseline = 0.1;

/** What a run is held against. */
export interface BaselineGate {
  /** As `bayplan.yaml` names it. */
  name: string;
  runs: readonly ComparableRun[];
  /** The most that the memory peak may be over the median of the baseline's, as a share of it. */
  allowed: number;
}

/** How a target did against the baseline; neither passed nor missed where the two cannot be compared. */
export function judgeAgainstBaseline(target: TargetResult, { name, runs, allowed }: BaselineGate): GateResult {
  const gate = { name: "memoryOverBaseline" as const, limit: allowed };
  const unknown = (text: string): GateResult => ({ ...gate, passed: null, value: null, text });
  const same = runs.flatMap(({ result }) =>
    result.targets.filter(({ device }) => device.label === target.device.label),
  );
  if (same.length === 0) return unknown(`The baseline ${name} was not measured against ${target.device.label}.`);
  const limit = target.envelope.limits.memoryBytes;
  if (same.some(({ envelope }) => envelope.limits.memoryBytes !== limit)) {
    return unknown(`The baseline ${name} was measured under another memory limit.`);
  }
  const before = median(same.flatMap(({ stack }) => stack.memoryPeakBytes ?? []));
  const now = target.stack.memoryPeakBytes;
  if (before === null || before === 0) return unknown(`The baseline ${name} has no memory peak.`);
  if (now === null) return unknown("The memory peak was not measured.");
  const value = now / before - 1;
  const more = value < 0 ? `${percent(-value)} less than` : `${percent(value)} more than`;
  return {
    ...gate,
    // Not by the rounded share: 110 of 100 is 10 %.
    passed: now <= before * (1 + allowed),
    value,
    text: `Memory peaks at ${mib(now)} MiB, ${more} the baseline ${name} (${mib(before)} MiB), of at most ${percent(allowed)} more.`,
  };
}
