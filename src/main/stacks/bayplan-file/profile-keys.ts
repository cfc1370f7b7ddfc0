import * as z from "zod";
import { maxRepeats, parseByteSize, parseDurationMs, type Rules } from "../../../shared/domain/index.ts";
import { loadKey } from "./load-keys.ts";

/** A number, or a text that `parse` takes; the message says how to write one. */
function figure(parse: (text: string) => number | null, error: string) {
  return z.union([z.number(), z.string()], { error }).transform((value, context) => {
    const parsed = parse(String(value));
    if (parsed !== null) return parsed;
    context.addIssue({ code: "custom", message: error });
    return z.NEVER;
  });
}

const duration = figure(parseDurationMs, "A time is wanted, for example 30s or 2m.");
const seconds = duration.transform((ms) => ms / 1000);
const bytes = figure((text) => (text.trim() === "0" ? 0 : parseByteSize(text)), "A size is wanted, for example 5MiB.");
const share = figure(parseShare, "A share is wanted, for example 20%.");

/** The keys that are given: what is absent must not take the place of a default. */
function given(values: { [key in keyof Rules]?: number | undefined }): Partial<Rules> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** `20%` or `0.2`; null for what is not between 0 and 1. */
function parseShare(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(%)?$/.exec(text.trim());
  const value = Number(match?.[1]) / (match?.[2] === undefined ? 1 : 100);
  return value >= 0 && value <= 1 ? value : null;
}

/** What a run has to reach, as people write it. */
const writtenGates = z.strictObject({
  memoryHeadroom: share.optional(),
  cpuHeadroom: share.optional(),
  cpuP99: z.number({ error: "Device cores are wanted, for example 1.5." }).positive().optional(),
  growth: bytes.optional(),
  startup: seconds.optional(),
  memoryOverBaseline: share.optional(),
});
/** The names of the gates, as they are written. */
export const gateKeys: readonly string[] = Object.keys(writtenGates.shape);
const gates = writtenGates.transform(
  ({ memoryHeadroom, cpuHeadroom, cpuP99, growth, startup, memoryOverBaseline }) => ({
    ...(memoryHeadroom === undefined ? {} : { memoryHeadroom }),
    ...(cpuHeadroom === undefined ? {} : { cpuHeadroom }),
    ...(cpuP99 === undefined ? {} : { cpuP99Cores: cpuP99 }),
    ...(growth === undefined ? {} : { growthBytesPerDay: growth }),
    ...(startup === undefined ? {} : { startupSeconds: startup }),
    ...(memoryOverBaseline === undefined ? {} : { memoryOverBaseline }),
  }),
);

const shareOf1 = z
  .number()
  .min(0, { error: "A share between 0 and 1 is wanted." })
  .max(1, { error: "A share between 0 and 1 is wanted." });
const band = z.number().min(1, { error: "A band is a factor of 1 or more." });
const positive = z.number().positive();

/** The thresholds of a verdict, each in the range in which it means something. */
const thresholds = z.strictObject({
  fitsShare: shareOf1.optional(),
  memoryBand: band.optional(),
  cpuBand: band.optional(),
  osShareBytes: bytes.optional(),
  nominalMemoryShare: shareOf1.optional(),
  observeOnlyMemoryShare: shareOf1.optional(),
  saturationShare: shareOf1.optional(),
  saturatedWindowsMax: shareOf1.optional(),
  saturatedWindowsFits: shareOf1.optional(),
  busyHostWindowsMax: shareOf1.optional(),
  heldBackShare: shareOf1.optional(),
  downShareMax: shareOf1.optional(),
  minSteadySeconds: positive.optional(),
  startupSeconds: positive.optional(),
  growthSeconds: positive.optional(),
  growthDays: positive.optional(),
  storageShare: shareOf1.optional(),
  loadShareMin: shareOf1.optional(),
  throttledWindowsMax: shareOf1.optional(),
} satisfies Record<keyof Rules, z.ZodType>);

const repeatError = { error: `A number of runs from 1 to ${maxRepeats} is wanted.` };
const list = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === "string" ? [value] : value));

/** The keys of `bayplan.yaml` that say how a stack is measured and what it has to reach. */
export const profileKeys = {
  /** The file of the stack in this folder, when it has several. Settings always lie beside the stack that they are about. */
  stack: z
    .string()
    .regex(/^[^/\\]+$/, { error: "A file of this folder is wanted: bayplan.yaml lies beside its stack." })
    .optional(),
  /** Models and known devices to measure against. */
  devices: list.default([]),
  /** Budgets of one's own: `memory=256MiB,cpus=0.5`. */
  budgets: list.default([]),
  duration: duration.optional(),
  warmUp: duration.optional(),
  /** How many measured runs. */
  repeat: z.int(repeatError).min(1, repeatError).max(maxRepeats, repeatError).optional(),
  /** What memory is compared with: a name that `bayplan baseline set` gave, or a file that `runs export` wrote, from this folder. */
  baseline: z.string().min(1).max(500).optional(),
  failOn: z.enum(["does-not-fit", "tight"]).optional(),
  load: loadKey,
  gates: gates.default({}),
  /** The thresholds of a verdict that this team sets otherwise; every result prints them. */
  thresholds: thresholds.transform(given).default({}),
};
