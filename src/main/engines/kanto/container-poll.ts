import { type BoundedQueue, Broadcast } from "../../streams/index.ts";
import type { EngineEvent } from "../engine.ts";
import type { KantoCm } from "./kanto-cm.ts";
import { eventsBetween, type ListedRow, parseListTable } from "./list-table.ts";

/** Kanto tells of no change over its command line, so it is asked. One call of kanto-cm is tens of ms of a small board. */
const pollEveryMs = 5_000;

/** More than this many changes at once that nobody has read yet: the reader lists anew anyway. */
const waitingEventsMax = 1_000;

type Item = EngineEvent | { failure: unknown };

/** The one look for changes of a device, for as many readers as there are. It runs only while somebody reads. */
export class ContainerPoll {
  readonly #cm: KantoCm;
  readonly #everyMs: number;
  readonly #readers = new Broadcast<Item>();
  #running: AbortController | null = null;
  #wake: () => void = () => undefined;

  constructor(cm: KantoCm, everyMs = pollEveryMs) {
    this.#cm = cm;
    this.#everyMs = everyMs;
  }

  /** Events from now on. Throws what asking failed with; ends quietly when the signal aborts. */
  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    const queue = this.#readers.subscribe(signal, waitingEventsMax);
    signal.addEventListener("abort", () => this.#restIfUnread(), { once: true });
    if (!signal.aborted && this.#running === null) this.#start();
    return this.#read(queue, signal);
  }

  /** Looks at once: something was just done to a container. */
  lookNow(): void {
    this.#wake();
  }

  close(): void {
    this.#running?.abort();
    this.#running = null;
    this.#readers.close();
  }

  async *#read(queue: BoundedQueue<Item>, signal: AbortSignal): AsyncGenerator<EngineEvent, void, void> {
    try {
      for await (const item of queue) {
        if (!("failure" in item)) yield item;
        else if (!signal.aborted) throw item.failure;
      }
    } finally {
      this.#readers.unsubscribe(queue);
      this.#restIfUnread();
    }
  }

  #restIfUnread(): void {
    if (this.#readers.readerCount > 0) return;
    this.#running?.abort();
    this.#running = null;
  }

  #start(): void {
    const stop = new AbortController();
    this.#running = stop;
    this.#run(stop.signal).catch((failure: unknown) => {
      if (this.#running === stop) this.#running = null;
      if (!stop.signal.aborted) this.#readers.send({ failure });
    });
  }

  async #run(signal: AbortSignal): Promise<void> {
    let before: ListedRow[] | null = null;
    while (!signal.aborted) {
      const after = parseListTable(await this.#cm.run(["list"], { what: "Containers", signal }));
      for (const event of before === null ? [] : eventsBetween(before, after, Date.now())) this.#readers.send(event);
      before = after;
      await this.#wait(signal);
    }
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#wake = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, this.#everyMs);
      this.#wake = done;
      signal.addEventListener("abort", done, { once: true });
      if (signal.aborted) done();
    });
  }
}
