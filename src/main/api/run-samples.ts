import {
  AppError,
  columnsToText,
  indexAt,
  type ProfileResult,
  type RunColumns,
  type RunColumnsText,
  type RunEvent,
  type RunId,
  type RunRecord,
  type RunUpdate,
  SampleColumns,
  type SpanFigures,
  spanFigures,
  thinColumns,
} from "../../shared/domain/index.ts";
import type { RunStore } from "../store/index.ts";
import type { RunService } from "./run-service.ts";

/** Runs whose columns stay in memory: a face that zooms asks for the same one again and again. */
const runsKept = 2;

interface SpanRequest {
  runId: RunId;
  target: number;
  fromMs: number | null;
  toMs: number | null;
  points: number;
}

/** The samples of runs for a face that draws them: as columns, thinned to what it can show. */
export class RunSamples {
  readonly #runs: RunService;
  readonly #store: RunStore;
  /** Of finished runs alone, the latest one last. */
  readonly #kept = new Map<RunId, Promise<readonly SampleColumns[]>>();

  constructor(runs: RunService, store: RunStore) {
    this.#runs = runs;
    this.#store = store;
  }

  /** Throws `not-found` for an unknown run or a target that it does not have. */
  async span(request: SpanRequest): Promise<{ columns: RunColumnsText; isThinned: boolean; figures: SpanFigures }> {
    const { runId, target, points } = request;
    const { record } = await this.#runs.outcome(runId);
    const columns = (await this.#columnsOf(record))[target];
    if (columns === undefined) throw new AppError("not-found", `The run ${runId} has no target ${target}.`);
    const fromMs = request.fromMs ?? 0;
    const toMs = request.toMs ?? Number.POSITIVE_INFINITY;
    const figures = spanFigures(columns, fromMs, toMs);
    const from = indexAt(columns, fromMs);
    const thin: RunColumns = thinColumns(columns, from, from + figures.samples, points);
    return { columns: columnsToText(thin), isThinned: thin.length < figures.samples, figures };
  }

  /** A run without its samples. Throws `not-found`. */
  async outline(runId: RunId): Promise<{ record: RunRecord; events: RunEvent[]; result: ProfileResult | null }> {
    const { record, result } = await this.#runs.outcome(runId);
    const events =
      this.#runs.active(runId) !== null ? (await this.#runs.read(runId)).events : await this.#store.events(runId);
    return { record, result, events };
  }

  async #columnsOf(record: RunRecord): Promise<readonly SampleColumns[]> {
    const columns = record.targets.map(() => new SampleColumns(record.services));
    if (this.#runs.active(record.id) !== null || record.status === "running") {
      for (const sample of (await this.#runs.read(record.id)).samples) columns[sample.target]?.append(sample);
      return columns;
    }
    const kept = this.#kept.get(record.id) ?? this.#readColumns(record, columns);
    this.#kept.delete(record.id);
    this.#kept.set(record.id, kept);
    for (const id of [...this.#kept.keys()].slice(0, -runsKept)) this.#kept.delete(id);
    try {
      return await kept;
    } catch (error) {
      this.#kept.delete(record.id);
      throw error;
    }
  }

  async #readColumns(record: RunRecord, columns: readonly SampleColumns[]): Promise<readonly SampleColumns[]> {
    await this.#store.eachSample(record.id, (sample) => columns[sample.target]?.append(sample));
    return columns;
  }
}

/** The updates of a run for a face that asks for the samples before by themselves. */
export async function* withoutEarlierSamples(updates: AsyncIterable<RunUpdate>): AsyncGenerator<RunUpdate, void, void> {
  for await (const update of updates) yield update.kind === "snapshot" ? { ...update, samples: [] } : update;
}
