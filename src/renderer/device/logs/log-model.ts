import { failureOf } from "../../../shared/contract/index.ts";
import {
  AppError,
  type DeviceId,
  type Failure,
  type LogExtent,
  type LogQuery,
  type LogRow,
  toFailure,
} from "../../../shared/domain/index.ts";
import { client } from "../../app/client.ts";
import { watch } from "../../app/watch.ts";
import { LogSearch, type SearchState } from "./log-search.ts";
import { PageCache, pageRows } from "./page-cache.ts";

/** 12,000 rows: many times what a screen shows, and a few megabytes. */
const heldPages = 60;
/** More would be asked for rows that were passed over long ago when somebody drags the scroll bar. */
const asksAtOnce = 2;
const longestTail = 10_000_000;

/** What the panel shows of the logs that it watches. */
export interface LogState {
  /** Rows from `first` to before `end` can be had. */
  first: number;
  end: number;
  answered: boolean;
  ended: ReadonlySet<string>;
  /** Lines that this machine's disk has not taken. */
  notKept: number;
  failure: Failure | null;
  search: SearchState;
}

/**
 * The logs of some containers as rows that are read from the host when they are looked at. It holds the pages that were
 * looked at last, and nothing else grows with the log. Watches from `open` until what that gives is called.
 */
export class LogModel {
  readonly #deviceId: DeviceId;
  readonly #tail: number;
  readonly #pages = new PageCache(heldPages);
  readonly #search: LogSearch;
  readonly #listeners = new Set<() => void>();
  /** Pages whose answer had less in it than was told: asked for again when there is news. */
  readonly #short = new Set<number>();
  #extent: LogExtent | null = null;
  #wanted = { from: 0, to: 0 };
  #asking = 0;
  #state: LogState;

  /** `tail`: how many of the last lines of each container to begin with. */
  constructor(deviceId: DeviceId, tail: number) {
    this.#deviceId = deviceId;
    this.#tail = tail;
    this.#search = new LogSearch(
      (query, from, signal) => {
        const viewId = this.#extent?.viewId;
        return viewId === undefined ? null : client.logs.search({ deviceId, viewId, query, from }, { signal });
      },
      () => this.#tell({}),
    );
    this.#state = {
      first: 0,
      end: 0,
      answered: false,
      ended: new Set(),
      notKept: 0,
      failure: null,
      search: this.#search.state,
    };
  }

  get state(): LogState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Watches the logs of these containers; asked for anew after each break. Gives the function that ends it. */
  open(containerIds: () => string[]): () => void {
    const stop = watch({
      open: (signal) => {
        // What was held before a break is wanted again.
        const tail = Math.min(longestTail, Math.max(this.#tail, this.#state.end - this.#state.first));
        return client.logs.watch({ deviceId: this.#deviceId, containerIds: containerIds(), tail }, { signal });
      },
      take: (extent) => {
        this.#take(extent);
        return undefined;
      },
      failed: (failure) => this.#tell({ failure, answered: true }),
    });
    return () => {
      stop();
      this.#search.stop();
      this.#extent = null;
    };
  }

  /** A row, perhaps as it was a moment ago; undefined while it is on its way. */
  row(row: number): LogRow | undefined {
    return this.#pages.row(row);
  }

  /** These rows are looked at: what is missing of them is asked for. */
  want(from: number, to: number): void {
    this.#wanted = { from, to };
    this.#ask();
  }

  /** Looks for something in all rows, also in those to come; null: for nothing. `near`: the row to begin at. */
  search(query: LogQuery | null, near: number): void {
    this.#search.start(query, near, this.#extent);
    this.#tell({});
  }

  /** Goes to the next hit (the one before when negative) and round at the ends. Gives its row. */
  step(by: 1 | -1): number | null {
    const row = this.#search.step(by);
    this.#tell({});
    return row;
  }

  isHit(row: number): boolean {
    return this.#search.hits.has(row);
  }

  /** Rows as they are now, for a file. Throws when they are not watched. */
  async rows(from: number, count: number): Promise<LogRow[]> {
    const viewId = this.#extent?.viewId;
    if (viewId === undefined) {
      throw new AppError("not-found", "The log is not read at the moment.", { hint: "Wait until it goes on." });
    }
    return (await client.logs.page({ deviceId: this.#deviceId, viewId, from, count })).rows;
  }

  #take(extent: LogExtent): void {
    const isOther = this.#extent?.viewId !== extent.viewId;
    this.#extent = extent;
    this.#short.clear();
    if (isOther) this.#pages.clear();
    this.#pages.changed(extent.unchangedTo);
    this.#search.news(extent, isOther);
    const { first, end, notKept } = extent;
    this.#tell({ first, end, notKept, ended: new Set(extent.ended), answered: true, failure: null });
    this.#ask();
  }

  #ask(): void {
    const { first, end } = this.#state;
    const { from, to } = this.#wanted;
    const viewId = this.#extent?.viewId;
    if (viewId === undefined) return;
    for (const page of this.#pages.missing(Math.max(from, first), to, end)) {
      if (this.#asking >= asksAtOnce) return;
      if (!this.#short.has(page)) void this.#askPage(viewId, page);
    }
  }

  async #askPage(viewId: string, page: number): Promise<void> {
    this.#asking += 1;
    this.#pages.ask(page);
    let rows: LogRow[] | null = null;
    let failure: Failure | null = null;
    try {
      const from = Math.max(page * pageRows, this.#state.first);
      const count = (page + 1) * pageRows - from;
      rows = (await client.logs.page({ deviceId: this.#deviceId, viewId, from, count })).rows;
    } catch (error) {
      failure = failureOf(error);
    }
    this.#asking -= 1;
    if (this.#extent?.viewId !== viewId) {
      this.#ask();
      return;
    }
    this.#pages.put(page, rows);
    if (this.#pages.missing(page * pageRows, (page + 1) * pageRows, this.#state.end).length > 0) this.#short.add(page);
    // A list that was closed meanwhile is opened anew by the watch, which says what is wrong.
    this.#tell(failure === null || failure.code === "not-found" ? {} : { failure });
    this.#ask();
  }

  #tell(change: Partial<LogState>): void {
    this.#state = { ...this.#state, ...change, search: this.#search.state };
    for (const listener of this.#listeners) listener();
  }
}

/** What is wrong with a query before anybody is asked; null when nothing is. */
export function failureIn(check: () => unknown): Failure | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof AppError) return toFailure(error);
    throw error;
  }
}
