import { eventIterator, oc } from "@orpc/contract";
import * as z from "zod";
import {
  advisedRunSchema,
  fitMatrixSchema,
  maxRepeats,
  profileResultSchema,
  runAccuracySchema,
  runColumnsSchema,
  runEventSchema,
  runFilterSchema,
  runIdSchema,
  runLogPageSchema,
  runLogQuerySchema,
  runPlanSchema,
  runRecordSchema,
  runReportFormatSchema,
  runReportSchema,
  runRequestSchema,
  runSampleSchema,
  runUpdateSchema,
  seriesIdSchema,
  seriesResultSchema,
  seriesUpdateSchema,
  spanFiguresSchema,
  targetRequestSchema,
} from "../domain/index.ts";
import { errors } from "./errors.ts";
import { keptRunsContract } from "./kept-runs.ts";

const oneRun = z.object({ runId: runIdSchema });

/** Measured runs: started, watched, kept, and what is made of them. */
export const runsContract = {
  /** How the stack of a file or folder is to be measured, as `bayplan.yaml` says. */
  plan: oc
    .errors(errors)
    .input(z.object({ path: z.string().min(1) }))
    .output(runPlanSchema),
  start: oc.errors(errors).input(runRequestSchema).output(runRecordSchema),
  /** With `samples: "new"` the snapshot has none: `runs.samples` gives those that were before. */
  watch: oc
    .errors(errors)
    .input(oneRun.extend({ samples: z.enum(["all", "new"]).default("all") }))
    .output(eventIterator(runUpdateSchema)),
  cancel: oc.errors(errors).input(oneRun).output(runRecordSchema),
  list: oc.errors(errors).input(runFilterSchema.optional()).output(z.array(runRecordSchema)),
  /** A finished run against the targets that are named; against its own and every model when none is. */
  fit: oc
    .errors(errors)
    .input(oneRun.extend({ targets: z.array(targetRequestSchema).max(100) }))
    .output(fitMatrixSchema),
  /** What the advice for one target of a run changes in the stack's files; written only when told to. */
  advise: oc
    .errors(errors)
    .input(oneRun.extend({ target: z.int().nonnegative(), write: z.boolean() }))
    .output(advisedRunSchema),
  /** A finished run as a file for CI, a pull request or people. */
  report: oc
    .errors(errors)
    .input(oneRun.extend({ format: runReportFormatSchema, failOnTight: z.boolean().default(false) }))
    .output(runReportSchema),
  get: oc
    .errors(errors)
    .input(oneRun)
    .output(
      z.object({
        record: runRecordSchema,
        samples: z.array(runSampleSchema),
        events: z.array(runEventSchema),
        result: profileResultSchema.nullable(),
      }),
    ),
  /** What a run on this machine said of a device, beside what a run on it measured. */
  accuracy: oc
    .errors(errors)
    .input(z.object({ predictedRunId: runIdSchema, measuredRunId: runIdSchema }))
    .output(runAccuracySchema),
  /** What the services printed in a span of a run, also while it runs. Runs from before logs were kept have no lines. */
  logs: oc.errors(errors).input(runLogQuerySchema).output(runLogPageSchema),
  /** Measures one request several times, one run after the other; gives the first run, which names its series. */
  repeat: oc
    .errors(errors)
    .input(runRequestSchema.extend({ repeat: z.int().min(2).max(maxRepeats) }))
    .output(runRecordSchema),
  /** The runs of a series from the one that is measured now, and what they say together at the end. */
  watchSeries: oc
    .errors(errors)
    .input(z.object({ seriesId: seriesIdSchema }))
    .output(eventIterator(seriesUpdateSchema)),
  /** What the finished runs of a series say together; null when none has a result. */
  series: oc
    .errors(errors)
    .input(z.object({ seriesId: seriesIdSchema }))
    .output(seriesResultSchema.nullable()),
  /** Stops the run that is measured, and starts no other of its series. */
  cancelSeries: oc
    .errors(errors)
    .input(z.object({ seriesId: seriesIdSchema }))
    .output(z.object({ cancelled: z.literal(true) })),
  ...keptRunsContract,
  /** A run without its samples, which may be tens of megabytes. */
  outline: oc
    .errors(errors)
    .input(oneRun)
    .output(
      z.object({ record: runRecordSchema, events: z.array(runEventSchema), result: profileResultSchema.nullable() }),
    ),
  /**
   * Readings of one target from one moment to another (null: from the first, to the last), on the clock of its run. Of
   * more than two for each point the lowest and the highest value of each column are given; the figures are of all.
   */
  samples: oc
    .errors(errors)
    .input(
      oneRun.extend({
        target: z.int().nonnegative(),
        fromMs: z.number().nullable().default(null),
        toMs: z.number().nullable().default(null),
        points: z.int().min(1).max(20_000),
      }),
    )
    .output(z.object({ columns: runColumnsSchema, isThinned: z.boolean(), figures: spanFiguresSchema })),
  /** Runs the stack of a finished run again under the limits that were advised for one of its targets. */
  prove: oc
    .errors(errors)
    .input(oneRun.extend({ target: z.int().nonnegative() }))
    .output(runRecordSchema),
};
