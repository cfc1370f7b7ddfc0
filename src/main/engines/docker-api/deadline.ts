import { AppError } from "../../../shared/domain/index.ts";

const defaultTimeoutMs = 60_000;

/** The caller's signal and the time limit as one signal whose reason is the failure to report. */
export class Deadline {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout | null;
  readonly #source: AbortSignal | undefined;
  readonly #onAbort: () => void;

  constructor(request: { signal?: AbortSignal; timeoutMs?: number | null; what: string }) {
    const timeoutMs = request.timeoutMs === undefined ? defaultTimeoutMs : request.timeoutMs;
    this.#source = request.signal;
    this.#onAbort = () => this.#abort.abort(new AppError("cancelled", `${request.what}: cancelled.`));
    this.#source?.addEventListener("abort", this.#onAbort, { once: true });
    if (this.#source?.aborted === true) this.#onAbort();
    this.#timer =
      timeoutMs === null
        ? null
        : setTimeout(() => {
            const message = `${request.what}: the engine has not answered for ${timeoutMs / 1000} s.`;
            this.#abort.abort(new AppError("timed-out", message, { hint: "The engine may be overloaded or hang." }));
          }, timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  release(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#source?.removeEventListener("abort", this.#onAbort);
  }
}
