import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import {
  AppError,
  type RunId,
  runEventSchema,
  runLogEntrySchema,
  runSampleSchema,
} from "../../../shared/domain/index.ts";
import { eachJsonLine } from "../json-lines.ts";
import type { RunStore } from "../run-store.ts";
import { storeError } from "../store-error.ts";
import {
  type ArchiveLine,
  archiveLimits,
  archiveVersion,
  resultWithoutFolders,
  withoutFolders,
} from "./archive-lines.ts";

/**
 * Writes finished runs into one file: gzip'd JSON lines, the head first, so that `zcat FILE | head -1` says what it is. The file is there whole or not at all.
 * @throws AppError `not-found`, `unsupported` for a run without a result, `bad-input` for more runs than a file may hold and for a file
 * that cannot be written.
 */
export async function exportRuns(store: RunStore, ids: readonly RunId[], file: string): Promise<void> {
  if (ids.length > archiveLimits.runs) {
    throw new AppError("bad-input", `One file holds at most ${archiveLimits.runs} runs.`);
  }
  // Known to be whole before anything is written.
  for (const id of ids) await finishedRun(store, id);
  const draft = `${file}.new-${process.pid}`;
  try {
    await pipeline(Readable.from(linesOf(store, ids)), createGzip(), createWriteStream(draft, { mode: 0o644 }));
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw storeError(`${file} cannot be written`, error);
  }
}

async function* linesOf(store: RunStore, ids: readonly RunId[]): AsyncGenerator<string, void, void> {
  let lines = 0;
  const line = (value: ArchiveLine) => {
    lines += 1;
    return `${JSON.stringify(value)}\n`;
  };
  yield `${JSON.stringify({ format: "bayplan-runs", version: archiveVersion, runs: ids.length })}\n`;
  for (const id of ids) {
    const { record, result } = await finishedRun(store, id);
    yield line({ run: { record: withoutFolders(record), result: resultWithoutFolders(result) } });
    for (const { windows, ...observation } of await store.observations(id)) {
      yield line({ observation });
      for (const window of windows) yield line({ window });
    }
    const folder = join(store.root, id);
    for await (const sample of eachJsonLine(join(folder, "samples.jsonl"), runSampleSchema)) yield line({ sample });
    for await (const event of eachJsonLine(join(folder, "events.jsonl"), runEventSchema)) yield line({ event });
    for await (const log of eachJsonLine(join(folder, "logs.jsonl"), runLogEntrySchema)) yield line({ log });
  }
  yield `${JSON.stringify({ end: { lines } })}\n`;
}

async function finishedRun(store: RunStore, id: RunId) {
  const { record, result } = await store.outcome(id);
  if (result !== null && record.status === "finished") return { record, result };
  throw new AppError("unsupported", `The run ${id} cannot be exported: it is ${record.status}, and has no result.`, {
    hint: "Choose finished runs of `bayplan runs`.",
  });
}
