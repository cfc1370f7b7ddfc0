import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { type AskedLoad, askedLoadSchema } from "../../../shared/domain/index.ts";
import { splitShellWords } from "../../stacks/index.ts";

const forms =
  "--load takes http://SERVICE:PORT/PATH,rate=50 or mqtt://SERVICE:PORT/TOPIC,rate=50 or command=SERVICE:WORDS or script=WORDS. " +
  "Headers, bodies and logins stand in bayplan.yaml.";

/** What each kind may be told besides, with what it is when it is not. */
const numbers = {
  http: { rate: null, connections: 10 },
  mqtt: { rate: null, bytes: 64, qos: 0, clients: 1 },
} as const;
const defaultPorts = { http: 80, mqtt: 1883 } as const;

/** Reads one `--load`. Throws commander's error for what is none. A program's path starts from the current folder. */
export function parseLoad(text: string): AskedLoad {
  const command = /^command=([^:]+):(.+)$/s.exec(text);
  if (command !== null) return checked({ kind: "command", service: command[1], command: wordsOf(command[2] ?? "") });
  const script = /^script=(.+)$/s.exec(text)?.[1];
  if (script !== undefined) {
    const [program = "", ...words] = wordsOf(script);
    return checked({ kind: "script", run: [program.includes("/") ? resolve(program) : program, ...words] });
  }
  const url = /^(http|mqtt):\/\/([^/:,]+)(?::(\d+))?(\/.*?)?((?:,[a-z]+=[^,/]+)*)$/s.exec(text);
  const kind = url?.[1] === "http" ? "http" : url?.[1] === "mqtt" ? "mqtt" : null;
  if (url === null || kind === null) throw new InvalidArgumentError(forms);
  const [, , service, port, path = "/", settings = ""] = url;
  const given: Record<string, unknown> = {};
  for (const setting of settings.split(",").slice(1)) {
    const [name = "", value = ""] = setting.split("=");
    if (kind === "http" && name === "method") given.method = value.toUpperCase();
    else if (Object.hasOwn(numbers[kind], name)) given[name] = Number(value);
    else throw new InvalidArgumentError(`${name} is nothing that ${kind} load can be told. ${forms}`);
  }
  if (given.rate === undefined) throw new InvalidArgumentError(`${text} says no rate: add ,rate=50. ${forms}`);
  const where = kind === "http" ? { path, method: "GET" } : { topic: path.slice(1) };
  return checked({ kind, service, port: Number(port ?? defaultPorts[kind]), ...where, ...numbers[kind], ...given });
}

function wordsOf(line: string): string[] {
  const words = splitShellWords(line);
  if (words === null || words.length === 0) throw new InvalidArgumentError(`${line} is no command line. ${forms}`);
  return words;
}

function checked(value: unknown): AskedLoad {
  const parsed = askedLoadSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new InvalidArgumentError(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}. ${forms}`);
}
