import type { OomKill } from "../../../shared/domain/index.ts";
import { KernelLog, type LoggedKill } from "../sampling/index.ts";

/** How a service is found from a victim's cgroup, and an envelope from the group whose limit was hit. */
export interface OomPlaces {
  /** `/bayplan-…`; null when there is no envelope. */
  envelope: string | null;
  /** The containers of each service, for groups that the engine named. */
  containersOf: () => ReadonlyMap<string, readonly string[]>;
  services: readonly string[];
}

/** Says whose kill it was; null when it has nothing to do with this run. Pure. */
export function attributeKill(kill: LoggedKill, places: OomPlaces): Omit<OomKill, "atMs"> | null {
  const service = serviceOf(kill.victimGroup, places);
  if (service === null) return null;
  return { service, at: limitOf(kill, places), process: kill.process };
}

function serviceOf(group: string, places: OomPlaces): string | null {
  if (places.envelope !== null) {
    if (!group.startsWith(`${places.envelope}/`)) return null;
    const name = group.slice(places.envelope.length + 1).split("/")[0] ?? "";
    return places.services.includes(name) ? name : null;
  }
  for (const [service, ids] of places.containersOf()) {
    if (ids.some((id) => group.includes(id))) return service;
  }
  return null;
}

function limitOf(kill: LoggedKill, places: OomPlaces): OomKill["at"] {
  const { atGroup } = kill;
  if (atGroup === null) return "machine";
  if (places.envelope === null) {
    const ids = [...places.containersOf().values()].flat();
    return ids.some((id) => atGroup.includes(id)) ? "own-limit" : "machine";
  }
  if (atGroup === places.envelope) return "envelope";
  return atGroup.startsWith(`${places.envelope}/`) ? "own-limit" : "machine";
}

/**
 * Counts OOM kills while a run lasts. The kernel's log is the source; where it may not be read, an engine's event with
 * an end by SIGKILL (137) right after it is taken for one, and for whose limit it was there is only a guess.
 */
export class OomWatch {
  readonly #log = KernelLog.open();
  readonly #places: OomPlaces;
  readonly #hasOwnLimit: (service: string) => boolean;
  readonly #onKill: (kill: OomKill) => void;
  readonly #suspects = new Set<string>();
  readonly kills: OomKill[] = [];

  constructor(places: OomPlaces, hasOwnLimit: (service: string) => boolean, onKill: (kill: OomKill) => void) {
    this.#places = places;
    this.#hasOwnLimit = hasOwnLimit;
    this.#onKill = onKill;
  }

  /** Takes what the kernel's log has that is new. */
  poll(atMs: number): void {
    for (const logged of this.#log?.takeKills() ?? []) {
      const kill = attributeKill(logged, this.#places);
      if (kill !== null) this.#add({ ...kill, atMs });
    }
  }

  /** The engine says that a container's memory ran out. On cgroup v1 every container below the limit hears of it. */
  engineSaysOom(service: string): void {
    if (this.#log === null) this.#suspects.add(service);
  }

  containerEnded(service: string, exitCode: number | null, atMs: number): void {
    this.poll(atMs);
    if (!this.#suspects.delete(service) || exitCode !== 137) return;
    const envelope = this.#places.envelope !== null && !this.#hasOwnLimit(service);
    this.#add({ atMs, service, at: envelope ? "envelope" : "own-limit", process: null });
  }

  count(service: string): number {
    return this.kills.filter((kill) => kill.service === service).length;
  }

  close(): void {
    this.#log?.close();
  }

  #add(kill: OomKill): void {
    this.kills.push(kill);
    this.#onKill(kill);
  }
}
