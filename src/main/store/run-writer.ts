import { createWriteStream, type WriteStream } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import {
  AppError,
  type ProfileResult,
  type RunEvent,
  type RunLogEntry,
  type RunRecord,
  type RunSample,
  type TargetObservation,
} from "../../shared/domain/index.ts";
import { writeAtomically } from "./document.ts";
import { currentOwner } from "./owner.ts";
import { writeRecord } from "./run-record-file.ts";

/** A run that is being written: append-only samples and events, the record replaced whole. */
export interface RunWriter {
  record(record: RunRecord): Promise<void>;
  samples(samples: readonly RunSample[]): void;
  events(events: readonly RunEvent[]): void;
  logs(entries: readonly RunLogEntry[]): void;
  /** What was seen of the next target; targets are written in their order. */
  observation(seen: TargetObservation): void;
  result(result: ProfileResult): Promise<void>;
  /** Flushes and closes the files. */
  close(): Promise<void>;
}

/** Begins to write a run into its folder, with its first record. */
export async function openRunWriter(folder: string, first: RunRecord): Promise<RunWriter> {
  const owner = currentOwner();
  await writeRecord(folder, owner, first);
  const files = {
    samples: appendTo(join(folder, "samples.jsonl")),
    events: appendTo(join(folder, "events.jsonl")),
    logs: appendTo(join(folder, "logs.jsonl")),
    observations: appendTo(join(folder, "observations.jsonl")),
  };
  // The first error of a file is kept and thrown at the end: a full disk must not stop the measurement half way.
  let failure: unknown = null;
  for (const file of Object.values(files)) {
    file.on("error", (error) => {
      failure ??= error;
    });
  }
  const append = (file: WriteStream, values: readonly unknown[]) => {
    if (values.length === 0 || file.destroyed) return;
    file.write(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
  };
  return {
    record: (record) => writeRecord(folder, owner, record),
    samples: (samples) => append(files.samples, samples),
    events: (events) => append(files.events, events),
    logs: (entries) => append(files.logs, entries),
    observation: (seen) => append(files.observations, [seen]),
    result: (result) => writeResult(folder, result),
    async close() {
      for (const file of Object.values(files)) {
        file.end();
        await finished(file).catch((error: unknown) => {
          failure ??= error;
        });
      }
      if (failure !== null) {
        throw new AppError("bad-input", `The samples of this run could not be written to ${folder}.`, {
          hint: "Look whether the disk is full. The verdict itself is complete.",
          cause: failure,
        });
      }
    },
  };
}

function appendTo(path: string): WriteStream {
  return createWriteStream(path, { flags: "a", mode: 0o600 });
}

/** Writes the result of a run, in the place of the one that is there. */
export function writeResult(folder: string, result: ProfileResult): Promise<void> {
  return writeAtomically(join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`);
}
