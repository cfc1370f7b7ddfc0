import { AppError } from "../../shared/domain/index.ts";

interface Waiter {
  grant: () => void;
  refuse: (error: AppError) => void;
}

/**
 * Places for exec channels on one connection, first come, first served. sshd takes 10 of them (MaxSessions) and some
 * devices fewer: `shrink` lowers the number to what the server has just shown that it takes.
 */
export class ExecPool {
  #size: number;
  #inUse = 0;
  #open = 0;
  #mostOpen = 0;
  readonly #waiting: Waiter[] = [];
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

  closed(): void {
    this.#open -= 1;
    this.give();
  }

  /**
   * True when the server has taken one more than are open now before: then a refusal is not its limit. sshd counts a
   * session until its process has been reaped, which may be after its channel has closed.
   */
  get hasHeldMore(): boolean {
    return this.#open < this.#mostOpen;
  }

  /** Waits for a place. Throws `cancelled` when the signal aborts first, and the reason given to `close`. */
  async take(signal?: AbortSignal): Promise<void> {
    if (this.#closed !== null) throw this.#closed;
    if (signal?.aborted === true) throw cancelled();
    if (this.#inUse < this.#size && this.#waiting.length === 0) {
      this.#inUse += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(cancelled());
      };
      const waiter: Waiter = {
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
    });
  }

  /** Gives a place back whose channel was not opened. */
  give(): void {
    this.#inUse -= 1;
    while (this.#inUse < this.#size) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#inUse += 1;
      next.grant();
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
}

function cancelled(): AppError {
  return new AppError("cancelled", "Cancelled while it waited for a place on the connection.");
}
