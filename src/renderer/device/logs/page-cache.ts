import type { LogRow } from "../../../shared/domain/index.ts";

/** Rows are asked for and let go of so many at a time. */
export const pageRows = 200;

interface Page {
  rows: LogRow[];
  /** Rows before this one are as they are on the host; those behind may have changed, or are not here yet. */
  goodTo: number;
}

/** The rows of a long list that were looked at last, in pages; the pages that were not for the longest time go. */
export class PageCache {
  readonly #capacity: number;
  /** By their number, the one that was wanted last at the end. */
  readonly #pages = new Map<number, Page>();
  /** Pages that are asked for, and up to which row the answer will still be good. */
  readonly #asked = new Map<number, number>();

  /** `capacity`: how many pages are held. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#pages.size;
  }

  /** A row, perhaps as it was a moment ago; undefined when it is not here. */
  row(row: number): LogRow | undefined {
    return this.#pages.get(Math.floor(row / pageRows))?.rows[row % pageRows];
  }

  /** The pages that have to be asked for to show the rows from `from` to before `to` of a list that ends at `end`. */
  missing(from: number, to: number, end: number): number[] {
    const missing: number[] = [];
    for (let page = Math.floor(from / pageRows); page * pageRows < Math.min(to, end); page += 1) {
      const held = this.#pages.get(page);
      if (held !== undefined) {
        this.#pages.delete(page);
        this.#pages.set(page, held);
      }
      const isWhole = held !== undefined && held.goodTo >= Math.min((page + 1) * pageRows, end);
      if (!isWhole && !this.#asked.has(page)) missing.push(page);
    }
    return missing;
  }

  /** To be called before a page is asked for. */
  ask(page: number): void {
    this.#asked.set(page, Number.POSITIVE_INFINITY);
  }

  /** Takes the answer: the rows of the page that there are. Null: there was none, and it may be asked for again. */
  put(page: number, rows: readonly LogRow[] | null): void {
    const goodTo = this.#asked.get(page);
    this.#asked.delete(page);
    if (goodTo === undefined || rows === null) return;
    const places: LogRow[] = [];
    const start = page * pageRows;
    for (const row of rows) if (row.row >= start && row.row < start + pageRows) places[row.row - start] = row;
    this.#pages.delete(page);
    this.#pages.set(page, { rows: places, goodTo: Math.min(goodTo, start + places.length) });
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= this.#capacity) break;
      this.#pages.delete(oldest);
    }
  }

  /** The rows from `row` on have changed: they are shown as they were until they have been asked for again. */
  changed(row: number): void {
    for (const page of this.#pages.values()) page.goodTo = Math.min(page.goodTo, row);
    for (const [page, goodTo] of this.#asked) this.#asked.set(page, Math.min(goodTo, row));
  }

  /** It is another list from now on: answers that are still on their way are not for it. */
  clear(): void {
    this.#pages.clear();
    this.#asked.clear();
  }
}
