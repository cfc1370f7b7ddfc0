import { setTimeout as sleep } from "node:timers/promises";
import type { EngineKind } from "../../shared/domain/index.ts";
import type { SshConnection, SshProcess } from "./ssh-connection.ts";

/** A command on the device that joins its standard input and output with the engine's socket. */
export interface SocketDialer {
  /** `sudo`: the same as root, by `sudo -n`, which never asks for a password. */
  via: "dial-stdio" | "sudo";
  argv: readonly string[];
}

export interface DialerQuestion {
  socketPath: string;
  kind: EngineKind;
  asRoot: boolean;
}

/** What was found: a command through which the engine answers, or why there is none. */
export type FoundDialer = { dialer: SocketDialer } | { dialer: null; why: string };

const answerTimeoutMs = 8_000;
const endTimeoutMs = 1_000;

/** What an engine says to this is of no interest, only that it speaks HTTP. */
const question = "GET /_ping HTTP/1.1\r\nHost: device\r\nConnection: close\r\n\r\n";

/**
 * The programs that can do it, an engine's own first. `system dial-stdio` is in the docker command since 18.09, in
 * balenaEngine since it is made of that, and in podman since 4.0 (each repository: cmd or cli/command, dial_stdio.go).
 * All of them are told the socket by an option: sudo empties the environment, and a person's DOCKER_HOST or context may
 * name another engine.
 */
function programsFor(kind: EngineKind, socketPath: string): Map<string, readonly string[]> {
  const url = `unix://${socketPath}`;
  const docker = ["-H", url, "system", "dial-stdio"];
  const podman = ["--url", url, "system", "dial-stdio"];
  const others = new Map<string, readonly string[]>([
    ["docker", docker],
    ["balena-engine", docker],
    ["balena", docker],
    ["podman", podman],
    ["socat", ["STDIO", `UNIX-CONNECT:${socketPath}`]],
  ]);
  const own = kind === "podman" ? podman : others.get(kind);
  return own === undefined ? others : new Map([[kind, own], ...others]);
}

/** A login over SSH may have a shorter path than a person at the device. */
const findScript = `
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
for name; do
  path=$(command -v "$name") || continue
  case $path in /*) printf '%s %s\\n' "$name" "$path";; esac
done
:`;

/**
 * Looks for a way to the engine's socket through a command, and tries it: the first through which the engine answers.
 * Throws what the connection ended with.
 */
export async function findDialer(connection: SshConnection, asked: DialerQuestion): Promise<FoundDialer> {
  const programs = programsFor(asked.kind, asked.socketPath);
  const names = [...programs.keys(), ...(asked.asRoot ? ["sudo"] : [])];
  const { stdout } = await connection.exec(["sh", "-c", findScript, "sh", ...names]);
  const paths = new Map(
    stdout.split("\n").flatMap((line): [string, string][] => {
      const [name, path] = line.split(" ");
      return name === undefined || path === undefined ? [] : [[name, path]];
    }),
  );
  const sudo = paths.get("sudo");
  if (asked.asRoot && sudo === undefined) return { dialer: null, why: "there is no sudo on the device" };
  const prefix = asked.asRoot && sudo !== undefined ? [sudo, "-n", "--"] : [];
  let why = `there is no command on the device that could (${[...programs.keys()].join(", ")})`;
  let hasTried = false;
  for (const [name, words] of programs) {
    const path = paths.get(name);
    if (path === undefined) continue;
    const dialer: SocketDialer = { via: asked.asRoot ? "sudo" : "dial-stdio", argv: [...prefix, path, ...words] };
    const failure = await tryDialer(connection, dialer);
    if (failure === null) return { dialer };
    // The engine's own command says most.
    if (!hasTried) why = failure;
    hasTried = true;
  }
  return { dialer: null, why };
}

/** Null when an engine answers through it; else what it said instead. */
async function tryDialer(connection: SshConnection, dialer: SocketDialer): Promise<string | null> {
  const process = await connection.start(dialer.argv, "brief");
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`it has not answered for ${answerTimeoutMs / 1000} s`), answerTimeoutMs);
  });
  try {
    process.stream.write(question);
    const failure = await Promise.race([firstAnswer(process), late]);
    // It ends by itself, and gives its session back the sooner for it.
    if (failure === null) await Promise.race([process.exited, sleep(endTimeoutMs)]);
    return failure;
  } finally {
    clearTimeout(timer);
    process.close();
  }
}

async function firstAnswer(process: SshProcess): Promise<string | null> {
  let text = "";
  try {
    for await (const chunk of process.stream) {
      text += String(chunk);
      if (text.startsWith("HTTP/1.")) return null;
      if (text.length > 1_000) break;
    }
  } catch {
    // A command that ends before it has read the question breaks the stream: what it said of that is on stderr.
  }
  process.close();
  const code = await process.exited;
  return lastLine(process.stderr()) ?? lastLine(text) ?? `it ended with code ${code}`;
}

/** Its last words, fit to be shown: without what could steer a terminal, and not endless. */
function lastLine(text: string): string | null {
  const lines = text.split("\n").map((line) => line.replaceAll(/\p{Cc}/gu, "").trim());
  const line = lines.filter((each) => each !== "").at(-1);
  return line === undefined ? null : line.slice(0, 200).replace(/[.:]+$/, "");
}
