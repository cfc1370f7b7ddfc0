/** The rows that a search has found, ascending: four bytes each, however many they are. */
export class HitList {
  #rows = new Uint32Array(256);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Adds rows that are behind all that are here, ascending. */
  add(rows: readonly number[]): void {
    const wanted = this.#count + rows.length;
    if (wanted > this.#rows.length) {
      const larger = new Uint32Array(Math.max(wanted, this.#rows.length * 2));
      larger.set(this.#rows);
      this.#rows = larger;
    }
    this.#rows.set(rows, this.#count);
    this.#count = wanted;
  }

  /** Lets the rows from `row` on go. */
  cutFrom(row: number): void {
    this.#count = this.indexFrom(row);
  }

  has(row: number): boolean {
    return this.at(this.indexFrom(row)) === row;
  }

  /** The hit with this number, counted from 0. */
  at(index: number): number | undefined {
    return index >= 0 && index < this.#count ? this.#rows[index] : undefined;
  }

  /** The number of the first hit at or behind a row; the count of all when there is none. */
  indexFrom(row: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
