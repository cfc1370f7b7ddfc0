import * as z from "zod";
import { httpMethodSchema, type Load, parseByteSize } from "../../../shared/domain/index.ts";
import { splitShellWords } from "../compose/project/shell-words.ts";

const service = z.string({ error: "The name of a service is wanted." }).min(1);
const port = z.int({ error: "A port is a number from 1 to 65535." }).min(1).max(65_535);
const rate = z
  .number({ error: "A rate is a number a second, for example 50." })
  .positive({ error: "A rate is a number a second, for example 50." })
  .max(100_000);
const many = (most: number) => z.int({ error: "A whole number is wanted." }).min(1).max(most);

const wantedWords = "A command line is wanted, or a list of its words.";

/** A list of words, or a line that is split as a shell would; nothing in it is expanded. */
function splitWords(given: string | string[], context: z.RefinementCtx, path: string[]): string[] {
  const argv = typeof given === "string" ? splitShellWords(given) : given;
  if (argv !== null && argv.length > 0) return argv;
  const message = argv === null ? "The command ends inside a quote." : "There is nothing to run.";
  context.addIssue({ code: "custom", message, path });
  return z.NEVER;
}

const words = z
  .union([z.array(z.string()), z.string()], { error: wantedWords })
  .transform((given, context) => splitWords(given, context, []));

const http = z
  .strictObject({
    service,
    port,
    path: z.string().regex(/^\//, { error: "A path begins with /." }).default("/"),
    method: httpMethodSchema.default("GET"),
    headers: z.record(z.string(), z.string({ error: "A text is wanted; quote what is none." })).default({}),
    body: z.string({ error: "A text is wanted; quote what is none." }).optional(),
    rate,
    connections: many(1000).default(10),
  })
  .transform(({ body, ...rest }): Load => ({ kind: "http", ...rest, body: body ?? null }));

const bytes = z.union([z.number(), z.string()]).transform((value, context) => {
  const parsed = parseByteSize(String(value));
  if (parsed !== null && parsed <= 1_048_576) return parsed;
  context.addIssue({ code: "custom", message: "A size of at most 1MiB is wanted, for example 200B." });
  return z.NEVER;
});

const mqtt = z
  .strictObject({
    service,
    port: port.default(1883),
    topic: z
      .string()
      .min(1)
      .regex(/^[^#+]*$/, { error: "A message is sent to one topic: + and # are for those who listen." }),
    payload: z.string().optional(),
    bytes: bytes.optional(),
    rate,
    qos: z.union([z.literal(0), z.literal(1), z.literal(2)], { error: "QoS is 0, 1 or 2." }).default(0),
    clients: many(1000).default(1),
    username: z.string().optional(),
    password: z.string().optional(),
  })
  .refine(({ payload, bytes }) => payload === undefined || bytes === undefined, {
    error: "Write either what is sent (payload) or how much of it (bytes).",
    path: ["payload"],
  })
  .transform(
    ({ payload, bytes, username, password, ...rest }): Load => ({
      kind: "mqtt",
      ...rest,
      payload: payload ?? null,
      bytes: bytes ?? (payload === undefined ? 64 : Buffer.byteLength(payload)),
      username: username ?? null,
      password: password ?? null,
    }),
  );

const command = z.strictObject({ service, command: words }).transform((given): Load => ({ kind: "command", ...given }));

/** `shell: true` is the only way to a shell, and takes the line as it stands. */
const script = z
  .strictObject({
    run: z.union([z.array(z.string()), z.string()], { error: wantedWords }),
    shell: z.boolean({ error: "Write true or false." }).default(false),
  })
  .transform(({ run, shell }, context): Load => {
    if (!shell) return { kind: "script", run: splitWords(run, context, ["run"]) };
    if (typeof run === "string") return { kind: "script", run: ["/bin/sh", "-c", run] };
    context.addIssue({ code: "custom", message: "A shell takes a line, and no list of words.", path: ["run"] });
    return z.NEVER;
  });

const kinds = { http, mqtt, command, script };

/** One entry of `load:`: what makes it, and how much. */
const entry = z
  .strictObject({
    http: http.optional(),
    mqtt: mqtt.optional(),
    command: command.optional(),
    script: script.optional(),
  })
  .transform((given, context): Load => {
    const [load, second] = Object.values(given).filter((one) => one !== undefined);
    if (load !== undefined && second === undefined) return load;
    context.addIssue({ code: "custom", message: "One of http, mqtt, command and script is wanted." });
    return z.NEVER;
  });

/** `load:` of `bayplan.yaml`: what loads the stack while it is measured. */
export const loadKey = z.array(entry, { error: "A list is wanted." }).max(50).default([]);

/** The names of its keys, as they are written. */
export const loadKeys: Readonly<Record<string, readonly string[]>> = {
  entry: Object.keys(kinds),
  http: ["service", "port", "path", "method", "headers", "body", "rate", "connections"],
  mqtt: ["service", "port", "topic", "payload", "bytes", "rate", "qos", "clients", "username", "password"],
  command: ["service", "command"],
  script: ["run", "shell"],
};
