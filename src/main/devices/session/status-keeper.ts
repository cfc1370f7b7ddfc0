import type { SessionStatus } from "./session-status.ts";

/** The status of one session, told on every change; it stays as it is once the session closes. */
export class StatusKeeper {
  #current: SessionStatus;
  readonly #closing: AbortSignal;
  readonly #onStatus: (status: SessionStatus) => void;

  constructor(initial: SessionStatus, closing: AbortSignal, onStatus: (status: SessionStatus) => void) {
    this.#current = initial;
    this.#closing = closing;
    this.#onStatus = onStatus;
  }

  get current(): SessionStatus {
    return this.#current;
  }

  update(change: Partial<SessionStatus>): void {
    if (this.#closing.aborted) return;
    const next = { ...this.#current, ...change };
    const isSameState = next.state === this.#current.state && next.trouble?.code === this.#current.trouble?.code;
    this.#current = { ...next, sinceMs: isSameState ? this.#current.sinceMs : Date.now() };
    this.#onStatus(this.#current);
  }
}
