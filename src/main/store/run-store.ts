import { createReadStream, createWriteStream, existsSync, type WriteStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";
import * as z from "zod";
import {
  AppError,
  type ProfileResult,
  profileResultSchema,
  type RunEvent,
  type RunId,
  type RunLogEntry,
  type RunLogPage,
  type RunLogQuery,
  type RunRecord,
  type RunSample,
  runEventSchema,
  runIdSchema,
  runRecordSchema,
  runSampleSchema,
  type TargetObservation,
  targetObservationSchema,
} from "../../shared/domain/index.ts";
import { readTextIfThere, writeAtomically } from "./document.ts";
import { currentOwner, isOwnerAlive, ownerSchema } from "./owner.ts";
import { readRunLogs } from "./run-logs.ts";

const storedRecordSchema = z.object({ owner: ownerSchema, record: runRecordSchema });

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

export interface RunOutcome {
  record: RunRecord;
  result: ProfileResult | null;
}

export interface StoredRun extends RunOutcome {
  samples: RunSample[];
  events: RunEvent[];
}

/** Runs, a folder each: `run.json`, `samples.jsonl`, `events.jsonl`, `logs.jsonl`, `observations.jsonl`, `result.json`. */
export interface RunStore {
  create(record: RunRecord): Promise<RunWriter>;
  /** Newest first. A run whose process died while it ran is shown as `interrupted`. */
  list(): Promise<RunRecord[]>;
  /** Throws `not-found`. A torn last line of samples or events is left out. */
  read(id: RunId): Promise<StoredRun>;
  /** The same without samples and events. */
  outcome(id: RunId): Promise<RunOutcome>;
  /** What was seen of each target that was judged. Throws `not-found`. */
  observations(id: RunId): Promise<TargetObservation[]>;
  /** What was printed in a span of a run, also while it is written. Throws `not-found`. */
  logs(query: RunLogQuery): Promise<RunLogPage>;
  remove(id: RunId): Promise<void>;
}

/** Opens the run store below the data folder; nothing is created until the first run. */
export function openRunStore(dataFolder: string): RunStore {
  const root = join(dataFolder, "runs");

  async function readRecord(id: string): Promise<RunRecord | null> {
    const text = await readTextIfThere(join(root, id, "run.json"));
    if (text === null) return null;
    const parsed = storedRecordSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return null;
    const { owner, record } = parsed.data;
    if (record.status !== "running" || isOwnerAlive(owner)) return record;
    return { ...record, status: "interrupted", endedAtMs: record.endedAtMs ?? record.startedAtMs };
  }

  async function requireRecord(id: string): Promise<RunRecord> {
    const record = await readRecord(id);
    if (record !== null) return record;
    throw new AppError("not-found", `There is no run ${id}.`, { hint: "`bayplan runs` lists the runs kept here." });
  }

  async function outcome(id: RunId): Promise<RunOutcome> {
    const record = await requireRecord(id);
    const text = await readTextIfThere(join(root, id, "result.json"));
    return { record, result: text === null ? null : profileResultSchema.parse(JSON.parse(text)) };
  }

  return {
    async create(record) {
      const folder = join(root, record.id);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return openRunWriter(folder, record);
    },

    async list() {
      const records: RunRecord[] = [];
      for (const name of await listFolders(root)) {
        const record = runIdSchema.safeParse(name).success ? await readRecord(name) : null;
        if (record !== null) records.push(record);
      }
      return records.sort((a, b) => b.startedAtMs - a.startedAtMs);
    },

    outcome,

    async read(id) {
      const { record, result } = await outcome(id);
      const folder = join(root, id);
      return {
        record,
        samples: await readLines(join(folder, "samples.jsonl"), runSampleSchema),
        events: await readLines(join(folder, "events.jsonl"), runEventSchema),
        result,
      };
    },

    async observations(id) {
      await requireRecord(id);
      return readLines(join(root, id, "observations.jsonl"), targetObservationSchema);
    },

    async logs(query) {
      await requireRecord(query.runId);
      return readRunLogs(join(root, query.runId, "logs.jsonl"), query);
    },

    remove: (id) => rm(join(root, id), { recursive: true, force: true }),
  };
}

async function openRunWriter(folder: string, first: RunRecord): Promise<RunWriter> {
  const owner = currentOwner();
  const writeRecord = (record: RunRecord) =>
    writeAtomically(join(folder, "run.json"), `${JSON.stringify({ owner, record })}\n`);
  await writeRecord(first);
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
    record: writeRecord,
    samples: (samples) => append(files.samples, samples),
    events: (events) => append(files.events, events),
    logs: (entries) => append(files.logs, entries),
    observation: (seen) => append(files.observations, [seen]),
    result: (result) => writeAtomically(join(folder, "result.json"), `${JSON.stringify(result, null, 2)}\n`),
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

async function listFolders(root: string): Promise<string[]> {
  try {
    const entries = await readdir(root, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

/** Reads JSON lines; the last one may be torn by a crash and is then left out, any other bad one is an error. */
async function readLines<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  if (!existsSync(path)) return [];
  const values: T[] = [];
  let torn: unknown = null;
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    if (torn !== null) throw new AppError("internal", `${path} is damaged.`, { cause: torn });
    try {
      values.push(schema.parse(JSON.parse(line)));
    } catch (error) {
      torn = error;
    }
  }
  return values;
}
