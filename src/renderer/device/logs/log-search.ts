import { failureOf } from "../../../shared/contract/index.ts";
import type { Failure, LogExtent, LogHits, LogQuery } from "../../../shared/domain/index.ts";
import { HitList } from "./hit-list.ts";

/** Hits beyond this are not looked for: nobody steps through a million, and they are held. */
const mostHits = 1_000_000;
/** A log that grows is searched on so often at most. */
const onPauseMs = 250;

export interface SearchState {
  query: LogQuery | null;
  count: number;
  /** The row of the hit that is looked at, and its number from 0 on; null: none is. */
  current: { row: number; index: number } | null;
  /** Up to which row everything was looked through. */
  searchedTo: number;
  /** All that there was has been looked through; what comes is, as it comes. */
  over: boolean;
  /** There are more hits than are counted. */
  full: boolean;
  failure: Failure | null;
}

type Ask = (query: LogQuery, from: number, signal: AbortSignal) => Promise<AsyncIterable<LogHits>> | null;

/** One search over a log that grows: the hits so far, the one that is looked at, and the question that is under way. */
export class LogSearch {
  readonly hits = new HitList();
  readonly #ask: Ask;
  readonly #changed: () => void;
  #query: LogQuery | null = null;
  #near = 0;
  #first = 0;
  #end = 0;
  #searchedTo = 0;
  #over = false;
  #currentRow: number | null = null;
  #failure: Failure | null = null;
  #run: { abort: AbortController; goodTo: number } | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `ask` gives the hits from a row on to the end, or null when there is nothing to search; `changed` is told of news. */
  constructor(ask: Ask, changed: () => void) {
    this.#ask = ask;
    this.#changed = changed;
  }

  get state(): SearchState {
    const row = this.#currentRow;
    return {
      query: this.#query,
      count: this.hits.count,
      current: row === null ? null : { row, index: this.hits.indexFrom(row) },
      searchedTo: this.#searchedTo,
      over: this.#over,
      full: this.hits.count >= mostHits,
      failure: this.#failure,
    };
  }

  /** Begins anew; what was under way is cancelled. */
  start(query: LogQuery | null, near: number, extent: LogExtent | null): void {
    this.stop();
    this.#query = query;
    this.#near = near;
    this.#failure = null;
    this.#over = false;
    this.#forgetFrom(0);
    this.#first = extent?.first ?? 0;
    this.#end = extent?.end ?? 0;
    if (query !== null) void this.#go(query);
  }

  stop(): void {
    this.#run?.abort.abort();
    this.#run = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** The log has grown, or rows of it have moved, or (`isOther`) it is another one. */
  news(extent: LogExtent, isOther: boolean): void {
    this.#first = extent.first;
    this.#end = extent.end;
    const goodTo = isOther ? 0 : extent.unchangedTo;
    if (this.#run !== null) this.#run.goodTo = Math.min(this.#run.goodTo, goodTo);
    if (goodTo < this.#searchedTo) this.#forgetFrom(goodTo);
    if (isOther) {
      this.stop();
      this.#over = false;
      // What is wrong with the expression stays wrong; a connection that was lost is back.
      if (this.#failure?.code !== "bad-input") this.#failure = null;
    }
    this.#goOn();
  }

  /** The row of the hit behind (or before) the one that is looked at; round at the ends. */
  step(by: 1 | -1): number | null {
    const { count } = this.hits;
    if (count === 0) return null;
    const at = this.#currentRow === null ? (by === 1 ? -1 : 0) : this.hits.indexFrom(this.#currentRow);
    this.#currentRow = this.hits.at((at + by + count) % count) ?? null;
    return this.#currentRow;
  }

  /** Searches what has come, a little later: more may come. */
  #goOn(): void {
    if (this.#query === null || this.#failure !== null || this.#run !== null || this.#timer !== null) return;
    if (this.#searchedTo >= this.#end || this.hits.count >= mostHits) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#query !== null && this.#run === null) void this.#go(this.#query);
    }, onPauseMs);
  }

  async #go(query: LogQuery): Promise<void> {
    const run = { abort: new AbortController(), goodTo: Number.POSITIVE_INFINITY };
    const { signal } = run.abort;
    this.#run = run;
    let isCut = false;
    try {
      const answer = this.#ask(query, Math.max(this.#searchedTo, this.#first), signal);
      for await (const some of answer === null ? [] : await answer) {
        if (signal.aborted) return;
        this.#take(some, run.goodTo);
        const isFull = this.hits.count >= mostHits;
        // Rows have moved under the question: it is asked again from there on.
        isCut = run.goodTo < some.searchedTo;
        if (isCut || isFull) break;
      }
      if (!isCut) this.#over = true;
    } catch (error) {
      if (signal.aborted) return;
      const failure = failureOf(error);
      // A list that was closed is opened anew, and searched then.
      if (failure.code !== "not-found") this.#failure = failure;
    } finally {
      run.abort.abort();
      if (this.#run === run) this.#run = null;
    }
    this.#choose(this.#over);
    this.#changed();
    this.#goOn();
  }

  #take({ rows, searchedTo }: LogHits, goodTo: number): void {
    const good = rows.filter((row) => row < goodTo && row >= this.#searchedTo);
    this.hits.add(good.slice(0, mostHits - this.hits.count));
    this.#searchedTo = Math.min(searchedTo, goodTo);
    this.#choose(false);
    this.#changed();
  }

  /** Looks at the first hit from where somebody is, and when all is searched and there is none at the one before. */
  #choose(isOver: boolean): void {
    if (this.#currentRow !== null || this.hits.count === 0) return;
    const index = this.hits.indexFrom(this.#near);
    if (index < this.hits.count) this.#currentRow = this.hits.at(index) ?? null;
    else if (isOver) this.#currentRow = this.hits.at(this.hits.count - 1) ?? null;
  }

  #forgetFrom(row: number): void {
    this.hits.cutFrom(row);
    this.#searchedTo = row;
    if (this.#currentRow !== null && this.#currentRow >= row) {
      this.#near = this.#currentRow;
      this.#currentRow = null;
    }
  }
}
