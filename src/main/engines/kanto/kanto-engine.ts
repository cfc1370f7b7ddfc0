import { setTimeout as sleep } from "node:timers/promises";
import {
  AppError,
  type Container,
  type ContainerChange,
  type CreatedContainer,
  type EngineInfo,
  type LogBatch,
  type NewContainer,
} from "../../../shared/domain/index.ts";
import type {
  ContainerInspection,
  ContainerSpec,
  Engine,
  EngineEvent,
  ImageInspection,
  LogRequest,
  Loss,
  OwnedThings,
} from "../engine.ts";
import { startMade } from "../start-made.ts";
import { kantoContainerBody, kantoLosses, withoutLosses } from "./container-body.ts";
import { readKantoFile } from "./container-file.ts";
import { containerFrom, inspectionFrom } from "./container-from-json.ts";
import { ContainerPoll } from "./container-poll.ts";
import { checkedId, type KantoCm } from "./kanto-cm.ts";
import { unreadable } from "./kanto-errors.ts";
import type { KantoThings } from "./kanto-things.ts";
import { readKantoLogs } from "./logs.ts";
import { readContainer, readContainerOrGone, readContainers } from "./read-containers.ts";
import { sizeText } from "./sizes.ts";
import { kantoCapabilities, noMqttError, noSuchThing, unsupportedByKanto } from "./unsupported.ts";

/** A create pulls the image first, on the device's own link. */
const createTimeoutMs = 600_000;
const startTimeoutMs = 60_000;
/** A stop takes as long as its grace and the daemon's own bookkeeping. */
const stopMarginMs = 30_000;
/** How long a look for MQTT may hold up the answer that the engine is well. */
const lookTimeoutMs = 3_000;
/** A forced removal stops first, with the daemon's own grace of 30 s. */
const removeTimeoutMs = 60_000;

/** The file's text goes through a pipe, since kanto-cm reads files only; a socket, as sshd gives, cannot be opened by name. */
const createScript = `cat | "$@" create -f /dev/stdin`;

export interface KantoParts {
  cm: KantoCm;
  /** But for its capabilities, which come and go with MQTT. */
  info: Omit<EngineInfo, "capabilities">;
  /** Where the daemon keeps its containers' logs. */
  logFolder: string;
  /** Kanto's MQTT side; or why it was not there when the engine was opened. */
  things: KantoThings | AppError;
  /** Opens it once more, when it has gone or comes late. */
  openThings: () => Promise<KantoThings | AppError>;
  pollEveryMs?: number;
  /** How often MQTT is looked for where it is not there. */
  lookForMqttEveryMs?: number;
}

/** Eclipse Kanto on a device: its command line, and beside it MQTT for what that cannot do. It owns the MQTT connection. */
export class KantoEngine implements Engine {
  readonly #cm: KantoCm;
  readonly #info: KantoParts["info"];
  readonly #logFolder: string;
  readonly #openThings: KantoParts["openThings"];
  #things: KantoThings | AppError;
  readonly #lookEveryMs: number;
  #lookedAtMs = Date.now();
  #opening: Promise<KantoThings | AppError> | null = null;
  #closed = false;
  readonly #poll: ContainerPoll;

  constructor(parts: KantoParts) {
    this.#cm = parts.cm;
    this.#info = parts.info;
    this.#logFolder = parts.logFolder;
    this.#things = parts.things;
    this.#openThings = parts.openThings;
    this.#lookEveryMs = parts.lookForMqttEveryMs ?? 60_000;
    this.#poll = new ContainerPoll(parts.cm, parts.pollEveryMs);
  }

  info(): Promise<EngineInfo> {
    const noMqtt = this.#things instanceof AppError ? this.#things : null;
    return Promise.resolve({ ...this.#info, capabilities: kantoCapabilities(noMqtt) });
  }

  /** Looks now and then whether MQTT has come, so that `info` does not go on saying that it is not there. */
  async ping(): Promise<void> {
    const isDue = this.#things instanceof AppError && Date.now() - this.#lookedAtMs >= this.#lookEveryMs;
    // A broker that hangs must not make the engine look as if it did: it is found by the next question.
    const look = isDue ? Promise.race([this.#thingsNow(), sleep(lookTimeoutMs, null, { ref: false })]) : null;
    await Promise.all([this.#cm.run(["sysinfo"], { what: "Kanto" }), look]);
  }

  async runningIds(): Promise<string[]> {
    return (await this.listContainers())
      .filter(({ state }) => state === "running" || state === "paused")
      .map(({ id }) => id);
  }

  async listContainers(): Promise<Container[]> {
    return (await readContainers(this.#cm)).map(containerFrom);
  }

  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    return this.#poll.events(signal);
  }

  logs(request: LogRequest, signal: AbortSignal): AsyncIterable<LogBatch> {
    return readKantoLogs({ cm: this.#cm, poll: this.#poll, logFolder: this.#logFolder }, request, signal);
  }

  express(spec: ContainerSpec): { spec: ContainerSpec; losses: Loss[] } {
    return { spec: withoutLosses(spec), losses: kantoLosses(spec) };
  }

  /** Kanto creates and pulls in one: the image is pulled by the daemon while this waits. */
  async createContainer(spec: ContainerSpec): Promise<string> {
    return this.#createByCommand(`Container ${spec.name}`, kantoContainerBody(spec));
  }

  /**
   * Over MQTT, where the Container feature tells what became of it; by the command line where MQTT is not there, or has no
   * word for something that the file says.
   */
  async makeContainer(wanted: NewContainer, start: boolean): Promise<CreatedContainer> {
    const given =
      wanted.kind === "kanto"
        ? wanted.container
        : { image: { name: wanted.image }, ...(wanted.name === null ? {} : { container_name: wanted.name }) };
    const file = readKantoFile(given);
    const things = await this.#thingsNow();
    if (things instanceof AppError || file.wordless.length > 0) {
      const id = await this.#createByCommand(`Container ${file.name ?? `of ${file.image}`}`, file.body);
      if (start) await startMade(id, this.startContainer(id));
      return { container: containerFrom(await readContainer(this.#cm, id)), confirmedBy: "engine" };
    }
    const onlyImage = wanted.kind === "image" && wanted.name === null;
    const creating = onlyImage ? things.create(file.image, start) : things.createAsWritten(file, start);
    const { id } = await this.#done(creating);
    return { container: containerFrom(await readContainer(this.#cm, id)), confirmedBy: "container-feature" };
  }

  async #createByCommand(what: string, container: Record<string, unknown>): Promise<string> {
    const body = JSON.stringify(container);
    const words = ["sh", "-c", createScript, "sh", ...this.#cm.asKantoUser([this.#cm.path])];
    const result = await this.#cm.exec(words, { what, timeoutMs: createTimeoutMs }, body);
    if (result.exitCode !== 0) throw this.#cm.failure(what, result);
    const id = result.stdout.trim().split("\n").at(-1)?.trim() ?? "";
    try {
      return checkedId(id);
    } catch (error) {
      throw unreadable(what, error);
    }
  }

  startContainer(id: string): Promise<void> {
    return this.#act(["start", checkedId(id)], id, startTimeoutMs);
  }

  stopContainer(id: string, graceMs: number): Promise<void> {
    const seconds = `${Math.ceil(graceMs / 1000)}s`;
    return this.#act(["stop", "-t", seconds, "-f", checkedId(id)], id, graceMs + stopMarginMs);
  }

  /** Older versions of kanto-cm say nothing of a removal that failed: so it is looked for afterwards. */
  async removeContainer(id: string): Promise<void> {
    try {
      await this.#act(["remove", "-f", checkedId(id)], id, removeTimeoutMs);
    } catch (error) {
      if (error instanceof AppError && error.code === "not-found") return;
      throw error;
    }
    if ((await readContainerOrGone(this.#cm, id)) === null) return;
    throw new AppError("engine-failed", `Container ${id}: Kanto says that it removed it, but it is still there.`, {
      hint: "Its reason is in the daemon's log: sudo journalctl -u container-management.",
    });
  }

  restartContainer(): Promise<void> {
    return unsupportedByKanto("restart");
  }

  async pauseContainer(id: string): Promise<void> {
    const things = await this.#reachThings();
    await this.#done(things.pause(id));
  }

  async unpauseContainer(id: string): Promise<void> {
    const things = await this.#reachThings();
    await this.#done(things.resume(id));
  }

  renameContainer(id: string, name: string): Promise<void> {
    if (!/^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/.test(name)) {
      return Promise.reject(new AppError("bad-input", `Kanto takes no container name like "${name}".`));
    }
    return this.#act(["rename", checkedId(id), name], id, startTimeoutMs);
  }

  async updateContainer(id: string, change: ContainerChange): Promise<void> {
    if (change.cpuCores !== null) throw noSuchThing("cpu-limit");
    const flags = updateFlags(change);
    if (flags.length > 0) await this.#act(["update", ...flags, checkedId(id)], id, startTimeoutMs);
  }

  async inspectContainer(id: string): Promise<ContainerInspection> {
    return inspectionFrom(await readContainer(this.#cm, id));
  }

  inspectImage(): Promise<ImageInspection | null> {
    return unsupportedByKanto("pull-image");
  }

  pullImage(): Promise<void> {
    return unsupportedByKanto("pull-image");
  }

  buildImage(): Promise<void> {
    return unsupportedByKanto("build-image");
  }

  createNetwork(): Promise<string> {
    return unsupportedByKanto("networks");
  }

  removeNetwork(): Promise<void> {
    return unsupportedByKanto("networks");
  }

  createVolume(): Promise<void> {
    return unsupportedByKanto("volumes");
  }

  removeVolume(): Promise<void> {
    return unsupportedByKanto("volumes");
  }

  listByLabel(): Promise<OwnedThings> {
    return unsupportedByKanto("labels");
  }

  close(): void {
    this.#closed = true;
    this.#poll.close();
    if (!(this.#things instanceof AppError)) this.#things.close();
  }

  /** Kanto's MQTT side as it is now, or why it is not there. */
  async #thingsNow(): Promise<KantoThings | AppError> {
    if (!(this.#things instanceof AppError || this.#things.ended)) return this.#things;
    // Two that want it at once share one: only the last would ever be closed.
    this.#opening ??= this.#openAgain();
    return this.#opening;
  }

  async #openAgain(): Promise<KantoThings | AppError> {
    try {
      this.#lookedAtMs = Date.now();
      const things = await this.#openThings();
      if (this.#closed && !(things instanceof AppError)) things.close();
      this.#things = things;
      return things;
    } finally {
      this.#opening = null;
    }
  }

  /** As above, but throws `unsupported` with the reason when it is not there. */
  async #reachThings(): Promise<KantoThings> {
    const things = await this.#thingsNow();
    if (things instanceof AppError) throw noMqttError(things);
    return things;
  }

  async #act(args: readonly string[], id: string, timeoutMs: number): Promise<void> {
    await this.#done(this.#cm.run(args, { what: `Container ${id}`, timeoutMs }));
  }

  /** Whatever became of it, the next look need not wait. */
  async #done<T>(act: Promise<T>): Promise<T> {
    try {
      return await act;
    } finally {
      this.#poll.lookNow();
    }
  }
}

function updateFlags({ memoryBytes, memoryReservationBytes, restart }: ContainerChange): string[] {
  const retries = restart?.policy === "on-failure" ? ["--rp-cnt", String(restart.maximumRetries ?? 0)] : [];
  return [
    ...(memoryBytes === null ? [] : ["--memory", sizeText(memoryBytes), "--memory-swap", sizeText(memoryBytes)]),
    ...(memoryReservationBytes === null ? [] : ["--memory-reservation", sizeText(memoryReservationBytes)]),
    ...(restart === null ? [] : ["--rp", restart.policy, ...retries]),
  ];
}
