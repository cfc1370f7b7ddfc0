/**
 * A double of the MQTT side of Kanto's daemon, on a real broker: its topics, header rules and refusals
 * (container-management: things/client/client_handler_*.go, containerm/things/features_*.go), over the same containers
 * as the kanto-cm double. It answers for the suite connector too, which tells a device's id.
 */
import { connectAsync, type MqttClient } from "mqtt";
import * as z from "zod";
import type { DaemonState, StoredContainer } from "./daemon-state.mjs";
import { statusNames } from "./daemon-state.mjs";

export interface DaemonMqttOptions {
  port: number;
  state: DaemonState;
  deviceId?: string;
  tenantId?: string;
  /** Versions of ContainerFactory up to 1.2 answered a create without the id. */
  withoutId?: boolean;
  /** Answers, and then tells nothing: its events are lost. */
  mute?: boolean;
  /** Never answers who the device is: its suite connector does not run. */
  nameless?: boolean;
}

const requestPattern = /^command\/\/([^/]+)\/req\/([^/]*)\/([^/]+)$/;
const pathPattern = /^\/features\/([^/]+)\/inbox\/messages\/([^/]+)$/;

const envelopeSchema = z.object({
  topic: z.string().optional(),
  path: z.string().optional(),
  headers: z.record(z.string(), z.unknown()).optional(),
  value: z.unknown().optional(),
});
type Envelope = z.infer<typeof envelopeSchema>;

class DittoError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const invalid = (words: string): DittoError => new DittoError("messages:parameter.invalid", 400, words);
const missing = (words: string): DittoError => new DittoError("messages:subject.notfound", 404, words);

/** `events`: what the twin is told, in order; `requests`: the topics of what came in, for tests to look at. */
export class DaemonMqtt {
  readonly requests: { topic: string; payload: string }[] = [];
  readonly #client: MqttClient;
  readonly #options: DaemonMqttOptions;
  readonly #deviceId: string;
  readonly #tenantId: string;
  #metrics: NodeJS.Timeout | null = null;

  private constructor(client: MqttClient, options: DaemonMqttOptions) {
    this.#client = client;
    this.#options = options;
    this.#deviceId = options.deviceId ?? "edge:device";
    this.#tenantId = options.tenantId ?? "tenant-1";
  }

  static async start(options: DaemonMqttOptions): Promise<DaemonMqtt> {
    const client = await connectAsync(`mqtt://127.0.0.1:${options.port}`, { clientId: `kanto-${options.port}` });
    const daemon = new DaemonMqtt(client, options);
    client.on("message", (topic, payload) => daemon.#take(topic, payload.toString("utf8")));
    await client.subscribeAsync(["edge/thing/request", `command//${daemon.thingId}/req/#`], { qos: 1 });
    return daemon;
  }

  get thingId(): string {
    return `${this.#deviceId}:edge:containers`;
  }

  /** True while a client's request for measurements stands. */
  get measuring(): boolean {
    return this.#metrics !== null;
  }

  async stop(): Promise<void> {
    if (this.#metrics !== null) clearInterval(this.#metrics);
    await this.#client.endAsync(true);
  }

  #take(topic: string, payload: string): void {
    if (topic === "edge/thing/request") {
      if (this.#options.nameless === true) return;
      this.#publish("edge/thing/response", {
        deviceId: this.#deviceId,
        tenantId: this.#tenantId,
        policyId: `${this.#deviceId}-policy`,
      });
      return;
    }
    this.requests.push({ topic, payload });
    const match = requestPattern.exec(topic);
    if (match === null) return;
    this.#handle(match[2] ?? "", payload);
  }

  #handle(requestId: string, payload: string): void {
    let envelope: Envelope | null = null;
    try {
      envelope = parse(payload, this.thingId);
      const value = this.#operate(envelope);
      const status = value === undefined ? 204 : 200;
      this.#answer(requestId, envelope, status, envelope.path?.replace("/inbox/", "/outbox/") ?? "/", value);
    } catch (error) {
      const refusal =
        error instanceof DittoError
          ? error
          : new DittoError("messages:execution.failed", 500, error instanceof Error ? error.message : String(error));
      const value = { error: refusal.code, status: refusal.status, message: refusal.message };
      this.#answer(requestId, envelope, refusal.status, envelope?.path ?? "/", value);
    }
  }

  /** An empty request id, or `response-required: false`, is a one-way command: nothing is ever answered to it. */
  #answer(requestId: string, envelope: Envelope | null, status: number, path: string, value: unknown): void {
    if (requestId === "" || envelope?.headers?.["response-required"] === false) return;
    this.#publish(`command//${this.thingId}/res/${requestId}/${status}`, {
      topic: envelope?.topic ?? "_/_/things/twin/errors",
      headers: {
        ...(status === 204 ? {} : { "content-type": "application/json" }),
        "correlation-id": envelope?.headers?.["correlation-id"] ?? "",
      },
      path,
      ...(value === undefined ? {} : { value }),
      status,
    });
  }

  #operate(envelope: Envelope): unknown {
    const [, feature = "", operation = ""] = pathPattern.exec(envelope.path ?? "") ?? [];
    if (feature === "ContainerFactory") return this.#create(operation, envelope.value);
    if (feature === "Metrics") return this.#measure(operation, envelope.value);
    const id = feature.replace(/^Container:/, "");
    const container = feature.startsWith("Container:") ? this.#options.state.find(id) : null;
    if (container === null) throw invalid(`feature [${feature}] not found `);
    return this.#change(container, operation, envelope.value);
  }

  #create(operation: string, value: unknown): unknown {
    if (operation !== "create" && operation !== "createWithConfig") throw missing(`unsupported operation ${operation}`);
    const parsed = createSchema.safeParse(value);
    if (!parsed.success) throw invalid("json: cannot unmarshal into Go value of type things.createWithConfigArgs");
    const { imageRef, name, config, start } = parsed.data;
    if (imageRef === "") throw new Error("imageRef must be set");
    const given = operation === "create" || config === undefined ? {} : fromDitto(config);
    const { state } = this.#options;
    const created = state.create({ ...given, container_name: name, image: { name: imageRef } });
    const id = created.container_id;
    this.#tellWhole(created);
    if (start) {
      try {
        this.#tellState(state.start(id));
      } catch {
        // The daemon only writes it into its log.
      }
    }
    return this.#options.withoutId === true ? undefined : id;
  }

  #change(container: StoredContainer, operation: string, value: unknown): undefined {
    const { state } = this.#options;
    const id = container.container_id;
    switch (operation) {
      case "start":
        return this.#tellState(state.start(id));
      case "pause":
        return this.#tellState(state.pause(id));
      case "resume":
        return this.#tellState(state.resume(id));
      case "stop":
        return this.#tellState(state.stop(id));
      case "stopWithOptions": {
        const options = z.object({ timeout: z.int(), force: z.boolean(), signal: z.string() }).safeParse(value);
        if (!options.success) throw invalid("json: cannot unmarshal into Go value of type things.stopOptions");
        return this.#tellState(state.stop(id));
      }
      case "rename": {
        if (typeof value !== "string") throw invalid("json: cannot unmarshal into Go value of type string");
        state.rename(id, value);
        return this.#tell("modify", `/features/Container:${id}/properties/status/name`, value);
      }
      case "update": {
        const changed = state.update(id, updateFromDitto(value));
        return this.#tell("modify", `/features/Container:${id}/properties/status/config`, configOf(changed));
      }
      case "remove": {
        if (typeof value !== "boolean") throw invalid("json: cannot unmarshal into Go value of type bool");
        state.remove(id, value);
        return this.#tell("delete", `/features/Container:${id}`, undefined);
      }
      default:
        throw missing(`unsupported operation ${operation}`);
    }
  }

  #measure(operation: string, value: unknown): undefined {
    if (operation !== "request") throw missing(`unsupported operation ${operation}`);
    const frequency = z.object({ frequency: z.string().regex(/^\d+s$/) }).safeParse(value);
    if (!frequency.success) throw invalid("time: invalid duration");
    if (this.#metrics !== null) clearInterval(this.#metrics);
    this.#metrics = null;
    const seconds = Number.parseInt(frequency.data.frequency, 10);
    if (seconds > 0) this.#metrics = setInterval(() => this.#tellMetrics(), Math.max(1, seconds) * 1000);
    return undefined;
  }

  #tellMetrics(): void {
    const running = this.#options.state.list().filter(({ state }) => state.status === 2);
    if (running.length === 0) return;
    this.#event("live/messages/data", "/features/Metrics/outbox/messages/data", {
      snapshot: running.map(({ container_id: id }) => ({
        originator: `Container:${id}`,
        measurements: [
          { id: "cpu.utilization", value: 12.5 },
          { id: "memory.used", value: 1_048_576 },
        ],
      })),
      timestamp: Math.floor(Date.now() / 1000),
    });
  }

  #tellWhole(container: StoredContainer): void {
    this.#tell("modify", `/features/Container:${container.container_id}`, {
      definition: ["com.bosch.iot.suite.edge.containers:Container:1.5.0"],
      properties: {
        status: {
          name: container.container_name,
          imageRef: container.image.name,
          config: configOf(container),
          createdAt: container.created,
          state: stateOf(container),
        },
      },
    });
  }

  #tellState(container: StoredContainer): undefined {
    return this.#tell(
      "modify",
      `/features/Container:${container.container_id}/properties/status/state`,
      stateOf(container),
    );
  }

  #tell(command: "modify" | "delete", path: string, value: unknown): undefined {
    this.#event(`twin/commands/${command}`, path, value);
    return undefined;
  }

  /** The daemon's events come from another thread than its answers: here after them. */
  #event(what: string, path: string, value: unknown): void {
    if (this.#options.mute === true && what.startsWith("twin/")) return;
    const [namespace, ...name] = this.thingId.split(":");
    setTimeout(() => {
      if (!this.#client.connected) return;
      this.#publish(`e/${this.#tenantId}/${this.thingId}`, {
        topic: `${namespace}/${name.join(":")}/things/${what}`,
        headers: { "response-required": false },
        path,
        ...(value === undefined ? {} : { value }),
      });
    }, 20);
  }

  #publish(topic: string, envelope: unknown): void {
    this.#client.publish(topic, JSON.stringify(envelope), { qos: 1 });
  }
}

function parse(payload: string, thingId: string): Envelope {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    throw invalid(`error parsing Ditto message received for device id [${thingId}]`);
  }
  const parsed = envelopeSchema.safeParse(value);
  if (!parsed.success || !parsed.data.topic || !parsed.data.path) {
    throw invalid(`invalid Ditto message received for device id [${thingId}]`);
  }
  const envelope = parsed.data;
  const refuse = (words: string): never => {
    throw invalid(`invalid Ditto message received for device id [${thingId}]: ${words}`);
  };
  const type = envelope.headers?.["content-type"] ?? "";
  if (!envelope.headers?.["correlation-id"]) refuse("correlation id header is missing");
  if (envelope.value !== undefined && envelope.value !== null) {
    if (type === "") refuse("missing content type header");
    if (type !== "application/json") refuse(`unsupported content type header ${type}`);
  } else if (type !== "") refuse(`unexpected content type header ${type}`);
  const [namespace, name] = (parsed.data.topic ?? "").split("/");
  if (`${namespace}:${name}` !== thingId) throw missing(`thing with ID = ${thingId} is not found`);
  return envelope;
}

const createSchema = z.object({
  imageRef: z.string(),
  name: z.string().optional(),
  config: z.record(z.string(), z.unknown()).optional(),
  start: z.boolean(),
});

const restartSchema = z.object({
  type: z.string(),
  maxRetryCount: z.int().default(0),
  retryTimeout: z.number().default(0),
});
const resourcesSchema = z.object({
  memory: z.string().optional(),
  memoryReservation: z.string().optional(),
  memorySwap: z.string().optional(),
});

const configSchema = z.object({
  hostName: z.string().optional(),
  mountPoints: z
    .array(z.object({ source: z.string(), destination: z.string(), propagationMode: z.string().default("") }))
    .default([]),
  env: z.array(z.string()).default([]),
  cmd: z.array(z.string()).default([]),
  restartPolicy: restartSchema.optional(),
  portMappings: z
    .array(
      z.object({
        proto: z.string(),
        hostPort: z.int(),
        hostPortEnd: z.int(),
        containerPort: z.int(),
        hostIP: z.string(),
      }),
    )
    .default([]),
  networkMode: z.string().default("BRIDGE"),
  resources: resourcesSchema.optional(),
});

/** Enums come in upper case or in the daemon's own spelling; `propagationMode` in upper case only, else it is rprivate. */
function fromDitto(value: unknown): Record<string, unknown> {
  const config = configSchema.parse(value);
  return {
    host_name: config.hostName,
    mount_points: config.mountPoints.map(({ source, destination, propagationMode }) => ({
      source,
      destination,
      propagation_mode: /^[A-Z]+$/.test(propagationMode) ? propagationMode.toLowerCase() : "rprivate",
    })),
    config: { env: config.env, cmd: config.cmd },
    host_config: {
      network_mode: config.networkMode.toLowerCase(),
      ...(config.restartPolicy === undefined ? {} : { restart_policy: restartOf(config.restartPolicy) }),
      port_mappings: config.portMappings.map((port) => ({
        proto: port.proto,
        container_port: port.containerPort,
        host_ip: port.hostIP,
        host_port: port.hostPort,
        host_port_end: port.hostPortEnd,
      })),
      resources: config.resources === undefined ? null : resourcesOf(config.resources),
    },
  };
}

function restartOf({ type, maxRetryCount, retryTimeout }: z.infer<typeof restartSchema>) {
  return {
    type: type.toLowerCase().replaceAll("_", "-"),
    maximum_retry_count: maxRetryCount,
    retry_timeout: Math.trunc(retryTimeout) * 1e9,
  };
}

function resourcesOf({ memory, memoryReservation, memorySwap }: z.infer<typeof resourcesSchema>) {
  return { memory, memory_reservation: memoryReservation, memory_swap: memorySwap };
}

function updateFromDitto(value: unknown): { restart_policy?: unknown; resources?: unknown } {
  const parsed = z
    .object({ restartPolicy: restartSchema.optional(), resources: resourcesSchema.optional() })
    .safeParse(value);
  if (!parsed.success) throw invalid("json: cannot unmarshal into Go value of type things.updateOptions");
  const { restartPolicy, resources } = parsed.data;
  return {
    ...(restartPolicy === undefined ? {} : { restart_policy: restartOf(restartPolicy) }),
    ...(resources === undefined ? {} : { resources: resourcesOf(resources) }),
  };
}

function configOf({ host_config: host }: StoredContainer): unknown {
  return {
    networkMode: host.network_mode.toUpperCase(),
    restartPolicy: { type: host.restart_policy.type.toUpperCase().replaceAll("-", "_") },
    resources: host.resources,
  };
}

function stateOf({ state }: StoredContainer): unknown {
  return {
    status: (statusNames[state.status] ?? "Unknown").toUpperCase(),
    pid: state.pid,
    exitCode: state.exit_code,
    error: state.error,
    startedAt: state.started_at,
    finishedAt: state.finished_at,
    oomKilled: false,
  };
}
