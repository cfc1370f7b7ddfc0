import type { Engine } from "../../engines/index.ts";
import { startOrder } from "../order.ts";
import type { Conditions, Started } from "./conditions.ts";
import type { ContainerWatch } from "./container-watch.ts";
import { stopService } from "./hooks.ts";
import { unlessGone } from "./ledger.ts";
import type { SharedThings } from "./shared-things.ts";
import type { StackEvent } from "./stack-event.ts";

export interface RunningParts {
  engine: Engine;
  project: string;
  started: readonly Started[];
  shared: SharedThings;
  watch: ContainerWatch;
  conditions: Conditions;
  /** What happened since the start, the newest last; the oldest fall out of a long list. */
  events: readonly StackEvent[];
  signal: AbortSignal;
}

/** A stack that has been started. Whoever holds it calls `remove`, or `close` to leave it up. */
export class RunningStack {
  /** The name it has on the engine; a run has one of its own. */
  readonly project: string;
  readonly services: ReadonlyMap<string, { containerIds: string[] }>;
  readonly events: readonly StackEvent[];
  /**
   * All services but those that only make load: running, and healthy where they have a check.
   * Rejects with AppError `engine-failed` when one ends or becomes unhealthy, `cancelled` after `close` or abort.
   */
  readonly whenHealthy: Promise<void>;
  readonly #parts: RunningParts;

  constructor(parts: RunningParts) {
    this.#parts = parts;
    this.project = parts.project;
    this.events = parts.events;
    this.services = new Map(
      parts.started.map(({ service, containerId }) => [service.name, { containerIds: [containerId] }]),
    );
    const deployed = parts.started.filter(({ service }) => !service.load);
    const ups = deployed.map((started) => parts.conditions.waitUntilUp(started, parts.signal));
    this.whenHealthy = Promise.all(ups).then(() => undefined);
    // Whoever awaits it gets the failure all the same; without this a holder that does not ask would end the process.
    this.whenHealthy.catch(() => undefined);
  }

  /** Stops every container, dependents before what they depend on; each has the grace given, its own, or 10 s. */
  async stop(graceMs?: number): Promise<void> {
    const { engine, started } = this.#parts;
    for (const group of startOrder(started.map(({ service }) => service)).reverse()) {
      const stops = started
        .filter(({ service }) => group.includes(service))
        .map(({ service, containerId }) =>
          stopService({ engine, service, containerId, onProgress: () => undefined }, graceMs),
        );
      await Promise.all(stops);
    }
  }

  /**
   * Removes containers and networks, and with `volumes` the stack's own volumes with their data; the watch ends.
   * Goes on after a failure and throws the first one at the end.
   */
  async remove({ volumes }: { volumes: boolean }): Promise<void> {
    const { engine, started, shared } = this.#parts;
    this.close();
    const failures: unknown[] = [];
    const attempt = async (removal: Promise<void>) => {
      try {
        await unlessGone(removal);
      } catch (error) {
        failures.push(error);
      }
    };
    for (const { containerId } of [...started].reverse()) await attempt(engine.removeContainer(containerId));
    for (const id of shared.networkIds) await attempt(engine.removeNetwork(id));
    if (volumes) for (const name of shared.volumeNames) await attempt(engine.removeVolume(name));
    if (failures.length > 0) throw failures[0];
  }

  /** Ends the watch and leaves the stack as it is. */
  close(): void {
    this.#parts.watch.close();
  }
}
