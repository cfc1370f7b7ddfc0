import {
  AppError,
  type Build,
  type Container,
  type ContainerChange,
  type CreatedContainer,
  type EngineInfo,
  type LogBatch,
  type NewContainer,
  type VolumeOptions,
  whyNot,
} from "../../../shared/domain/index.ts";
import type {
  ContainerFile,
  ContainerInspection,
  ContainerSpec,
  DiskUse,
  Engine,
  EngineEvent,
  FollowLogOptions,
  ImageInspection,
  ImageLayers,
  InsideCommand,
  LogPiece,
  LogRequest,
  Loss,
  NetworkSpec,
  OwnedThings,
  Progress,
} from "../engine.ts";
import type { RegistryAccounts } from "../registry-accounts/index.ts";
import { startMade } from "../start-made.ts";
import { Containers, noUpdate } from "./containers.ts";
import { diskUse, imageLayers } from "./disk-use.ts";
import type { EngineHttp } from "./engine-http.ts";
import { followEvents } from "./events.ts";
import { followLog } from "./follow-log.ts";
import { buildImage } from "./image-build.ts";
import { inspectImage } from "./image-inspect.ts";
import { pullImage } from "./image-pull.ts";
import { readLogs } from "./logs.ts";
import { OwnedThingsCalls } from "./owned-things.ts";
import { runInside } from "./run-inside.ts";

/** An engine behind the Docker API. It owns the pool of sockets to it. */
export class DockerEngine implements Engine {
  readonly #http: EngineHttp;
  readonly #info: EngineInfo;
  readonly #accounts: RegistryAccounts;
  readonly #containers: Containers;
  readonly #owned: OwnedThingsCalls;

  constructor(http: EngineHttp, info: EngineInfo, accounts: RegistryAccounts) {
    this.#http = http;
    this.#info = info;
    this.#accounts = accounts;
    this.#containers = new Containers(http);
    this.#owned = new OwnedThingsCalls(http, this.#containers);
  }

  info(): Promise<EngineInfo> {
    return Promise.resolve(this.#info);
  }

  ping(): Promise<void> {
    return this.#http.send({ method: "GET", path: "/_ping", what: "The engine" });
  }

  listContainers(): Promise<Container[]> {
    return this.#containers.list();
  }

  runningIds(): Promise<string[]> {
    return this.#containers.runningIds();
  }

  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    return followEvents(this.#http, signal);
  }

  logs(request: LogRequest, signal: AbortSignal): AsyncIterable<LogBatch> {
    return readLogs(this.#http, this.#containers, request, signal);
  }

  followLog(containerId: string, options: FollowLogOptions, signal: AbortSignal): AsyncIterable<LogPiece> {
    return followLog(this.#http, this.#containers, containerId, options, signal);
  }

  inspectImage(reference: string): Promise<ImageInspection | null> {
    return inspectImage(this.#http, reference);
  }

  imageLayers(reference: string): Promise<ImageLayers> {
    return imageLayers(this.#http, reference);
  }

  diskUse(containerIds: readonly string[], signal: AbortSignal): Promise<DiskUse> {
    return diskUse(this.#http, containerIds, signal);
  }

  pullImage(reference: string, progress: Progress, signal: AbortSignal, platform: string | null = null): Promise<void> {
    return pullImage(this.#http, { reference, platform }, this.#accounts, progress, signal);
  }

  buildImage(build: Build, tag: string, progress: Progress, signal: AbortSignal): Promise<void> {
    return buildImage(this.#http, build, tag, this.#accounts, progress, signal);
  }

  express(spec: ContainerSpec): { spec: ContainerSpec; losses: Loss[] } {
    return { spec, losses: [] };
  }

  createContainer(spec: ContainerSpec): Promise<string> {
    return this.#containers.create(spec);
  }

  copyFiles(id: string, folder: string, files: readonly ContainerFile[]): Promise<void> {
    return this.#containers.copyFiles(id, folder, files);
  }

  runInside(id: string, command: InsideCommand, signal: AbortSignal): Promise<{ exitCode: number; output: string }> {
    return runInside(this.#http, id, command, signal);
  }

  async makeContainer(wanted: NewContainer, start: boolean, signal: AbortSignal): Promise<CreatedContainer> {
    if (wanted.kind === "kanto") throw noKantoFiles();
    const { image, name } = wanted;
    if ((await this.inspectImage(image)) === null) await this.pullImage(image, () => undefined, signal);
    const id = await this.#containers.createOf(image, name);
    if (start) await startMade(id, this.startContainer(id));
    return { container: await this.#containers.one(id), confirmedBy: "engine" };
  }

  startContainer(id: string): Promise<void> {
    return this.#containers.start(id);
  }

  stopContainer(id: string, graceMs: number): Promise<void> {
    return this.#containers.stop(id, graceMs);
  }

  restartContainer(id: string, graceMs: number): Promise<void> {
    return this.#containers.restart(id, graceMs);
  }

  pauseContainer(id: string): Promise<void> {
    return this.#containers.pause(id);
  }

  unpauseContainer(id: string): Promise<void> {
    return this.#containers.unpause(id);
  }

  renameContainer(id: string, name: string): Promise<void> {
    return this.#containers.rename(id, name);
  }

  async updateContainer(id: string, change: ContainerChange): Promise<void> {
    const reason = whyNot(this.#info, "update");
    if (reason !== null) throw noUpdate(reason);
    return this.#containers.update(id, change);
  }

  removeContainer(id: string): Promise<void> {
    return this.#containers.remove(id);
  }

  inspectContainer(id: string): Promise<ContainerInspection> {
    return this.#containers.inspect(id);
  }

  createNetwork(name: string, options: NetworkSpec): Promise<string> {
    return this.#owned.createNetwork(name, options);
  }

  removeNetwork(id: string): Promise<void> {
    return this.#owned.removeNetwork(id);
  }

  createVolume(name: string, labels: Record<string, string>, options?: VolumeOptions | null): Promise<void> {
    return this.#owned.createVolume(name, labels, options);
  }

  removeVolume(name: string): Promise<void> {
    return this.#owned.removeVolume(name);
  }

  listByLabel(label: string): Promise<OwnedThings> {
    return this.#owned.listByLabel(label);
  }

  close(): void {
    this.#http.close();
  }
}

function noKantoFiles(): AppError {
  return new AppError("unsupported", "This engine takes no container of Kanto's: that is for Eclipse Kanto alone.", {
    hint: "Give the image, or write a compose file and start it: bayplan up FILE --on DEVICE.",
  });
}
