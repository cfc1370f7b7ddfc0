import { BoundedQueue } from "./bounded-queue.ts";

/** One source, any number of readers, each with a bounded queue of its own. */
export class Broadcast<T> {
  readonly #readers = new Set<BoundedQueue<T>>();
  #closed = false;

  get readerCount(): number {
    return this.#readers.size;
  }

  send(item: T): void {
    for (const reader of this.#readers) reader.push(item);
  }

  /** Ends every reader, after it has read what it was sent. */
  close(): void {
    this.#closed = true;
    for (const reader of this.#readers) reader.end();
    this.#readers.clear();
  }

  /** A queue of all that is sent from now on, until the signal aborts or `close`. The caller reads it or ends it. */
  subscribe(signal: AbortSignal, limit: number): BoundedQueue<T> {
    const queue = new BoundedQueue<T>(limit);
    if (this.#closed || signal.aborted) {
      queue.end();
      return queue;
    }
    this.#readers.add(queue);
    signal.addEventListener("abort", () => this.unsubscribe(queue), { once: true });
    return queue;
  }

  unsubscribe(queue: BoundedQueue<T>): void {
    this.#readers.delete(queue);
    queue.end();
  }
}
