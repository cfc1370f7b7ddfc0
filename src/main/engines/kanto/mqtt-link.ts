import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import type { MqttClient as Client } from "mqtt";
import { AppError } from "../../../shared/domain/index.ts";
import { saidWords } from "../../../shared/format/index.ts";
import type { SshConnection } from "../../ssh/index.ts";
import { placeText } from "./kanto-errors.ts";
import { PacketGuard, packetMaxBytes } from "./packet-guard.ts";

const connectTimeoutMs = 3_000;
const acknowledgeTimeoutMs = 5_000;
const keepaliveSeconds = 30;

/** CONNACK's "bad user name or password" and "not authorized" (MQTT 3.1.1, table 3.1). */
const refusedLogins = new Set([4, 5]);

/** One message of the broker. */
export type OnMessage = (topic: string, payload: Buffer) => void;

/**
 * A connection to the MQTT broker of a device, through a channel of its SSH connection: such a broker listens on its own
 * machine only. It owns the client and the channel. It does not reconnect: whoever needs it opens another one.
 */
export class MqttLink {
  readonly #client: Client;
  readonly #channel: Duplex;
  readonly #place: string;
  readonly #listeners = new Set<(reason: AppError) => void>();
  #ended: AppError | null = null;

  private constructor(client: Client, channel: Duplex, place: string) {
    this.#client = client;
    this.#channel = channel;
    this.#place = place;
  }

  /** Throws `unreachable` when nothing listens or it is no broker, `engine-denied` when it wants a login, `unsupported`. */
  static async open(
    connection: SshConnection,
    broker: { host: string; port: number },
    onMessage: OnMessage,
  ): Promise<MqttLink> {
    const place = `${broker.host}:${broker.port} on ${placeText(connection.target)}`;
    // Loaded when it is first needed: it is a tenth of what every start of Bayplan would take.
    const { MqttClient } = await import("mqtt");
    const channel = await connection.openTcp(broker.host, broker.port);
    // A broker that ends only closes its half of the channel, which the client would not notice before its keepalive.
    channel.once("end", () => channel.destroy());
    const guard = new PacketGuard();
    channel.on("data", (chunk: Buffer) => {
      if (!guard.take(chunk)) channel.destroy(new Error(`it sends a message of more than ${packetMaxBytes} bytes`));
    });
    const client = new MqttClient(() => channel, {
      clientId: `bayplan-${randomBytes(8).toString("hex")}`,
      protocolVersion: 4,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: connectTimeoutMs,
      keepalive: keepaliveSeconds,
      resubscribe: false,
      timerVariant: "native",
    });
    const link = new MqttLink(client, channel, place);
    client.on("message", onMessage);
    // Without a listener an error would end the process; what it means is told through "close".
    let cause: unknown = null;
    client.on("error", (error) => {
      cause = error;
      link.close(brokerFailure(place, error));
    });
    try {
      await new Promise<void>((resolve, reject) => {
        client.once("connect", () => resolve());
        client.once("close", () => reject(brokerFailure(place, cause)));
      });
    } catch (error) {
      link.close();
      throw error;
    }
    client.on("close", () => link.close(brokerFailure(place, cause)));
    return link;
  }

  /** Resolves when the broker has agreed to every filter. */
  async subscribe(filters: readonly string[]): Promise<void> {
    const grants = await this.#inTime(() => this.#client.subscribeAsync([...filters], { qos: 1 }));
    const refused = grants.find(({ qos }) => qos > 2);
    if (refused !== undefined) {
      throw new AppError(
        "engine-denied",
        `The MQTT broker at ${this.#place} does not let Bayplan hear ${refused.topic}.`,
      );
    }
  }

  /** Resolves when the broker has taken the message. */
  async publish(topic: string, payload: string): Promise<void> {
    await this.#inTime(() => this.#client.publishAsync(topic, payload, { qos: 1 }));
  }

  get ended(): boolean {
    return this.#ended !== null;
  }

  /** Calls back once when the link has ended; at once when it has. The result takes the listener away again. */
  onEnded(listener: (reason: AppError) => void): () => void {
    if (this.#ended === null) this.#listeners.add(listener);
    else listener(this.#ended);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  close(reason = new AppError("cancelled", `The connection to the MQTT broker at ${this.#place} was closed.`)): void {
    if (this.#ended !== null) return;
    this.#ended = reason;
    this.#client.end(true);
    this.#channel.destroy();
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener(reason);
  }

  async #inTime<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#ended !== null) throw this.#ended;
    let timer: NodeJS.Timeout | undefined;
    let leave = (): void => undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(new AppError("timed-out", `The MQTT broker at ${this.#place} takes messages, but does not answer.`)),
        acknowledgeTimeoutMs,
      );
      leave = this.onEnded(reject);
    });
    try {
      return await Promise.race([ask(), late]);
    } catch (error) {
      throw error instanceof AppError ? error : (this.#ended ?? brokerFailure(this.#place, error));
    } finally {
      clearTimeout(timer);
      leave();
    }
  }
}

function brokerFailure(place: string, cause: unknown): AppError {
  if (cause instanceof Error && "code" in cause && typeof cause.code === "number" && refusedLogins.has(cause.code)) {
    return new AppError("engine-denied", `The MQTT broker at ${place} wants a login, and Bayplan has none for it.`, {
      hint: "Let clients of the device itself in without one, or work without MQTT.",
      cause,
    });
  }
  const words = cause instanceof Error ? `: ${saidWords(cause.message, 200)}` : "";
  return new AppError("unreachable", `The MQTT broker at ${place} does not answer as one${words}.`, {
    hint: "Start it on the device: sudo systemctl start mosquitto.",
    cause,
  });
}
