import { eventIterator, oc } from "@orpc/contract";
import * as z from "zod";
import {
  budgetSchema,
  checkResultSchema,
  checkTargetSchema,
  deviceIdSchema,
  deviceSampleSchema,
  exportFormatSchema,
  findingSchema,
  hostInfoSchema,
  logBatchSchema,
  logExtentSchema,
  logHitsSchema,
  logPageSchema,
  logQuerySchema,
  modelSchema,
  openedStackSchema,
  outcomeSchema,
  settingsSchema,
  stackFormatSchema,
  stackSelectionSchema,
  targetRequestSchema,
} from "../domain/index.ts";
import { containersContract } from "./containers.ts";
import { devicesContract } from "./devices.ts";
import { errors } from "./errors.ts";
import { portsContract } from "./ports.ts";
import { runsContract } from "./runs.ts";
import { speedContract } from "./speed.ts";
import { stackFilesContract } from "./stack-files.ts";
import { removedStackSchema, restartUpdateSchema, upUpdateSchema } from "./stack-updates.ts";

const oneDevice = z.object({ deviceId: deviceIdSchema });
/** A list of rows that `logs.watch` has opened. */
const oneView = oneDevice.extend({ viewId: z.string().min(1) });

/** Samples travel a few at a time; `dropped` counts what a slow reader lost. */
export const sampleBatchSchema = z.object({ samples: z.array(deviceSampleSchema), dropped: z.int() });
export type SampleBatch = z.infer<typeof sampleBatchSchema>;

const stackConfigRequestSchema = stackSelectionSchema.omit({ from: true }).extend({ format: z.enum(["json", "yaml"]) });

const stackConfigSchema = z.object({
  text: z.string(),
  findings: z.array(findingSchema),
  /** Absolute paths of every file that was read. */
  files: z.array(z.string()),
});

const stackCheckRequestSchema = stackSelectionSchema.extend({
  /** Null: the system that the stack's format belongs to. */
  target: checkTargetSchema.nullable().default(null),
  /** A model of the catalogue or a known device, whose budget the stack is compared with; null for none. */
  device: z.string().min(1).nullable(),
  /** What to do with what can be mended: nothing, say the change, or make it. */
  fix: z.enum(["no", "show", "write"]),
  /** Asks trivy or grype about the images, whichever is installed. */
  scan: z.boolean().default(false),
  /** The one finding to mend, by its rule and its place; null: all. */
  only: z.object({ rule: z.string(), file: z.string(), line: z.int() }).nullable().default(null),
});
export type StackCheckRequest = z.infer<typeof stackCheckRequestSchema>;

const exportedStackSchema = z.object({
  /** What the file was read as. */
  format: stackFormatSchema,
  /** One compose file, or a file for each container; names without folders. */
  files: z.array(z.object({ name: z.string(), text: z.string() })),
  /** What the target cannot say, each with the place where the source says it. */
  lost: z.array(findingSchema),
  /** What reading the source remarked. */
  findings: z.array(findingSchema),
});

export const stackPlacementSchema = stackSelectionSchema.extend({
  /** The name, id or address of a device; null is this machine. */
  on: z.string().nullable(),
});

export const folderListingSchema = z.object({
  folder: z.string(),
  parent: z.string().nullable(),
  entries: z.array(z.object({ name: z.string(), path: z.string(), kind: z.enum(["folder", "file"]) })),
});
export type FolderListing = z.infer<typeof folderListingSchema>;

/** The one API. Every door serves it, every face uses it; a new call is a line here and a handler in src/main/api. */
export const contract = {
  host: {
    info: oc.errors(errors).output(hostInfoSchema),
  },
  devices: devicesContract,
  containers: containersContract,
  samples: {
    /**
     * Samples of the devices named, or of every online device when the list is null, once a second or as often as asked;
     * each starts with its recent past. The fastest reader decides how often a device is read.
     */
    watch: oc
      .errors(errors)
      .input(
        z.object({
          deviceIds: z.array(deviceIdSchema).nullable(),
          intervalMs: z.int().min(20).max(1_000).default(1_000),
        }),
      )
      .output(eventIterator(sampleBatchSchema)),
  },
  logs: {
    /**
     * With `follow` it goes on over breaks of the connection and with the containers that take the place of these, and
     * ends only when the reader leaves. `lagLines`: a reader that is further behind passes over the older lines, which
     * are counted in `skipped`.
     */
    follow: oc
      .errors(errors)
      .input(
        oneDevice.extend({
          containerIds: z.array(z.string()).min(1),
          tail: z.int().min(0).max(10_000),
          follow: z.boolean().default(true),
          lagLines: z.int().min(1_000).nullable().default(null),
        }),
      )
      .output(eventIterator(logBatchSchema)),
    /**
     * Reads the logs of some containers into a list of rows that `page` and `search` look into, and tells how far it
     * reaches as it grows. It begins `tail` lines before the end of each log, goes on as `follow` does, and is let go of
     * when the reader leaves.
     */
    watch: oc
      .errors(errors)
      .input(
        oneDevice.extend({
          containerIds: z.array(z.string()).min(1),
          tail: z.int().min(0).max(10_000_000),
        }),
      )
      .output(eventIterator(logExtentSchema)),
    /** Rows of a list that is watched, from the row `from` on. */
    page: oc
      .errors(errors)
      .input(oneView.extend({ from: z.int().nonnegative(), count: z.int().min(1).max(5_000) }))
      .output(logPageSchema),
    /**
     * The rows that match, from the row `from` on to what was the end when this was asked. Hits come as they are found;
     * `bad-input` for an expression that is none or takes too long.
     */
    search: oc
      .errors(errors)
      .input(oneView.extend({ query: logQuerySchema, from: z.int().nonnegative() }))
      .output(eventIterator(logHitsSchema)),
  },
  ports: portsContract,
  stacks: {
    ...stackFilesContract,
    /** Reads a stack of this machine, in any format. */
    open: oc.errors(errors).input(stackSelectionSchema).output(openedStackSchema),
    /** A stack of this machine in another format. Throws `not-found`, `bad-input`. */
    export: oc
      .errors(errors)
      .input(stackSelectionSchema.extend({ to: exportFormatSchema }))
      .output(exportedStackSchema),
    /** The canonical model of compose files, as `docker compose config` prints it. Throws `not-found`, `bad-input`. */
    config: oc.errors(errors).input(stackConfigRequestSchema).output(stackConfigSchema),
    /**
     * Checks a stack without running it, and mends what can be mended when asked. What keeps the file from being read is a
     * finding. Throws `not-found` (no such file, model or device), `bad-input` (`bayplan.yaml`), `conflict` (changed meanwhile),
     * and with `scan` also `bad-input` (together with fixes) and `cancelled`.
     */
    check: oc.errors(errors).input(stackCheckRequestSchema).output(checkResultSchema),
    /** The sample stack that ships with Bayplan. */
    sample: oc.errors(errors).output(openedStackSchema),
    recent: oc.errors(errors).output(z.array(z.string())),
    /**
     * Starts a stack on this machine's engine (`on` null) or on a device, and says how far it is. It stays up. What the
     * engine has no word for (Kanto) is named and refused as `unsupported`, unless it is accepted: then it is among the
     * findings. On this machine stand-ins take the place of what it lacks; `desktop` gives its display to who asks for one.
     */
    up: oc
      .errors(errors)
      .input(
        stackPlacementSchema.extend({
          acceptLosses: z.boolean().default(false),
          desktop: z.boolean().default(false),
          /** Removes containers of services that the file does not have any more. */
          removeOrphans: z.boolean().default(false),
          /** `linux/arm64`: what services that say none are pulled and built for; null: the engine's own. */
          platform: z.string().min(1).max(100).nullable().default(null),
        }),
      )
      .output(eventIterator(upUpdateSchema)),
    /**
     * Stops services of a stack that is up and starts them again as they are, all when none is named, and those that say
     * `restart: true` of one of them. Throws `bad-input` (no such service), `not-found` (not up), `engine-failed`.
     */
    restart: oc
      .errors(errors)
      .input(stackPlacementSchema.extend({ services: z.array(z.string().min(1)).max(200).default([]) }))
      .output(eventIterator(restartUpdateSchema)),
    /** Removes a stack by the project name of its file. Volumes are kept unless asked for. */
    down: oc
      .errors(errors)
      .input(stackPlacementSchema.extend({ volumes: z.boolean() }))
      .output(removedStackSchema),
    /** Folders, and files that may be a stack, in a folder of this machine, for a face that has no file dialog; null: the home folder. */
    browse: oc
      .errors(errors)
      .input(z.object({ folder: z.string().nullable() }))
      .output(folderListingSchema),
  },
  models: {
    list: oc.errors(errors).output(z.array(modelSchema)),
    /** What each target has to spend on a stack, in the order asked for; trouble with one is its own answer. */
    budgets: oc
      .errors(errors)
      .input(z.object({ targets: z.array(targetRequestSchema).max(50) }))
      .output(z.array(outcomeSchema(budgetSchema))),
  },
  runs: runsContract,
  speed: speedContract,
  settings: {
    get: oc.errors(errors).output(settingsSchema),
    set: oc.errors(errors).input(settingsSchema.partial()).output(settingsSchema),
  },
};

export { type DeviceListUpdate, deviceListUpdateSchema } from "./devices.ts";
export { errorDataSchema, errors } from "./errors.ts";
export { failureOf } from "./failure-of.ts";
export { maxPartLetters } from "./kept-runs.ts";
export { type CalibrateUpdate, calibrateUpdateSchema } from "./speed.ts";
export { maxDroppedLength, type StackUpdate, stackUpdateSchema } from "./stack-files.ts";
export {
  type RemovedStack,
  type RestartUpdate,
  removedStackSchema,
  restartUpdateSchema,
  type UpUpdate,
  upUpdateSchema,
} from "./stack-updates.ts";
