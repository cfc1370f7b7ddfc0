import {
  AppError,
  type Failure,
  maxRepeats,
  type RunRecord,
  type RunRequest,
  type SeriesId,
  type SeriesResult,
  type SeriesUpdate,
  seriesIdSchema,
  seriesResult,
} from "../../shared/domain/index.ts";
import type { RunStore } from "../store/index.ts";
import { Broadcast } from "../streams/index.ts";
import { runFailure } from "./run-failure.ts";
import { newRunId } from "./run-id.ts";
import type { RunService } from "./run-service.ts";

interface ActiveSeries {
  current: RunRecord;
  abort: AbortController;
  updates: Broadcast<SeriesUpdate>;
  done: Promise<void>;
}

/** A series has no more updates than runs, and its end. */
const readerLimit = maxRepeats + 1;

/** Measures one request several times, one run after the other. One owner of every series that this process measures. */
export class SeriesService {
  readonly #runs: RunService;
  readonly #store: RunStore;
  readonly #active = new Map<SeriesId, ActiveSeries>();

  constructor(runs: RunService, store: RunStore) {
    this.#runs = runs;
    this.#store = store;
  }

  /** Starts the first run, and the others in the background. Throws what starting a run throws. */
  async start(request: RunRequest, repeat: number): Promise<RunRecord> {
    const id = seriesIdSchema.parse(`s-${newRunId()}`);
    const first = await this.#runs.start(request, { series: { id, index: 1, of: repeat } });
    const abort = new AbortController();
    const active: ActiveSeries = { current: first, abort, updates: new Broadcast(), done: Promise.resolve() };
    this.#active.set(id, active);
    active.done = this.#measure(id, active, repeat);
    return first;
  }

  /** The run that is measured now, each one after it, and the end. Throws `not-found`. */
  async *watch(id: SeriesId, signal: AbortSignal): AsyncGenerator<SeriesUpdate, void, void> {
    const active = this.#active.get(id);
    if (active === undefined) {
      const series = await this.result(id);
      if (series === null) throw new AppError("not-found", `There is no series ${id} with a finished run.`);
      yield { kind: "ended", series, failure: null };
      return;
    }
    const queue = active.updates.subscribe(signal, readerLimit);
    try {
      yield { kind: "run", record: active.current };
      yield* queue;
    } finally {
      active.updates.unsubscribe(queue);
    }
  }

  /** Stops the run that is measured and starts no other; resolves when everything is removed. */
  async cancel(id: SeriesId): Promise<void> {
    const active = this.#active.get(id);
    if (active === undefined) return;
    active.abort.abort();
    await this.#runs.cancel(active.current.id);
    await active.done;
  }

  /** What the finished runs of a series say together; null when it has none. */
  async result(id: SeriesId): Promise<SeriesResult | null> {
    const runs = (await this.#store.summaries()).filter(({ series }) => series?.id === id);
    const outcomes = await Promise.all(runs.map((run) => this.#runs.outcome(run.id)));
    return seriesResult(outcomes.flatMap(({ record, result }) => (result === null ? [] : [{ record, result }])));
  }

  /** The series that a run belongs to; null for a run of its own. */
  async of({ series }: RunRecord): Promise<SeriesResult | null> {
    return series === null ? null : this.result(series.id);
  }

  /** Starts no other run and waits for the one that is measured. */
  async close(): Promise<void> {
    await Promise.all([...this.#active.keys()].map((id) => this.cancel(id)));
  }

  async #measure(id: SeriesId, active: ActiveSeries, repeat: number): Promise<void> {
    let failure: Failure | null = null;
    try {
      for (let index = 1; ; index += 1) {
        const { status, failure: why } = await this.#endOf(active.current);
        failure = status === "finished" ? null : why;
        if (status !== "finished" || index === repeat) break;
        active.abort.signal.throwIfAborted();
        const next = await this.#runs.start(active.current.request, {
          series: { id, index: index + 1, of: repeat },
        });
        active.current = next;
        active.updates.send({ kind: "run", record: next });
        // It may have been cancelled between two runs, when there was none that could be.
        if (active.abort.signal.aborted) await this.#runs.cancel(next.id);
      }
    } catch (error) {
      failure = runFailure(error);
    }
    try {
      active.updates.send({ kind: "ended", series: await this.result(id), failure });
    } catch (error) {
      active.updates.send({ kind: "ended", series: null, failure: failure ?? runFailure(error) });
    } finally {
      active.updates.close();
      this.#active.delete(id);
    }
  }

  async #endOf(record: RunRecord): Promise<RunRecord> {
    for await (const update of this.#runs.watch(record.id, new AbortController().signal)) {
      if (update.kind === "ended") return update.record;
    }
    return (await this.#runs.outcome(record.id)).record;
  }
}
