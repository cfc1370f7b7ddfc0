import { type ChildProcessByStdio, spawn } from "node:child_process";
import { constants } from "node:fs";
import { access, type FileHandle, open, readFile, stat } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { basename, dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../../../shared/domain/index.ts";
import type { SerialPort } from "../devices.ts";

const readyWithinMs = 5_000;
const connectWithinMs = 5_000;
const againMs = 1_000;
const maxFileBytes = 16 * 1024 * 1024;

type Socat = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * A pseudo terminal in the place of a serial port, made and held by socat: Node cannot make one. Bytes come in from a file,
 * a line at a time and from its start again, or from a TCP server, which also gets what the service writes. As on a real
 * port, what nobody reads in time is lost.
 */
export class ServedPort {
  readonly #socat: Socat;
  readonly #held: FileHandle;
  readonly #ending = new AbortController();
  readonly #feeding: Promise<void>;

  private constructor(socat: Socat, held: FileHandle, feed: (port: Socat, signal: AbortSignal) => Promise<void>) {
    this.#socat = socat;
    this.#held = held;
    this.#feeding = feed(socat, this.#ending.signal);
  }

  /** @throws AppError `unsupported` without socat, `not-found` or `bad-input` for its file, `unreachable` for its server. */
  static async open({ node, link, source, everyMs }: SerialPort): Promise<ServedPort> {
    const feed =
      source.from === "file"
        ? await fileFeed(node, source.path, everyMs)
        : await tcpFeed(node, source.host, source.port);
    const socat = await startSocat(node, link);
    try {
      // While somebody has it open, it does not end when a service closes it.
      const held = await open(link, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
      return new ServedPort(socat, held, feed);
    } catch (error) {
      await endSocat(socat);
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#held.close();
    await endSocat(this.#socat);
    await this.#feeding;
  }
}

async function startSocat(node: string, link: string): Promise<Socat> {
  // It ends with its standard input, and so with whoever started it.
  const terminal = `PTY,link=${basename(link)},rawer,mode=0666`;
  const socat = spawn("socat", ["-", terminal], { cwd: dirname(link), stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  socat.stderr.on("data", (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-500);
  });
  // A pipe to a process that has ended: its end is what counts, and that is looked at.
  socat.stdin.on("error", () => undefined);
  const failed = new Promise<AppError>((resolve) => {
    socat.once("error", (error: NodeJS.ErrnoException) => resolve(notStarted(node, error)));
    socat.once("exit", () => resolve(new AppError("engine-failed", `The stand-in for ${node} ended: ${said.trim()}`)));
  });
  const untilMs = Date.now() + readyWithinMs;
  while (Date.now() < untilMs) {
    const failure = await Promise.race([failed, sleep(20, null)]);
    if (failure !== null) throw failure;
    if (await isThere(link)) return socat;
  }
  await endSocat(socat);
  throw new AppError("timed-out", `The stand-in for ${node} did not come up in ${readyWithinMs / 1000} s.`);
}

function notStarted(node: string, error: NodeJS.ErrnoException): AppError {
  if (error.code !== "ENOENT") return new AppError("unsupported", `socat cannot be started: ${error.message}.`);
  return new AppError("unsupported", `A pseudo terminal in the place of ${node} needs socat, which is not installed.`, {
    hint: "Install it (on Debian: sudo apt install socat), or let another node or `omit` stand in.",
  });
}

async function endSocat(socat: Socat): Promise<void> {
  if (socat.exitCode !== null || socat.signalCode !== null) return;
  const ended = new Promise((resolve) => socat.once("exit", resolve));
  socat.kill("SIGTERM");
  await ended;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Reads the whole file first: what is wrong with it is said before anything starts. */
async function fileFeed(node: string, path: string, everyMs: number) {
  const lines = linesOf(await readFeed(node, path));
  return async (port: Socat, signal: AbortSignal): Promise<void> => {
    port.stdout.resume();
    while (!signal.aborted) {
      for (const line of lines) {
        // A full pipe means that nobody reads.
        if (!port.stdin.writableNeedDrain && port.stdin.writable) port.stdin.write(line);
        if (!(await wait(everyMs, signal))) return;
      }
    }
  };
}

async function readFeed(node: string, path: string): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > maxFileBytes) throw new AppError("bad-input", `${path}, which feeds ${node}, is larger than 16 MiB.`);
    const bytes = await readFile(path);
    if (bytes.length === 0) throw new AppError("bad-input", `${path}, which is to feed ${node}, is empty.`);
    return bytes;
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error && "code" in error)) throw error;
    throw new AppError("bad-input", `${path}, which is to feed ${node}, cannot be read (${String(error.code)}).`);
  }
}

/** Lines with their ends, byte for byte. */
export function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(0x0a, from);
    const to = end === -1 ? bytes.length : end + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}

/** The first connection has to come about; later ones are made again when they break. */
async function tcpFeed(node: string, host: string, port: number) {
  const first = await dial(host, port, AbortSignal.timeout(connectWithinMs)).catch((error: unknown) => {
    throw new AppError("unreachable", `${host}:${port}, which is to feed ${node}, does not answer.`, {
      hint: "Start it first.",
      cause: error,
    });
  });
  return async (terminal: Socat, signal: AbortSignal): Promise<void> => {
    let socket: Socket | null = first;
    while (!signal.aborted) {
      if (socket !== null) await join(socket, terminal, signal);
      if (!(await wait(againMs, signal))) return;
      socket = await dial(host, port, AbortSignal.any([signal, AbortSignal.timeout(connectWithinMs)])).catch(
        () => null,
      );
    }
    socket?.destroy();
  };
}

function dial(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const stop = () => socket.destroy(new Error("no answer in time"));
    signal.addEventListener("abort", stop, { once: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      signal.removeEventListener("abort", stop);
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

/** Bytes both ways until the connection ends. */
function join(socket: Socket, terminal: Socat, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const give = (bytes: Buffer) => {
      if (!terminal.stdin.writableNeedDrain && terminal.stdin.writable) terminal.stdin.write(bytes);
    };
    const take = (bytes: Buffer) => {
      if (!socket.writableNeedDrain && socket.writable) socket.write(bytes);
    };
    const stop = () => socket.destroy();
    signal.addEventListener("abort", stop, { once: true });
    socket.on("data", give);
    terminal.stdout.on("data", take);
    // Its close follows.
    socket.on("error", () => undefined);
    socket.once("close", () => {
      terminal.stdout.off("data", take);
      signal.removeEventListener("abort", stop);
      resolve();
    });
    if (signal.aborted) stop();
  });
}

/** False when it was interrupted. */
function wait(ms: number, signal: AbortSignal): Promise<boolean> {
  return sleep(ms, true, { signal }).catch(() => false);
}
