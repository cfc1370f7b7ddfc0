import { AppError } from "../../../shared/domain/index.ts";
import type { Engine, EngineEvent } from "../../engines/index.ts";
import { type OnStackEvent, serviceEvent } from "./stack-event.ts";

/** Events wake a waiter up at once; this is how long it sleeps when one was missed. */
const lookAgainMs = 1000;

/** A kill by the kernel follows its notice at once; what ends later ends for another reason. */
const oomWindowMs = 5000;

const sigkillExitCode = 137;

interface Watched {
  service: string;
  hasEnded: boolean;
  oomAtMs: number | null;
}

/**
 * Follows the engine's events of a stack's containers: tells what happened, and wakes up who waits for a change.
 * Whoever makes one closes it.
 */
export class ContainerWatch {
  readonly #watched = new Map<string, Watched>();
  readonly #closing = new AbortController();
  readonly #wakers = new Set<() => void>();
  /** Why the events ended although nobody closed the watch. */
  #failure: unknown = null;

  constructor(
    engine: Engine,
    readonly onEvent: OnStackEvent,
  ) {
    void this.#follow(engine);
  }

  add(service: string, containerId: string): void {
    this.#watched.set(containerId, { service, hasEnded: false, oomAtMs: null });
  }

  /**
   * Looks until the look gives something, again at each event of these containers and at least once a second.
   * @throws what the look throws; AppError `no-engine` or `engine-failed` when the engine went away; the signal's reason.
   */
  async until<T>(look: () => Promise<T | null>, signal: AbortSignal): Promise<T> {
    for (;;) {
      signal.throwIfAborted();
      this.#closing.signal.throwIfAborted();
      // Listening begins before the look: what happens in between is not lost.
      const change = this.#nextChange(signal);
      try {
        const found = await look();
        if (found !== null) return found;
        if (this.#failure !== null) throw this.#failure;
        await change.promise;
      } finally {
        change.release();
      }
    }
  }

  close(): void {
    this.#closing.abort(new AppError("cancelled", "The stack is not watched any more."));
    for (const wake of [...this.#wakers]) wake();
  }

  #nextChange(signal: AbortSignal): { promise: Promise<void>; release: () => void } {
    let wake = (): void => undefined;
    const promise = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const timer = setTimeout(wake, lookAgainMs);
    this.#wakers.add(wake);
    signal.addEventListener("abort", wake);
    const release = () => {
      clearTimeout(timer);
      this.#wakers.delete(wake);
      signal.removeEventListener("abort", wake);
    };
    return { promise, release };
  }

  async #follow(engine: Engine): Promise<void> {
    try {
      for await (const event of engine.events(this.#closing.signal)) this.#take(event);
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#failure = error;
      const text = `The engine's events ended: ${error instanceof Error ? error.message : String(error)}`;
      this.onEvent({
        atMs: Date.now(),
        kind: "note",
        phase: null,
        service: null,
        containerId: null,
        exitCode: null,
        text,
      });
      for (const wake of [...this.#wakers]) wake();
    }
  }

  #take(event: EngineEvent): void {
    const watched = this.#watched.get(event.containerId);
    if (watched === undefined) return;
    const { service } = watched;
    const tell = (kind: Parameters<typeof serviceEvent>[0], text: string, exitCode: number | null = null) =>
      this.onEvent(serviceEvent(kind, event.atMs, service, event.containerId, text, exitCode));
    if (event.action === "start" && watched.hasEnded) tell("restarted", `${service} was started again`);
    if (event.action === "oom") watched.oomAtMs = event.atMs;
    if (event.action === "die") {
      watched.hasEnded = true;
      // The notice alone says little: a full envelope sends it to every container inside, whichever one is killed.
      const wasKilled = event.exitCode === sigkillExitCode && event.atMs - (watched.oomAtMs ?? 0) < oomWindowMs;
      if (wasKilled) tell("oom-kill", `${service} was killed because memory ran out`);
      tell("exited", `${service} ended with exit code ${event.exitCode ?? "unknown"}`, event.exitCode);
    }
    if (event.action === "health" && event.health === "healthy") tell("healthy", `${service} is healthy`);
    if (event.action === "health" && event.health === "unhealthy") tell("unhealthy", `${service} is unhealthy`);
    for (const wake of [...this.#wakers]) wake();
  }
}
