import { create } from "zustand";
import { failureOf } from "../../shared/contract/index.ts";
import {
  columnsFromText,
  type Failure,
  type RunId,
  type RunSample,
  SampleColumns,
  thinColumns,
} from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";

/** The columns of one target in this window. */
export interface TargetColumns {
  columns: SampleColumns;
  /** True when the host has more readings than these. */
  isThinned: boolean;
}

/** The samples of each target that was looked at; a new map whenever there are more. */
export const useRunColumns = create<{ columns: ReadonlyMap<number, TargetColumns>; failure: Failure | null }>(() => ({
  columns: new Map(),
  failure: null,
}));

/** As many points as the widest screen has columns of pixels; twice as many readings come of them. */
const overviewPoints = 2_000;

/** More readings than these are thinned to half: a window may stay open for days. */
const mostReadings = 40_000;

/** Holds the samples of one run for the page: the host's overview of each target that is asked for, and on from there. */
export class RunColumnsFeed {
  readonly #runId: RunId;
  /** Samples that came while the overview of their target was on its way. */
  readonly #waiting = new Map<number, RunSample[]>();
  #ended = new AbortController();

  constructor(runId: RunId) {
    this.#runId = runId;
    this.reset();
  }

  /** Gets what was measured of a target so far, once. */
  async ask(target: number): Promise<void> {
    if (this.#waiting.has(target) || useRunColumns.getState().columns.has(target)) return;
    this.#waiting.set(target, []);
    const { signal } = this.#ended;
    try {
      const answer = await client.runs.samples({ runId: this.#runId, target, points: overviewPoints }, { signal });
      if (signal.aborted) return;
      const columns = SampleColumns.after(columnsFromText(answer.columns));
      appendNew(columns, this.#waiting.get(target) ?? []);
      this.#waiting.delete(target);
      put(target, { columns, isThinned: answer.isThinned });
    } catch (error) {
      if (signal.aborted) return;
      this.#waiting.delete(target);
      useRunColumns.setState({ failure: failureOf(error) });
    }
  }

  /** Takes samples as they are measured; those of a target that nobody has looked at yet come when it is asked for. */
  take(samples: readonly RunSample[]): void {
    for (const target of new Set(samples.map((sample) => sample.target))) {
      const own = samples.filter((sample) => sample.target === target);
      const waiting = this.#waiting.get(target);
      const known = useRunColumns.getState().columns.get(target);
      if (waiting !== undefined) waiting.push(...own);
      else if (known !== undefined) {
        appendNew(known.columns, own);
        put(target, known.columns.length < mostReadings ? known : halved(known));
      }
    }
  }

  /** Forgets everything: updates were missed, and the host is asked anew. */
  reset(): void {
    this.#ended.abort();
    this.#ended = new AbortController();
    this.#waiting.clear();
    useRunColumns.setState({ columns: new Map(), failure: null });
  }

  close(): void {
    this.#ended.abort();
  }
}

function appendNew(columns: SampleColumns, samples: readonly RunSample[]): void {
  const lastMs = columns.length === 0 ? -1 : (columns.atMs[columns.length - 1] ?? -1);
  for (const sample of samples) if (sample.atMs > lastMs) columns.append(sample);
}

function halved({ columns }: TargetColumns): TargetColumns {
  const thin = thinColumns(columns, 0, columns.length, Math.floor(columns.length / 4));
  return { columns: SampleColumns.after(thin, columns), isThinned: true };
}

/** The columns grow in place; a new map tells that they did. */
function put(target: number, columns: TargetColumns): void {
  useRunColumns.setState((state) => ({ columns: new Map(state.columns).set(target, { ...columns }) }));
}
