import { basename } from "node:path";
import * as z from "zod";
import {
  maxRepeats,
  type Place,
  type ProfileResult,
  profileResultSchema,
  type RunRecord,
  runEventSchema,
  runIdSchema,
  runLogEntrySchema,
  runRecordSchema,
  runSampleSchema,
  stackSelection,
  targetObservationSchema,
} from "../../../shared/domain/index.ts";

/** The version that is written. A file of a later one is refused, and never guessed at. */
export const archiveVersion = 1;

export const archiveLimits = {
  /** Of one file, compressed. */
  fileBytes: 256 * 1024 ** 2,
  /** Of all its lines: a day at 10 Hz. */
  textBytes: 1024 ** 3,
  lineBytes: 4 * 1024 ** 2,
  /** Of one line: a few megabytes of `{},` become gigabytes when they are parsed. */
  lineValues: 200_000,
  runs: maxRepeats,
  /** Of all observations: windows of a second are held until their target is complete. */
  windows: 200_000,
} as const;

/** A name that is a folder: long ones do not fit on a disk. */
export const archivedIdSchema = runIdSchema.refine((id) => id.length <= 64, "The id of a run is too long.");

/** What tells a file of Bayplan from any other; read before anything else. */
export const archiveHeadSchema = z.object({
  format: z.literal("bayplan-runs"),
  version: z.int().positive(),
  runs: z.int().positive().max(archiveLimits.runs),
});

const observationHeadSchema = targetObservationSchema.omit({ windows: true });
const windowSchema = targetObservationSchema.shape.windows.unwrap().element;

/** The lines after the head: a run, then what belongs to it; windows follow their observation. */
export const archiveLineSchema = z.union([
  z.strictObject({
    run: z.object({ record: runRecordSchema.extend({ id: archivedIdSchema }), result: profileResultSchema }),
  }),
  z.strictObject({ observation: observationHeadSchema }),
  z.strictObject({ window: windowSchema }),
  z.strictObject({ sample: runSampleSchema }),
  z.strictObject({ event: runEventSchema }),
  z.strictObject({ log: runLogEntrySchema }),
  z.strictObject({ end: z.object({ lines: z.int().nonnegative() }) }),
]);
export type ArchiveLine = z.infer<typeof archiveLineSchema>;

/** A record without the folders of this machine, which are nobody else's business. */
export function withoutFolders(record: RunRecord): RunRecord {
  const { targets, durationMs, warmUpMs } = record.request;
  return {
    ...record,
    file: basename(record.file),
    files: record.files.map((file) => basename(file)),
    request: { ...stackSelection(basename(record.request.file)), targets, durationMs, warmUpMs },
    findings: record.findings.map(placedByName),
    substitutions: record.substitutions.map(placedByName),
  };
}

/** The same of a result. */
export function resultWithoutFolders(result: ProfileResult): ProfileResult {
  return {
    ...result,
    findings: result.findings.map(placedByName),
    substitutions: result.substitutions.map(placedByName),
  };
}

function placedByName<T extends { place: Place | null }>(remark: T): T {
  const { place } = remark;
  return place === null ? remark : { ...remark, place: { ...place, file: basename(place.file) } };
}
