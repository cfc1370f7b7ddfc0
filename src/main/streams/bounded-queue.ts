/**
 * A queue between a source that pushes and a reader that pulls. It never grows past its bound: when the reader is too
 * slow the oldest items are dropped and counted, so that one slow window costs nobody else memory.
 */
export class BoundedQueue<T> implements AsyncIterable<T> {
  readonly #limit: number;
  readonly #items: T[] = [];
  #dropped = 0;
  #ended = false;
  #failure: { error: unknown } | null = null;
  #wake: (() => void) | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(item: T): void {
    if (this.#ended) return;
    this.#items.push(item);
    if (this.#items.length > this.#limit) {
      this.#items.shift();
      this.#dropped += 1;
    }
    this.#signal();
  }

  /** The reader gets what is still queued, then the end. */
  end(): void {
    this.#ended = true;
    this.#signal();
  }

  /** The reader gets what is still queued, then the error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.end();
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** How many items were dropped since this was asked last. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** Everything that is queued, at once and without waiting. */
  takeAll(): T[] {
    return this.#items.splice(0);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    try {
      for (;;) {
        const item = this.#items.shift();
        if (item !== undefined) {
          yield item;
        } else if (this.#ended) {
          if (this.#failure !== null) throw this.#failure.error;
          return;
        } else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
      }
    } finally {
      this.#ended = true;
      this.#items.length = 0;
    }
  }

  #signal(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}
