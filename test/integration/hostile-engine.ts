import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";

/** Writes one answer, byte for byte as it likes; the socket is closed behind it. `query`: what stood behind the path. */
export type HostileAnswer = (socket: Socket, query: string) => Promise<void> | void;

/** An engine that means harm, on a real Unix socket. */
export interface HostileEngine {
  socketPath: string;
  /** What it says, by path; may be changed. */
  answers: Record<string, HostileAnswer>;
  /** The paths that were asked for, in their order, without the API version and the query. */
  asked: string[];
  stop(): Promise<void>;
}

export const goodVersion = { Version: "26.1.0", ApiVersion: "1.45", Os: "linux", Arch: "amd64", Components: [] };
export const goodInfo = { Architecture: "x86_64", NCPU: 4, MemTotal: 2 ** 32, DockerRootDir: "/var/lib/docker" };

export interface ContainerWish {
  name: string;
  image?: string;
  labels?: Record<string, string>;
  tty?: boolean;
}

/** The two answers about a container, as an engine gives them. */
export function containerAnswers(id: string, { name, image = "busybox", labels = {}, tty = false }: ContainerWish) {
  const listed = { Id: id, Names: [`/${name}`], State: "running", Labels: labels, Ports: [] };
  const inspected = {
    Id: id,
    Name: `/${name}`,
    Created: "2026-11-24T10:00:00Z",
    State: {
      Status: "running",
      Running: true,
      ExitCode: 0,
      StartedAt: "2026-11-24T10:00:00Z",
      FinishedAt: "0001-01-01T00:00:00Z",
    },
    Config: { Image: image, Tty: tty, Labels: labels },
    HostConfig: {},
  };
  return { listed, inspected };
}

/** A well-formed answer. */
export function good(value: unknown): HostileAnswer {
  return text(JSON.stringify(value));
}

/** `body` in a well-formed answer of whatever kind. */
export function text(body: string | Buffer, status = "200 OK", headers: readonly string[] = []): HostileAnswer {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status}`, ...headers, "Connection: close", `Content-Length: ${bytes.length}`, "", ""].join(
    "\r\n",
  );
  return raw(Buffer.concat([Buffer.from(head), bytes]));
}

export function raw(bytes: string | Buffer): HostileAnswer {
  return async (socket) => {
    await push(socket, Buffer.from(bytes));
  };
}

/** `head`, and then `chunk` over and over, until it is so many bytes or nobody listens any longer. */
export function flood(head: string | Buffer, chunk: string | Buffer, bytes: number): HostileAnswer {
  return async (socket) => {
    await push(socket, Buffer.from(head));
    // One large block a write: what is measured is who reads.
    const small = Buffer.from(chunk);
    const block = Buffer.concat(
      Array.from({ length: Math.max(1, Math.floor((256 * 1024) / small.length)) }, () => small),
    );
    for (let sent = 0; sent < bytes && !socket.destroyed; sent += block.length) await push(socket, block);
  };
}

/** A frame of the log stream: its payload, behind a header that may claim another length. */
export function frame(payload: Buffer, claimed = payload.length): Buffer {
  const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(claimed, 4);
  return Buffer.concat([header, payload]);
}

/** Begins an answer and says nothing more behind `bytes`, as a stream does in which nothing happens. */
export function held(bytes: string | Buffer): HostileAnswer {
  return async (socket) => {
    await push(socket, Buffer.from("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
    await push(socket, Buffer.from(bytes));
    if (!socket.destroyed) await once(socket, "close");
  };
}

async function push(socket: Socket, bytes: Buffer): Promise<void> {
  if (socket.destroyed || socket.write(bytes)) return;
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  socket.once("close", leave);
  try {
    await once(socket, "drain", { signal: gone.signal });
  } catch {
    // Whoever read has hung up, which is all that one may wish for.
  } finally {
    socket.off("close", leave);
  }
}

/** Answers by path; what is not named in `answers` gets what a real engine with one container would say. */
export async function startHostileEngine(answers: Record<string, HostileAnswer>): Promise<HostileEngine> {
  const folder = await mkdtemp(join(tmpdir(), "bayplan-hostile-"));
  const socketPath = join(folder, "docker.sock");
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const { listed, inspected } = containerAnswers("c1", { name: "web" });
  const usual: Record<string, HostileAnswer> = {
    "/version": good(goodVersion),
    "/info": good(goodInfo),
    "/_ping": text("OK"),
    "/events": held(""),
    "/containers/json": good([listed]),
    "/containers/c1/json": good(inspected),
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    let head = "";
    socket.on("data", (chunk: Buffer) => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) return;
      const [path = "", query = ""] = (head.split(" ")[1] ?? "").replace(/^\/v1\.\d+/, "").split("?");
      head = "";
      asked.push(path);
      const answer = answers[path] ?? usual[path] ?? text('{"message":"no such thing"}', "404 Not Found");
      void Promise.resolve(answer(socket, query)).then(() => socket.end());
    });
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    answers,
    asked,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What the victim (hostile-victim.ts) is to do, and what became of it. */
export const orderSchema = z.object({
  socketPath: z.string(),
  /** The port of an MQTT broker, for `broker`. */
  brokerPort: z.int().optional(),
  /** The sshd to go through; null: the socket is of this machine. */
  ssh: z.object({ port: z.int(), privateKey: z.string() }).nullable(),
  /** `login` stops when it is logged in; `idle` opens the socket, reads nothing and waits for its end. */
  call: z.enum(["login", "idle", "broker", "open", "list", "logs", "tty", "events", "pull"]),
});
export type Order = z.infer<typeof orderSchema>;

export const reportSchema = z.object({
  /** How many containers, log lines, events or progress texts came. */
  count: z.int(),
  /** The longest text among them. */
  longest: z.int(),
  failure: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
  /** How far the resident memory rose above where it stood, at its highest. */
  growthBytes: z.number(),
});
export type Report = z.infer<typeof reportSchema>;
