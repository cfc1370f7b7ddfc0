/** Chance that can be had again: a test prints its seed, and BAYPLAN_CHAOS_SEED repeats what it did. */
export class SeededRandom {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed >>> 0;
    this.#state = this.seed;
  }

  /** At least 0, less than 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let value = this.#state;
    value = Math.imul(value ^ (value >>> 15), value | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.between(0, from.length - 1)];
    if (picked === undefined) throw new Error("There is nothing to pick from.");
    return picked;
  }

  shuffled<T>(of: readonly T[]): T[] {
    return of
      .map((one) => ({ one, at: this.next() }))
      .sort((left, right) => left.at - right.at)
      .map(({ one }) => one);
  }
}

export function chaosSeed(): number {
  return Number(process.env.BAYPLAN_CHAOS_SEED ?? Date.now() % 0x7fffffff);
}
