import * as z from "zod";
import { findingSchema, severitySchema } from "./finding.ts";
import { scanResultSchema } from "./scan.ts";

/** The systems that a stack can be checked for. */
export const checkTargets = ["docker", "balena", "particle", "kanto", "telemetryos"] as const;
export const checkTargetSchema = z.enum(checkTargets);
export type CheckTarget = z.infer<typeof checkTargetSchema>;

/** What a rule counts as; `off` says nothing. */
export const ruleSeveritySchema = z.union([severitySchema, z.literal("off")]);
export type RuleSeverity = z.infer<typeof ruleSeveritySchema>;

/** A rule as a face lists it. */
export const ruleInfoSchema = z.object({
  id: z.string(),
  /** As it counts for this stack: the rule's own, or what `bayplan.yaml` says. */
  severity: ruleSeveritySchema,
  /** What it finds, in one sentence. */
  title: z.string(),
  /** Where that is written: an address, or the name of a document or source file. */
  source: z.string(),
});
export type RuleInfo = z.infer<typeof ruleInfoSchema>;

/** A remark of `check`: also whether it can be mended by itself, and where its reason is written. */
export const checkFindingSchema = findingSchema.extend({ source: z.string().nullable(), fixable: z.boolean() });
export type CheckFinding = z.infer<typeof checkFindingSchema>;

/** What services ask for together, against what a device has for them. */
export const staticFitSchema = z.object({
  /** The device's name, and where its memory figure comes from. */
  device: z.string(),
  memorySource: z.string(),
  budgetBytes: z.number().nullable(),
  /** The sum of memory limits, and of reservations. */
  limitBytes: z.number(),
  reservedBytes: z.number(),
  /** Services without a memory limit, which may take all there is. */
  unlimited: z.array(z.string()),
});
export type StaticFit = z.infer<typeof staticFitSchema>;

/** A file that fixes change: the change as a unified diff. */
export const fixedFileSchema = z.object({ file: z.string(), diff: z.string() });
export type FixedFile = z.infer<typeof fixedFileSchema>;

export const checkResultSchema = z.object({
  /** Absolute path of the (first) compose file. */
  file: z.string(),
  target: checkTargetSchema,
  /** In the order of the file; after fixes were written, what is left. */
  findings: z.array(checkFindingSchema),
  /** How many findings a comment in the file silences. */
  ignored: z.int().nonnegative(),
  /** Null without a device, or while the file cannot be read. */
  fit: staticFitSchema.nullable(),
  /** What a scanner said of the images; null when nobody asked for it, or the file cannot be read. */
  scan: scanResultSchema.nullable().default(null),
  /** Null when no fixes were asked for. */
  fixes: z
    .object({
      written: z.boolean(),
      files: z.array(fixedFileSchema),
      /** How many findings the changes settle. */
      fixed: z.int().nonnegative(),
      /** Fixable findings that were left, each with why. */
      left: z.array(z.object({ finding: checkFindingSchema, reason: z.string() })),
    })
    .nullable(),
  /** All rules for this target, as they count here. */
  rules: z.array(ruleInfoSchema),
});
export type CheckResult = z.infer<typeof checkResultSchema>;
