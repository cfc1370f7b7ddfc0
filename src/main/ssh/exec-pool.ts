import { AppError } from "../../shared/domain/index.ts";

/** `brief` ends by itself soon; `stream` goes on for as long as somebody wants it. */
export type PlaceUse = "brief" | "stream";

/** The sessions of one connection, for whoever holds some that could be done without. */
export interface SessionPlaces {
  /** How many there are at once, as far as the server has shown. */
  readonly max: number;
  /** True while somebody waits for one. */
  readonly crowded: boolean;
  /** Calls back whenever somebody begins to wait. The function given back ends that. */
  onCrowded(listener: () => void): () => void;
}

interface Waiter {
  use: PlaceUse;
  grant: () => void;
  refuse: (error: AppError) => void;
}

/**
 * Places for exec channels on one connection, first come, first served. sshd takes 10 of them (MaxSessions) and some
 * devices fewer: `shrink` lowers the number to what the server has just shown that it takes. Streams never get the last
 * places: what is brief always comes to its turn, however many streams there are.
 */
export class ExecPool implements SessionPlaces {
  #size: number;
  #inUse = 0;
  #streams = 0;
  #open = 0;
  #mostOpen = 0;
  readonly #waiting: Waiter[] = [];
  readonly #listeners = new Set<() => void>();
  #closed: AppError | null = null;

  constructor(size: number) {
    this.#size = size;
  }

  get inUse(): number {
    return this.#inUse;
  }

  /** The channel of a place that was taken is open; `closed` gives the place back. */
  opened(): void {
    this.#open += 1;
    this.#mostOpen = Math.max(this.#mostOpen, this.#open);
  }

  closed(use: PlaceUse = "brief"): void {
    this.#open -= 1;
    this.give(use);
  }

  /**
   * True when the server has taken one more than are open now before: then a refusal is not its limit. sshd counts a
   * session until its process has been reaped, which may be after its channel has closed.
   */
  get hasHeldMore(): boolean {
    return this.#open < this.#mostOpen;
  }

  /** True once the server has taken a session. */
  get hasOpened(): boolean {
    return this.#mostOpen > 0;
  }

  get max(): number {
    return this.#size;
  }

  get crowded(): boolean {
    return this.#waiting.length > 0;
  }

  onCrowded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Waits for a place. Throws `cancelled` when the signal aborts first, and the reason given to `close`. */
  async take(signal?: AbortSignal, use: PlaceUse = "brief"): Promise<void> {
    if (this.#closed !== null) throw this.#closed;
    if (signal?.aborted === true) throw cancelled();
    const isPassing = this.#waiting.some((other) => other.use === use || other.use === "brief");
    if (this.#hasPlace(use) && !isPassing) {
      this.#occupy(use);
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(cancelled());
      };
      const waiter: Waiter = {
        use,
        grant: () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
        refuse: (error) => {
          signal?.removeEventListener("abort", onAbort);
          reject(error);
        },
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(waiter);
      for (const listener of this.#listeners) listener();
    });
  }

  /** Gives a place back whose channel was not opened. */
  give(use: PlaceUse = "brief"): void {
    this.#inUse -= 1;
    if (use === "stream") this.#streams -= 1;
    for (;;) {
      const next = this.#waiting.findIndex((waiter) => this.#hasPlace(waiter.use));
      const [waiter] = next < 0 ? [] : this.#waiting.splice(next, 1);
      if (waiter === undefined) return;
      this.#occupy(waiter.use);
      waiter.grant();
    }
  }

  /** The server refused the last place that was taken: no more than the others from now on, but always one. */
  shrink(): void {
    this.#size = Math.max(1, Math.min(this.#size, this.#inUse - 1));
  }

  close(reason: AppError): void {
    this.#closed = reason;
    for (const waiter of this.#waiting.splice(0)) waiter.refuse(reason);
  }

  #hasPlace(use: PlaceUse): boolean {
    return this.#inUse < this.#size && (use === "brief" || this.#streams < streamPlaces(this.#size));
  }

  #occupy(use: PlaceUse): void {
    this.#inUse += 1;
    if (use === "stream") this.#streams += 1;
  }
}

/** Two places are left for what is brief where there are enough, and one where there are few. */
export function streamPlaces(size: number): number {
  return Math.max(1, size - (size >= 6 ? 2 : 1));
}

function cancelled(): AppError {
  return new AppError("cancelled", "Cancelled while it waited for a place on the connection.");
}
