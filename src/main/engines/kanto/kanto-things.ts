import { randomUUID } from "node:crypto";
import * as z from "zod";
import { AppError, type ContainerChange } from "../../../shared/domain/index.ts";
import type { SshConnection } from "../../ssh/index.ts";
import { BoundedQueue } from "../../streams/index.ts";
import type { ContainerSpec } from "../engine.ts";
import type { KantoFile } from "./container-file.ts";
import { containersThing, requestBody, requestTopic } from "./ditto.ts";
import { createValue, updateValue } from "./ditto-config.ts";
import type { FeatureNews, KantoMetrics } from "./feature-news.ts";
import { qualifiedImage } from "./image-name.ts";
import { Inbox } from "./inbox.ts";
import { checkedId } from "./kanto-cm.ts";
import { MqttLink } from "./mqtt-link.ts";
import { noSuchThing } from "./unsupported.ts";

/** The device's own answer to who it is: at once, or its suite connector does not run. */
const identityTimeoutMs = 2_000;
const requestTimeoutMs = 20_000;
/** A create pulls the image first, on the device's own link. */
const createTimeoutMs = 600_000;
/** How long the twin may take to tell of what a request has done. */
const confirmTimeoutMs = 20_000;
/** Readings that wait for a slow reader; the oldest go. */
const waitingMetricsMax = 60;

/** What became of a create: the id that Kanto gave, and the state that its twin tells, `RUNNING` or `CREATED`. */
export interface KantoCreated {
  id: string;
  name: string;
  status: string;
}

export interface KantoThingsOptions {
  connection: SshConnection;
  /** As the device reaches it. */
  broker: { host: string; port: number };
  /** What the requests and their confirmation may take, for tests. */
  timeouts?: { requestMs?: number; confirmMs?: number; identityMs?: number };
}

/**
 * Kanto's containers through its MQTT side (CM things/client): the features ContainerFactory, `Container:<id>` and
 * Metrics. Every request is answered, and its outcome is confirmed by what the Container feature tells afterwards, since
 * Kanto answers before it is so, and only logs a start that fails. Throws `engine-failed` and `not-found` with the
 * daemon's own words, `timed-out`, and what the broker or the connection ended with.
 */
export class KantoThings {
  /** The gateway's id, `namespace:name`. */
  readonly deviceId: string;
  readonly #link: MqttLink;
  readonly #thingId: string;
  readonly #inbox: Inbox;
  readonly #requestMs: number;
  readonly #confirmMs: number;

  private constructor(link: MqttLink, inbox: Inbox, deviceId: string, timeouts: KantoThingsOptions["timeouts"]) {
    this.deviceId = deviceId;
    this.#link = link;
    this.#inbox = inbox;
    this.#thingId = containersThing(deviceId);
    this.#requestMs = timeouts?.requestMs ?? requestTimeoutMs;
    this.#confirmMs = timeouts?.confirmMs ?? confirmTimeoutMs;
  }

  /** Asks the device who it is and listens to its containers. Throws `timed-out` when the broker is there, but not Kanto. */
  static async open({ connection, broker, timeouts }: KantoThingsOptions): Promise<KantoThings> {
    const inbox = new Inbox();
    const link = await MqttLink.open(connection, broker, (topic, payload) => inbox.take(topic, payload));
    try {
      link.onEnded((reason) => inbox.end(reason));
      const identity = inbox.nextIdentity(timeouts?.identityMs ?? identityTimeoutMs);
      identity.catch(() => undefined);
      await link.subscribe(["edge/thing/response"]);
      await link.publish("edge/thing/request", "{}");
      const deviceId = await identity;
      const thingId = containersThing(deviceId);
      await link.subscribe([`command//${thingId}/res/#`, `e/+/${thingId}`, `t/+/${thingId}`]);
      return new KantoThings(link, inbox, deviceId, timeouts);
    } catch (error) {
      link.close();
      throw error;
    }
  }

  /** Creates a container of an image with Kanto's defaults, which restart it unless it was stopped. */
  async create(image: string, start: boolean): Promise<KantoCreated> {
    const imageRef = qualifiedImage(image);
    return this.#create("create", { imageRef, start }, imageRef, null, start);
  }

  /** Throws `unsupported` for what Kanto cannot express, as the command line's create does. */
  async createWithConfig(spec: ContainerSpec, start: boolean): Promise<KantoCreated> {
    return this.#create("createWithConfig", createValue(spec, start), qualifiedImage(spec.image), spec.name, start);
  }

  /** As Kanto itself writes a container. Throws `unsupported` for what this form has no word for. */
  async createAsWritten({ value, image, name, wordless }: KantoFile, start: boolean): Promise<KantoCreated> {
    if (wordless.length > 0) {
      throw new AppError("unsupported", `Kanto's MQTT side has no word for ${wordless.join(", ")}.`, {
        hint: "Leave it out, or create the container on the device: kanto-cm create -f.",
      });
    }
    return this.#create("createWithConfig", { ...value, start }, image, name, start);
  }

  start(id: string): Promise<void> {
    return this.#operate(id, "start", undefined, isState("RUNNING"));
  }

  /** Asks it to end, and after the grace makes it. */
  stop(id: string, graceMs: number): Promise<void> {
    const value = { timeout: Math.ceil(graceMs / 1000), force: true, signal: "SIGTERM" };
    return this.#operate(id, "stopWithOptions", value, isState("STOPPED", "EXITED", "DEAD"), graceMs);
  }

  pause(id: string): Promise<void> {
    return this.#operate(id, "pause", undefined, isState("PAUSED"));
  }

  resume(id: string): Promise<void> {
    return this.#operate(id, "resume", undefined, isState("RUNNING"));
  }

  rename(id: string, name: string): Promise<void> {
    return this.#operate(id, "rename", name, (news) => "name" in news && news.name === name);
  }

  /** Restart policy and memory. Throws `unsupported` for CPU. */
  async update(id: string, change: ContainerChange): Promise<void> {
    if (change.cpuCores !== null) throw noSuchThing("cpu-limit");
    await this.#operate(
      id,
      "update",
      updateValue(change),
      (news) => news.kind === "changed" || news.kind === "appeared",
    );
  }

  remove(id: string, force: boolean): Promise<void> {
    return this.#operate(id, "remove", force, (news) => news.kind === "gone");
  }

  /**
   * Kanto's own measurements, every second or slower, until the signal aborts. A device has one such request: whoever
   * asks later takes the place of who asked before, and stops it for both.
   */
  async *metrics(everyMs: number, signal: AbortSignal): AsyncGenerator<KantoMetrics, void, void> {
    const queue = new BoundedQueue<KantoMetrics>(waitingMetricsMax);
    const leave = this.#inbox.onMetrics((metrics) => queue.push(metrics));
    const stop = (): void => queue.end();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    const leaveLink = this.#link.onEnded((reason) => queue.fail(reason));
    try {
      const frequency = `${Math.max(1, Math.round(everyMs / 1000))}s`;
      await this.#request("Metrics", "request", { frequency }, this.#requestMs);
      yield* queue;
    } finally {
      leave();
      leaveLink();
      signal.removeEventListener("abort", stop);
      await this.#stopMetrics();
    }
  }

  /** True once the broker or the connection has gone: open another one then. */
  get ended(): boolean {
    return this.#link.ended;
  }

  close(): void {
    this.#link.close();
  }

  async #stopMetrics(): Promise<void> {
    try {
      await this.#request("Metrics", "request", { frequency: "0s" }, this.#requestMs);
    } catch (error) {
      // A broker or device that is gone measures for nobody.
      if (!(error instanceof AppError)) throw error;
    }
  }

  async #create(
    operation: string,
    value: Record<string, unknown>,
    image: string,
    name: string | null,
    start: boolean,
  ): Promise<KantoCreated> {
    const seen = this.#inbox.record();
    try {
      const answer = await this.#request("ContainerFactory", operation, value, createTimeoutMs);
      // Up to version 1.2 of the feature the answer holds no id: the container that has appeared meanwhile is it.
      const given = z.string().min(1).safeParse(answer);
      const wanted = (news: FeatureNews): boolean =>
        news.kind === "appeared" &&
        (given.success
          ? news.containerId === given.data
          : news.image === image && (name === null || news.name === name));
      const appeared = await seen.until(wanted, this.#confirmMs);
      if (appeared?.kind !== "appeared") {
        const id = given.success ? ` (${given.data})` : "";
        throw notConfirmed(`Container ${name ?? `of ${image}`}${id}`, "has appeared");
      }
      const { containerId: id } = appeared;
      if (start && appeared.state.status !== "RUNNING") {
        const running = await seen.until(both(id, isState("RUNNING")), this.#confirmMs);
        if (running === null) {
          throw new AppError(
            "engine-failed",
            `Container ${appeared.name} was created (${id}), but Kanto has not started it.`,
            {
              hint: "Its reason is in the daemon's log: sudo journalctl -u container-management.",
            },
          );
        }
      }
      return { id, name: appeared.name, status: start ? "RUNNING" : appeared.state.status };
    } finally {
      seen.end();
    }
  }

  async #operate(
    id: string,
    operation: string,
    value: unknown,
    isDone: (news: FeatureNews) => boolean,
    moreMs = 0,
  ): Promise<void> {
    const feature = `Container:${checkedId(id)}`;
    const seen = this.#inbox.record();
    try {
      await this.#request(feature, operation, value, this.#requestMs + moreMs);
      const done = await seen.until(both(id, isDone), this.#confirmMs);
      if (done === null) throw notConfirmed(`Container ${id}`, `has taken the ${operation}`);
    } finally {
      seen.end();
    }
  }

  /** Sends a request and gives the value of its answer. */
  async #request(feature: string, operation: string, value: unknown, timeoutMs: number): Promise<unknown> {
    const requestId = randomUUID();
    const request = {
      thingId: this.#thingId,
      feature,
      operation,
      requestId,
      ...(value === undefined ? {} : { value }),
    };
    const what = `${feature}, ${operation}`;
    const answer = this.#inbox.nextAnswer(requestId, what, timeoutMs);
    // The failure of the publishing is told first.
    answer.promise.catch(() => undefined);
    try {
      await this.#link.publish(requestTopic(request), requestBody(request));
      return await answer.promise;
    } finally {
      answer.forget();
    }
  }
}

function isState(...states: string[]): (news: FeatureNews) => boolean {
  return (news) => (news.kind === "state" || news.kind === "appeared") && states.includes(news.state.status);
}

function both(id: string, isDone: (news: FeatureNews) => boolean): (news: FeatureNews) => boolean {
  return (news) => news.containerId === id && isDone(news);
}

function notConfirmed(what: string, done: string): AppError {
  return new AppError("timed-out", `${what}: Kanto has agreed, but does not tell that it ${done}.`, {
    hint: "Look at it on the device: kanto-cm list, and sudo journalctl -u container-management.",
  });
}
