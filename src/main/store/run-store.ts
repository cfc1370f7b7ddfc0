import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  AppError,
  type ProfileResult,
  profileResultSchema,
  type RunEvent,
  type RunFilter,
  type RunId,
  type RunLogPage,
  type RunLogQuery,
  type RunRecord,
  type RunSample,
  type RunSummary,
  runEventSchema,
  runSampleSchema,
  type TargetObservation,
  targetObservationSchema,
} from "../../shared/domain/index.ts";
import { readTextIfThere } from "./document.ts";
import { eachJsonLine, readJsonLines } from "./json-lines.ts";
import { openRunIndex } from "./run-index.ts";
import { readRunLogs } from "./run-logs.ts";
import { asItIs, readStoredRecord } from "./run-record-file.ts";
import { openRunWriter, type RunWriter, writeResult } from "./run-writer.ts";

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
  /** Where the folders are. */
  readonly root: string;
  create(record: RunRecord): Promise<RunWriter>;
  /** Newest first. A run whose process died while it ran is shown as `interrupted`. */
  summaries(filter?: RunFilter): Promise<RunSummary[]>;
  /** The whole records of the same: a file is read for each. */
  list(filter?: RunFilter): Promise<RunRecord[]>;
  /** Throws `not-found`. A torn last line of samples or events is left out. */
  read(id: RunId): Promise<StoredRun>;
  /** Gives the samples in their order, one at a time: a run of a day has more than memory should hold. */
  eachSample(id: RunId, take: (sample: RunSample) => void): Promise<void>;
  events(id: RunId): Promise<RunEvent[]>;
  /** The same without samples and events. */
  outcome(id: RunId): Promise<RunOutcome>;
  /** What was seen of each target that was judged. Throws `not-found`. */
  observations(id: RunId): Promise<TargetObservation[]>;
  /** What was printed in a span of a run, also while it is written. Throws `not-found`. */
  logs(query: RunLogQuery): Promise<RunLogPage>;
  /** Throws `not-found`, and `conflict` for a run that is being measured. */
  remove(id: RunId): Promise<void>;
  /** Puts another result in the place of that of a finished run. Throws `not-found`. */
  replaceResult(id: RunId, result: ProfileResult): Promise<void>;
}

/** Opens the run store below the data folder; nothing is created until the first run. */
export function openRunStore(dataFolder: string): RunStore {
  const root = join(dataFolder, "runs");
  const index = openRunIndex(root);

  async function readRecord(id: string): Promise<RunRecord | null> {
    const stored = await readStoredRecord(join(root, id));
    return stored === null ? null : asItIs(stored.owner, stored.record);
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

  async function summaries({ stack, limit }: RunFilter = {}): Promise<RunSummary[]> {
    const all = await index.summaries();
    return all.filter(({ stackName }) => stack === undefined || stackName === stack).slice(0, limit);
  }

  return {
    root,

    async create(record) {
      const folder = join(root, record.id);
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return openRunWriter(folder, record);
    },

    summaries,

    async list(filter) {
      const records: RunRecord[] = [];
      for (const { id } of await summaries(filter)) {
        const record = await readRecord(id);
        if (record !== null) records.push(record);
      }
      return records;
    },

    outcome,

    async read(id) {
      const { record, result } = await outcome(id);
      const folder = join(root, id);
      return {
        record,
        samples: await readJsonLines(join(folder, "samples.jsonl"), runSampleSchema),
        events: await readJsonLines(join(folder, "events.jsonl"), runEventSchema),
        result,
      };
    },

    async eachSample(id, take) {
      await requireRecord(id);
      for await (const sample of eachJsonLine(join(root, id, "samples.jsonl"), runSampleSchema)) take(sample);
    },

    async events(id) {
      await requireRecord(id);
      return readJsonLines(join(root, id, "events.jsonl"), runEventSchema);
    },

    async observations(id) {
      await requireRecord(id);
      return readJsonLines(join(root, id, "observations.jsonl"), targetObservationSchema);
    },

    async logs(query) {
      await requireRecord(query.runId);
      return readRunLogs(join(root, query.runId, "logs.jsonl"), query);
    },

    async replaceResult(id, result) {
      await requireRecord(id);
      await writeResult(join(root, id), result);
    },

    async remove(id) {
      if ((await requireRecord(id)).status === "running") {
        throw new AppError("conflict", `The run ${id} is being measured.`, { hint: "Wait for its end, or cancel it." });
      }
      await rm(join(root, id), { recursive: true, force: true });
    },
  };
}
