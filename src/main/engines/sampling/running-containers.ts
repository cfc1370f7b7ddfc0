import type { Engine } from "../engine.ts";

/** Besides on every event: limits of what events do not tell (a lost one, cgroups that get children). */
const refreshEveryMs = 15_000;

/** Events after which other containers run than before. */
const changing = new Set(["start", "die", "destroy", "restart"]);

/**
 * The ids of the containers that run, kept up to date by the engine's events. The list is made beside the sampling:
 * an engine that takes its time delays no reading.
 */
export class RunningContainers {
  readonly #engine: Engine;
  readonly #stop = new AbortController();
  #ids: readonly string[] = [];
  #stale = true;
  #listing = false;
  #listedAtMs = 0;
  #news = false;
  #failure: { error: unknown } | null = null;

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Gives it with the first list made. */
  static async watch(engine: Engine): Promise<RunningContainers> {
    const containers = new RunningContainers(engine);
    containers.#follow().catch((error: unknown) => containers.#fail(error));
    try {
      await containers.#list();
    } catch (error) {
      containers.close();
      throw error;
    }
    return containers;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  /** True once for each list made since. Throws what the engine or its events failed with. */
  takeNews(): boolean {
    if (this.#failure !== null) throw this.#failure.error;
    const dueAtMs = this.#listedAtMs + refreshEveryMs;
    if (!this.#listing && (this.#stale || performance.now() >= dueAtMs)) {
      this.#list().catch((error: unknown) => this.#fail(error));
    }
    const news = this.#news;
    this.#news = false;
    return news;
  }

  close(): void {
    this.#stop.abort();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
  }

  async #list(): Promise<void> {
    this.#listing = true;
    // An event that comes while the list is made makes it stale again.
    this.#stale = false;
    this.#listedAtMs = performance.now();
    try {
      this.#ids = await this.#engine.runningIds();
      this.#news = true;
    } finally {
      this.#listing = false;
    }
  }

  async #follow(): Promise<void> {
    for await (const event of this.#engine.events(this.#stop.signal)) {
      if (!changing.has(event.action)) continue;
      this.#stale = true;
      // Until the new list is there: what has ended is not "could not be measured".
      if (event.action === "die") this.#ids = this.#ids.filter((id) => id !== event.containerId);
    }
  }
}
