import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { MqttClient } from "mqtt";
import type { MqttJob } from "../load-job.ts";
import type { Generator } from "./generator.ts";
import { keepPace } from "./pace.ts";
import { Tally } from "./tally.ts";

const reconnectMs = 1000;
const connectTimeoutMs = 5000;

/**
 * Publishes at an even rate, by each client in turn. With QoS 1 and 2 a message counts once the broker has acknowledged it, with
 * QoS 0 once the socket has taken it. Of messages without an acknowledgement at most a second's worth is under way.
 */
export async function generateMqtt(job: MqttJob): Promise<Generator> {
  // Loaded only here: a run without MQTT does not need it.
  const { connect } = await import("mqtt");
  const tally = new Tally();
  const payload = job.payload === null ? Buffer.alloc(job.bytes, "x") : Buffer.from(job.payload);
  const mostUnderWay = Math.max(job.clients, Math.ceil(job.rate));
  let underWay = 0;
  let turn = 0;
  let problem = "not connected";
  let stopped = false;
  const clients = Array.from({ length: job.clients }, () => {
    const client = connect({
      host: job.host,
      port: job.port,
      protocol: "mqtt",
      protocolVersion: 4,
      clientId: `bayplan-load-${randomBytes(6).toString("hex")}`,
      clean: true,
      reconnectPeriod: reconnectMs,
      connectTimeout: connectTimeoutMs,
      queueQoSZero: false,
      ...(job.username === null ? {} : { username: job.username }),
      ...(job.password === null ? {} : { password: job.password }),
    });
    client.on("error", (error) => {
      problem = error.message === "" ? String(error) : error.message;
    });
    return client;
  });
  // Who cannot connect is not waited for longer than one try: each of its messages fails, with the reason.
  await Promise.race([Promise.all(clients.map(connected)), sleep(connectTimeoutMs, undefined, { ref: false })]);
  const endPace = keepPace(job.rate, (dueMs) => {
    const client = clients[turn % clients.length];
    turn += 1;
    tally.sent();
    if (client?.connected !== true) return tally.failed(problem);
    if (underWay >= mostUnderWay) return tally.failed("messages were not acknowledged for a second");
    underWay += 1;
    client.publish(job.topic, payload, { qos: job.qos }, (error) => {
      underWay -= 1;
      if (stopped) return;
      if (error) tally.failed(error.message);
      else tally.answered(dueMs);
    });
  });
  return {
    mark: () => tally.mark(),
    async stop() {
      const figures = tally.figures();
      stopped = true;
      endPace();
      await Promise.all(clients.map((client) => client.endAsync(true)));
      return figures;
    },
  };
}

/** Resolves at the first answer of the broker, be it a refusal. */
function connected(client: MqttClient): Promise<void> {
  return new Promise((resolve) => {
    client.once("connect", () => resolve());
    client.once("close", () => resolve());
  });
}
