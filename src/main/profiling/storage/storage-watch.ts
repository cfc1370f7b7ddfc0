import {
  AppError,
  jsonLogBytes,
  logCapBytes,
  type Service,
  type StorageObservation,
} from "../../../shared/domain/index.ts";
import type { DiskUse, Engine } from "../../engines/index.ts";
import type { Printed } from "../logs/run-logs.ts";
import { imageBytes } from "./image-bytes.ts";

export interface StorageRequest {
  engine: Engine;
  services: readonly Service[];
  containersOf: () => ReadonlyMap<string, readonly string[]>;
  printed: (service: string) => Printed | null;
}

interface Reading {
  use: DiskUse;
  printed: ReadonlyMap<string, Printed | null>;
}

const noEngine = "This engine does not tell what images and volumes take.";

/**
 * What a stack takes on the disk, read at the start and the end of steady time, outside of it: an engine works for the answer.
 * What cannot be read is a reason and no failure.
 */
export class StorageWatch {
  readonly #request: StorageRequest;
  #from: Reading | null = null;
  #seen: StorageObservation | null = null;
  #reason = "The stack did not get to steady time.";

  constructor(request: StorageRequest) {
    this.#request = request;
  }

  async begin(signal: AbortSignal): Promise<void> {
    this.#from = await this.#read(signal);
  }

  async end(signal: AbortSignal): Promise<void> {
    const from = this.#from;
    const to = from === null ? null : await this.#read(signal);
    if (from === null || to === null) return;
    const images = await this.#images(to.use);
    if (images === null) return;
    const volumes = { fromBytes: sum(from.use.volumes.values()), toBytes: sum(to.use.volumes.values()) };
    if (volumes.toBytes === null || volumes.fromBytes === null) {
      this.#reason = `The engine does not know the size of ${namesOf(to.use)}.`;
      return;
    }
    this.#seen = {
      imagesBytes: images,
      volumes: { fromBytes: volumes.fromBytes, toBytes: volumes.toBytes },
      writable: { fromBytes: writable(from.use), toBytes: writable(to.use) },
      logs: this.#request.services.map(({ name, options }) => {
        const [before, after] = [bytesOf(from.printed.get(name)), bytesOf(to.printed.get(name))];
        const steadyBytes = before === null || after === null ? null : after - before;
        return { service: name, capBytes: logCapBytes(options), bytes: after, steadyBytes };
      }),
      binds: this.#request.services.flatMap(({ name, mounts }) =>
        mounts.flatMap(({ kind, readOnly, target }) => (kind === "bind" && !readOnly ? [`${name}:${target}`] : [])),
      ),
    };
  }

  /** What was seen, or why nothing was. */
  get outcome(): { seen: StorageObservation } | { seen: null; reason: string } {
    return this.#seen === null ? { seen: null, reason: this.#reason } : { seen: this.#seen };
  }

  async #read(signal: AbortSignal): Promise<Reading | null> {
    const { engine, services, containersOf, printed } = this.#request;
    const ids = [...containersOf().values()].flat();
    const use = await this.#ask(() => engine.diskUse?.(ids, signal));
    return use === null ? null : { use, printed: new Map(services.map(({ name }) => [name, printed(name)])) };
  }

  async #images({ containers }: DiskUse): Promise<number | null> {
    const { engine } = this.#request;
    const ids = [...new Set([...containers.values()].map(({ imageId }) => imageId))];
    const images = await this.#ask(async () => {
      const all = await Promise.all(ids.map((id) => engine.imageLayers?.(id)));
      return all.every((one) => one !== undefined) ? all : undefined;
    });
    return images === null ? null : imageBytes(images);
  }

  async #ask<T>(ask: () => Promise<T | undefined> | undefined): Promise<T | null> {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      this.#reason = noEngine;
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "cancelled") throw error;
      this.#reason = error.message;
    }
    return null;
  }
}

function writable({ containers }: DiskUse): number {
  return sum([...containers.values()].map(({ writableBytes }) => writableBytes)) ?? 0;
}

function bytesOf(printed: Printed | null | undefined): number | null {
  return printed === null || printed === undefined ? null : jsonLogBytes(printed.bytes, printed.lines);
}

/** Null when one of them is. */
function sum(values: Iterable<number | null>): number | null {
  let total: number | null = 0;
  for (const value of values) total = value === null || total === null ? null : total + value;
  return total;
}

function namesOf({ volumes }: DiskUse): string {
  return [...volumes].flatMap(([name, bytes]) => (bytes === null ? [name] : [])).join(" and ");
}
