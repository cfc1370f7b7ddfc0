import * as z from "zod";

const service = z.string().min(1).max(255);
const port = z.int().min(1).max(65_535);
/** Requests or messages a second. */
const rate = z.number().positive().max(100_000);

export const httpMethodSchema = z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const http = z.object({
  kind: z.literal("http"),
  service,
  port,
  path: z.string().startsWith("/").max(4096),
  method: httpMethodSchema,
  rate,
  /** How many requests may be under way at once. */
  connections: z.int().min(1).max(1000),
});
const mqtt = z.object({
  kind: z.literal("mqtt"),
  service,
  port,
  topic: z.string().min(1).max(1024),
  /** Size of each message. */
  bytes: z.int().nonnegative().max(1_048_576),
  /** Of all clients together. */
  rate,
  qos: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  clients: z.int().min(1).max(1000),
});
const argv = z.array(z.string()).min(1).max(100);
const command = z.object({ kind: z.literal("command"), service, command: argv });
const script = z.object({ kind: z.literal("script"), run: argv });

/**
 * Load as it may be asked for anywhere: nothing in it is secret, so that a record may hold it. HTTP and MQTT come from a process of
 * its own on this machine, a command runs inside a container of the stack, a script on this machine.
 */
export const askedLoadSchema = z.discriminatedUnion("kind", [http, mqtt, command, script]);
export type AskedLoad = z.infer<typeof askedLoadSchema>;

/** Load with what `bayplan.yaml` may hold besides, and what never goes into a record: headers, bodies, a login. */
export const loadSchema = z.discriminatedUnion("kind", [
  http.extend({ headers: z.record(z.string(), z.string()), body: z.string().nullable() }),
  mqtt.extend({
    payload: z.string().nullable(),
    username: z.string().nullable(),
    password: z.string().nullable(),
  }),
  command,
  script,
]);
export type Load = z.infer<typeof loadSchema>;

/** Load that was asked for without secrets, as what a run makes. */
export function plainLoad(asked: AskedLoad): Load {
  if (asked.kind === "http") return { ...asked, headers: {}, body: null };
  if (asked.kind === "mqtt") return { ...asked, payload: null, username: null, password: null };
  return asked;
}

/** How people call a load, without anything that may be secret: `GET http://web:8080/items`. */
export function loadName(load: AskedLoad | Load): string {
  if (load.kind === "http") {
    const [path = "/", query] = load.path.split("?");
    return `${load.method} http://${load.service}:${load.port}${path}${query === undefined ? "" : "?…"}`;
  }
  if (load.kind === "mqtt") return `MQTT to ${load.topic} of ${load.service}:${load.port}`;
  const [program = "", ...rest] = load.kind === "command" ? load.command : load.run;
  // Folders of this machine are nobody else's business.
  const words = `${program.split("/").at(-1)}${rest.length === 0 ? "" : " …"}`;
  return load.kind === "command" ? `${words} in ${load.service}` : words;
}

export const latencySchema = z.object({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() });

/** What was seen of one load over the steady time; for what has no requests they are null. */
export const loadSeenSchema = z.object({
  kind: z.enum(["http", "mqtt", "command", "script"]),
  name: z.string(),
  /** The service that it is for; null for a script. */
  service: z.string().nullable(),
  askedPerSecond: z.number().nullable(),
  seconds: z.number(),
  /** Requests or messages that were sent. */
  sent: z.int().nonnegative().nullable(),
  /** Answers below 400; messages that the broker acknowledged, or with QoS 0 that it took from the socket. */
  answered: z.int().nonnegative().nullable(),
  /** Refused connections, timeouts, answers from 400 on; messages that were not acknowledged. */
  errors: z.int().nonnegative().nullable(),
  /** In ms, of a single request and its answer. */
  latencyMs: latencySchema.nullable(),
  /** Of a command or script that ended by itself; null when it was stopped at the end. */
  exitCode: z.int().nullable(),
  /** When it ended by itself, on the run's clock. */
  endedAtMs: z.number().nullable(),
  /** Its last lines. */
  output: z.array(z.string()),
  /** The first thing that went wrong. */
  problem: z.string().nullable(),
});
export type LoadSeen = z.infer<typeof loadSeenSchema>;

/** What a result says of one load. */
export const loadResultSchema = loadSeenSchema.extend({
  achievedPerSecond: z.number().nullable(),
  /** False: it was not, or too little of it, so that a verdict under it is not known. */
  made: z.boolean(),
  /** One sentence with its numbers. */
  text: z.string(),
});
export type LoadResult = z.infer<typeof loadResultSchema>;
