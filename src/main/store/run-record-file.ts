import { join } from "node:path";
import * as z from "zod";
import { type RunRecord, runRecordSchema } from "../../shared/domain/index.ts";
import { readTextIfThere, writeAtomically } from "./document.ts";
import { isOwnerAlive, type Owner, ownerSchema } from "./owner.ts";

const storedRecordSchema = z.object({ owner: ownerSchema, record: runRecordSchema });
export type StoredRecord = z.infer<typeof storedRecordSchema>;

/** Where the record of a run is, in the folder of the run. */
export function recordFile(folder: string): string {
  return join(folder, "run.json");
}

/** The record as it was written, and who wrote it; null when there is none that can be understood, which is said on stderr. */
export async function readStoredRecord(folder: string): Promise<StoredRecord | null> {
  const file = recordFile(folder);
  const text = await readTextIfThere(file);
  if (text === null) return null;
  try {
    return storedRecordSchema.parse(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error;
    // One that is damaged must not hide the others.
    process.stderr.write(`${file} could not be understood: this run is left out.\n`);
    return null;
  }
}

export function writeRecord(folder: string, owner: Owner, record: RunRecord): Promise<void> {
  return writeAtomically(recordFile(folder), `${JSON.stringify({ owner, record })}\n`);
}

/** What is shown of a run whose process may have died while it ran. */
export function asItIs<T extends Pick<RunRecord, "status" | "startedAtMs" | "endedAtMs">>(owner: Owner, run: T): T {
  if (run.status !== "running" || isOwnerAlive(owner)) return run;
  return { ...run, status: "interrupted", endedAtMs: run.endedAtMs ?? run.startedAtMs };
}
