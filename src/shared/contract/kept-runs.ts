import { oc } from "@orpc/contract";
import * as z from "zod";
import {
  baselineNameSchema,
  baselineSchema,
  comparisonSchema,
  importedRunsSchema,
  runFilterSchema,
  runIdSchema,
  runSummarySchema,
  sideRequestSchema,
} from "../domain/index.ts";
import { errors } from "./errors.ts";

const names = z.array(z.string().min(1).max(64)).min(1).max(50);

/** The most letters of one part of a file that a face sends: a frame holds a mebibyte. */
export const maxPartLetters = 700_000;

/** What is done with runs that are kept. `names` are ids of runs and of series. */
export const keptRunsContract = {
  /** What is kept, newest first, as a list shows it. */
  history: oc.errors(errors).input(runFilterSchema).output(z.array(runSummarySchema)),
  /** Removes a run for good. Refused while it is measured, and while a baseline is made of it. */
  remove: oc
    .errors(errors)
    .input(z.object({ runId: runIdSchema }))
    .output(z.object({ removed: z.literal(true) })),
  /** What changed from side A to side B. */
  compare: oc
    .errors(errors)
    .input(z.object({ a: sideRequestSchema, b: sideRequestSchema }))
    .output(comparisonSchema),
  /** Writes runs into one file of the host. */
  exportFile: oc
    .errors(errors)
    .input(z.object({ names, file: z.string().min(1).max(4096) }))
    .output(z.object({ file: z.string(), runIds: z.array(runIdSchema) })),
  /** Takes in the runs of a file of the host: all of them, or none. */
  importFile: oc
    .errors(errors)
    .input(z.object({ file: z.string().min(1).max(4096) }))
    .output(importedRunsSchema),
  /** The same file for a face that keeps it itself. */
  exportBytes: oc
    .errors(errors)
    .input(z.object({ names }))
    .output(z.object({ name: z.string(), base64: z.string() })),
  /** A file that a face has, part by part; `upload` is null with the first. The last one takes its runs in. */
  importPart: oc
    .errors(errors)
    .input(z.object({ upload: z.uuid().nullable(), base64: z.base64().max(maxPartLetters), last: z.boolean() }))
    .output(z.object({ upload: z.uuid(), done: importedRunsSchema.nullable() })),
  baselines: oc.errors(errors).output(z.array(baselineSchema)),
  setBaseline: oc
    .errors(errors)
    .input(z.object({ name: baselineNameSchema, names }))
    .output(baselineSchema),
  removeBaseline: oc
    .errors(errors)
    .input(z.object({ name: baselineNameSchema }))
    .output(z.object({ removed: z.literal(true) })),
};
