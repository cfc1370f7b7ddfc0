import { Readable } from "node:stream";
import { AppError, type Container, type ContainerChange } from "../../../shared/domain/index.ts";
import { packFiles } from "../build-context/index.ts";
import type { ContainerFile, ContainerInspection, ContainerSpec } from "../engine.ts";
import {
  type ContainerAnswer,
  containerAnswer,
  containerListAnswer,
  createdAnswer,
  type ListedContainer,
} from "./answers.ts";
import { containerFrom, inspectionFrom } from "./container-answer.ts";
import { containerBody, endpointBody, updateBody } from "./container-body.ts";
import { type EngineHttp, pathPart } from "./engine-http.ts";
import { mapBounded } from "./map-bounded.ts";

/** Inspections at once: enough to hide the round trips, few enough for a small device. */
const inspectionsAtOnce = 8;

/** One container takes about 10 KB, and now and then a label that holds a file. */
const inspectionMaxBytes = 1024 * 1024;

/** A stop takes as long as its grace and the engine's own bookkeeping. */
const stopMarginMs = 30_000;

/** The engine's own calls on containers. */
export class Containers {
  readonly #http: EngineHttp;

  constructor(http: EngineHttp) {
    this.#http = http;
  }

  /** Every container, running or not, in the engine's order (newest first). */
  async list(): Promise<Container[]> {
    const listed = await this.listed({});
    const containers = await mapBounded(listed, inspectionsAtOnce, async (entry) => {
      const answer = await this.#answerOrGone(entry.Id);
      return answer === null ? null : containerFrom(entry, answer);
    });
    return containers.filter((container) => container !== null);
  }

  /** One question, whereas the whole list asks for every container besides. */
  async runningIds(): Promise<string[]> {
    const listed = await this.listed({ status: ["running", "paused"] });
    return listed.map(({ Id }) => Id);
  }

  /** One container as the list has it. Throws `not-found`. */
  async one(id: string): Promise<Container> {
    const answer = await this.answer(id);
    const [entry] = await this.listed({ id: [id] });
    if (entry === undefined) throw new AppError("not-found", `Container ${shortId(id)} has gone.`);
    return containerFrom(entry, answer);
  }

  listed(filters: Record<string, string[]>): Promise<ListedContainer[]> {
    return this.#http.json(containerListAnswer, {
      method: "GET",
      path: "/containers/json",
      query: { all: "1", filters: JSON.stringify(filters) },
      what: "Containers",
    });
  }

  answer(id: string): Promise<ContainerAnswer> {
    return this.#http.json(containerAnswer, {
      method: "GET",
      path: `/containers/${pathPart(id)}/json`,
      maxBytes: inspectionMaxBytes,
      what: `Container ${shortId(id)}`,
    });
  }

  /** Writes files below a folder of a container, running or not. */
  async copyFiles(id: string, folder: string, files: readonly ContainerFile[]): Promise<void> {
    await this.#http.send({
      method: "PUT",
      path: `/containers/${pathPart(id)}/archive`,
      query: { path: folder },
      file: Readable.from([packFiles(files)]),
      what: `Files of container ${shortId(id)}`,
    });
  }

  async inspect(id: string): Promise<ContainerInspection> {
    return inspectionFrom(await this.answer(id));
  }

  /** Creates a container and connects it to all of its networks; when that fails nothing is left behind. */
  async create(spec: ContainerSpec): Promise<string> {
    const what = `Container ${spec.name}`;
    const { Id: id } = await this.#http.json(createdAnswer, {
      method: "POST",
      path: "/containers/create",
      query: { name: spec.name, ...platformQuery(spec) },
      body: containerBody(spec),
      what,
    });
    try {
      for (const network of spec.networks.slice(1)) {
        await this.#http.send({
          method: "POST",
          path: `/networks/${pathPart(network.name)}/connect`,
          body: { Container: id, EndpointConfig: endpointBody(network, spec.links ?? []) },
          what: `${what} in network ${network.name}`,
        });
      }
    } catch (error) {
      await this.remove(id);
      throw error;
    }
    return id;
  }

  /** Creates a container of an image that is there, with the engine's defaults. */
  async createOf(image: string, name: string | null): Promise<string> {
    const { Id: id } = await this.#http.json(createdAnswer, {
      method: "POST",
      path: "/containers/create",
      query: name === null ? {} : { name },
      body: { Image: image },
      what: name === null ? `A container of ${image}` : `Container ${name}`,
    });
    return id;
  }

  start(id: string): Promise<void> {
    return this.#post(id, "start", {}, undefined);
  }

  stop(id: string, graceMs: number): Promise<void> {
    return this.#post(id, "stop", { t: String(Math.ceil(graceMs / 1000)) }, graceMs + stopMarginMs);
  }

  restart(id: string, graceMs: number): Promise<void> {
    return this.#post(id, "restart", { t: String(Math.ceil(graceMs / 1000)) }, graceMs + stopMarginMs);
  }

  pause(id: string): Promise<void> {
    return this.#post(id, "pause", {}, undefined);
  }

  unpause(id: string): Promise<void> {
    return this.#post(id, "unpause", {}, undefined);
  }

  rename(id: string, name: string): Promise<void> {
    return this.#post(id, "rename", { name }, undefined);
  }

  /** The engine answers with warnings, for example that the kernel cannot limit memory: they are not failures. */
  async update(id: string, change: ContainerChange): Promise<void> {
    const { HostConfig } = await this.answer(id);
    try {
      await this.#http.send({
        method: "POST",
        path: `/containers/${pathPart(id)}/update`,
        body: updateBody(change, HostConfig),
        what: `Container ${shortId(id)}`,
      });
    } catch (error) {
      // The container was there a moment ago: it is the call that is not (Podman's router says nothing but this).
      const noSuchCall =
        error instanceof AppError && error.code === "not-found" && /: Not Found\.$/.test(error.message);
      throw noSuchCall ? noUpdate(unnamedNoUpdate, error) : error;
    }
  }

  /** Kills it if need be; its anonymous volumes go with it. One that is gone already is no failure. */
  async remove(id: string): Promise<void> {
    try {
      await this.#http.send({
        method: "DELETE",
        path: `/containers/${pathPart(id)}`,
        query: { force: "1", v: "1" },
        what: `Container ${shortId(id)}`,
      });
    } catch (error) {
      const gone = error instanceof AppError && error.code === "not-found";
      // Somebody else's removal goes on: two clean-ups at once want the same.
      const going = error instanceof AppError && error.code === "conflict" && /already in progress/.test(error.message);
      if (!gone && !going) throw error;
    }
  }

  async #answerOrGone(id: string): Promise<ContainerAnswer | null> {
    try {
      return await this.answer(id);
    } catch (error) {
      if (error instanceof AppError && error.code === "not-found") return null;
      throw error;
    }
  }

  #post(id: string, verb: string, query: Record<string, string>, timeoutMs: number | undefined): Promise<void> {
    return this.#http.send({
      method: "POST",
      path: `/containers/${pathPart(id)}/${verb}`,
      query,
      what: `Container ${shortId(id)}`,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }
}

const unnamedNoUpdate = "This engine cannot change a container while it runs: its API has no such call.";

export function noUpdate(reason: string, cause?: AppError): AppError {
  return new AppError("unsupported", reason, { hint: "Create the container again with the new limits.", cause });
}

/** As engines print ids; names are left as they are. */
/** An engine that has the image for another platform refuses then, which is what the file asks for. */
function platformQuery({ service }: ContainerSpec): Record<string, string> {
  const { platform } = service.options;
  return platform === null ? {} : { platform };
}

function shortId(id: string): string {
  return /^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id;
}
