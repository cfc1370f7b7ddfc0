import type { VolumeOptions } from "../../../shared/domain/index.ts";
import { AppError } from "../../../shared/domain/index.ts";
import type { NetworkSpec, OwnedThings } from "../engine.ts";
import { createdAnswer, networkListAnswer, volumeListAnswer } from "./answers.ts";
import type { Containers } from "./containers.ts";
import { type EngineHttp, pathPart } from "./engine-http.ts";
import { networkBody, volumeBody } from "./shared-bodies.ts";

/** Networks and volumes, and everything that carries a label. */
export class OwnedThingsCalls {
  readonly #http: EngineHttp;
  readonly #containers: Containers;

  constructor(http: EngineHttp, containers: Containers) {
    this.#http = http;
    this.#containers = containers;
  }

  async createNetwork(name: string, spec: NetworkSpec): Promise<string> {
    const { Id } = await this.#http.json(createdAnswer, {
      method: "POST",
      path: "/networks/create",
      body: networkBody(name, spec),
      what: `Network ${name}`,
    });
    return Id;
  }

  removeNetwork(id: string): Promise<void> {
    return this.#remove(`/networks/${pathPart(id)}`, `Network ${id}`);
  }

  /** A volume of this name that is there already is kept as it is. */
  async createVolume(
    name: string,
    labels: Record<string, string>,
    options: VolumeOptions | null = null,
  ): Promise<void> {
    await this.#http.send({
      method: "POST",
      path: "/volumes/create",
      body: volumeBody(name, labels, options),
      what: `Volume ${name}`,
    });
  }

  removeVolume(name: string): Promise<void> {
    return this.#remove(`/volumes/${pathPart(name)}`, `Volume ${name}`);
  }

  async listByLabel(label: string): Promise<OwnedThings> {
    const filters = { label: [label] };
    const query = { filters: JSON.stringify(filters) };
    const [containers, networks, volumes] = await Promise.all([
      this.#containers.listed(filters),
      this.#http.json(networkListAnswer, { method: "GET", path: "/networks", query, what: "Networks" }),
      this.#http.json(volumeListAnswer, { method: "GET", path: "/volumes", query, what: "Volumes" }),
    ]);
    return {
      containers: containers.map((entry) => ({
        id: entry.Id,
        // A container that others link to has their names for it, too: `/other/alias`.
        name: (entry.Names?.find((name) => name.lastIndexOf("/") <= 0) ?? entry.Id).replace(/^\//, ""),
        labels: entry.Labels,
        running: entry.State === "running" || entry.State === "restarting" || entry.State === "paused",
        hasRun: entry.State !== "created" && entry.State !== "configured" && entry.State !== "initialized",
      })),
      networks: networks.map((network) => ({ id: network.Id, name: network.Name, labels: network.Labels })),
      volumes: volumes.Volumes.map((volume) => ({ name: volume.Name, labels: volume.Labels })),
    };
  }

  /** What is gone already needs no removing. */
  async #remove(path: string, what: string): Promise<void> {
    try {
      await this.#http.send({ method: "DELETE", path, what });
    } catch (error) {
      if (!(error instanceof AppError && error.code === "not-found")) throw error;
    }
  }
}
