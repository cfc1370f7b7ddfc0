import type { Service, Stack } from "../../../shared/domain/index.ts";
import type { Engine, OwnedThings, Progress } from "../../engines/index.ts";
import { dependentsToRestart } from "./dependents.ts";
import { defaultGraceMs } from "./grace.ts";
import { stopService } from "./hooks.ts";
import { composeLabels } from "./labels.ts";
import { type Ledger, unlessGone } from "./ledger.ts";

type OldContainer = OwnedThings["containers"][number];

export interface OldContainersParts {
  engine: Engine;
  stack: Stack;
  before: OwnedThings;
  ledger: Ledger;
  onProgress: Progress;
}

/** The containers that a stack had before: kept, or set aside until the ones in their place are well. */
export class OldContainers {
  readonly #parts: OldContainersParts;
  readonly #aside: OldContainer[] = [];
  readonly #stopped = new Set<string>();

  constructor(parts: OldContainersParts) {
    this.#parts = parts;
  }

  of(service: Service): OldContainer[] {
    return this.#parts.before.containers.filter(({ labels }) => labels[composeLabels.service] === service.name);
  }

  /**
   * What an `up` that was killed half way has left of a service beside the container that is kept: one that stood aside, one that was
   * never started.
   */
  leftoversOf(service: Service, kept: OldContainer): OldContainer[] {
    return this.of(service).filter((one) => one !== kept && (!one.hasRun || one.name !== frontName(one.name)));
  }

  /** Gives a container that stood aside when an `up` was killed its name back. */
  async giveNameBack(old: OldContainer): Promise<void> {
    const name = frontName(old.name);
    if (name === old.name) return;
    const { engine, ledger } = this.#parts;
    await engine.renameContainer(old.id, name);
    ledger.add(`${name} called ${old.name}`, () => engine.renameContainer(old.id, old.name));
  }

  /** Those of services that the file does not have any more. */
  get orphans(): OldContainer[] {
    const names = new Set(this.#parts.stack.services.map(({ name }) => name));
    return this.#parts.before.containers.filter(({ labels }) => !names.has(labels[composeLabels.service] ?? ""));
  }

  /** True when the service was stopped because something that it depends on is replaced. */
  isStopped(service: Service): boolean {
    return this.#stopped.has(service.name);
  }

  /** Stops a container and gives its name free; undoing that gives the name back and starts it again. */
  async setAside(service: Service, old: OldContainer): Promise<void> {
    const { stack } = this.#parts;
    for (const dependent of dependentsToRestart(stack.services, [service.name])) await this.#stopDependent(dependent);
    await this.putAside(service, old);
  }

  /** The same without those that depend on it, for what is in nobody's place. */
  async putAside(service: Service, old: OldContainer): Promise<void> {
    const { engine, ledger, onProgress } = this.#parts;
    onProgress(`Replacing ${old.name}`);
    if (old.running) {
      ledger.add(`${old.name} stopped`, () => engine.startContainer(old.id));
      await stopService({ engine, service, containerId: old.id, onProgress });
    }
    const asideName = `${frontName(old.name)}-before-${old.id.slice(0, 12)}`;
    if (asideName !== old.name) {
      await unlessGone(engine.renameContainer(old.id, asideName));
      ledger.add(`${old.name} called ${asideName}`, async () => {
        onProgress(`Going back to ${old.name} as it was`);
        await engine.renameContainer(old.id, old.name);
      });
    }
    this.#aside.push(old);
  }

  /** Removes what stands aside. */
  remove(): Promise<void> {
    return this.#removeAll(this.#aside);
  }

  /** Removes the containers of services that the file does not have any more, or says that they are there. */
  async settleOrphans(remove: boolean): Promise<void> {
    const { onProgress } = this.#parts;
    const orphans = this.orphans;
    if (!remove) {
      const names = orphans.map(({ name }) => name).join(", ");
      if (names !== "")
        onProgress(`Not in the file any more, and left as it is: ${names} (--remove-orphans removes it)`);
      return;
    }
    for (const { name } of orphans) {
      onProgress(`Removing ${name}: the file does not have it any more`);
    }
    await this.#removeAll(orphans);
  }

  /** What cannot be removed is said: the new containers are well all the same. */
  async #removeAll(containers: readonly OldContainer[]): Promise<void> {
    const { engine, onProgress } = this.#parts;
    for (const { id, name, running } of containers) {
      try {
        if (running) await unlessGone(engine.stopContainer(id, defaultGraceMs));
        await unlessGone(engine.removeContainer(id));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        onProgress(`${name} as it was before could not be removed: ${why}`);
      }
    }
  }

  async #stopDependent(service: Service): Promise<void> {
    if (this.#stopped.has(service.name)) return;
    this.#stopped.add(service.name);
    const { engine, ledger, onProgress } = this.#parts;
    for (const { id, name, running } of this.of(service)) {
      if (!running) continue;
      onProgress(`Stopping ${name}: what it depends on is replaced`);
      ledger.add(`${name} stopped`, () => engine.startContainer(id));
      await stopService({ engine, service, containerId: id, onProgress });
    }
  }
}

/** The name that a container has when it does not stand aside. */
function frontName(name: string): string {
  return name.replace(/(?:-before-[0-9a-f]{12})+$/, "");
}
