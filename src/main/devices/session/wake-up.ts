/** A wait that ends early when somebody calls: for retries that need not sit out their time. */
export class WakeUp {
  #wake: (() => void) | null = null;
  #pending = false;

  /** Ends the wait that is going on, or the next one at once. */
  call(): void {
    this.#pending = true;
    this.#wake?.();
  }

  /** Forgets a call that came before: what it asked for is being done. */
  reset(): void {
    this.#pending = false;
  }

  /** Waits for the time (null: without end), a call or the signal. True when it was called. */
  wait(ms: number | null, signal: AbortSignal): Promise<boolean> {
    if (this.#pending || signal.aborted) {
      const called = this.#pending;
      this.#pending = false;
      return Promise.resolve(called);
    }
    return new Promise((resolve) => {
      const finish = (): void => {
        if (timer !== null) clearTimeout(timer);
        signal.removeEventListener("abort", finish);
        this.#wake = null;
        const called = this.#pending;
        this.#pending = false;
        resolve(called);
      };
      const timer = ms === null ? null : setTimeout(finish, ms);
      signal.addEventListener("abort", finish, { once: true });
      this.#wake = finish;
    });
  }
}
