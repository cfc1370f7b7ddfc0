/** A process with little memory that does what its parent orders and tells how much memory that took. */
import { readFileSync, writeFileSync } from "node:fs";
import { type Engine, KantoThings, LogPosition, openEngine } from "../../src/main/engines/index.ts";
import { connectSsh, type SshConnection } from "../../src/main/ssh/index.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { type Order, orderSchema, type Report } from "./hostile-engine.ts";

type Seen = Pick<Report, "count" | "longest">;

function statusBytes(field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(readFileSync("/proc/self/status", "utf8"));
  return Number(match?.[1]) * 1024;
}

async function reach({ ssh }: Order): Promise<SshConnection | null> {
  if (ssh === null) return null;
  return connectSsh({
    target: { user: "root", host: "127.0.0.1", port: ssh.port },
    credentials: { privateKeys: [ssh.privateKey], agentSocket: null, password: null },
    verifyHostKey: async () => true,
  });
}

async function call(engine: Engine, what: Order["call"]): Promise<Seen> {
  const seen: Seen = { count: 0, longest: 0 };
  const see = (text: string): void => {
    seen.count += 1;
    seen.longest = Math.max(seen.longest, text.length);
  };
  const { signal } = new AbortController();
  if (what === "open") see(JSON.stringify(await engine.info()));
  else if (what === "list") for (const container of await engine.listContainers()) see(container.name);
  else if (what === "pull") await engine.pullImage("busybox:1", see, signal);
  else if (what === "events") for await (const event of engine.events(signal)) see(event.containerId);
  else {
    const options = { tail: 10, follow: false, position: new LogPosition() };
    for await (const piece of engine.followLog?.("c1", options, signal) ?? [])
      for (const line of piece.lines) see(line.text);
  }
  return seen;
}

/** Opens the socket and reads nothing; what ends it is told as a failure. */
async function idle(connection: SshConnection | null, socketPath: string): Promise<Seen> {
  const socket = await connection?.openSocket(socketPath);
  if (socket === undefined) throw new Error("There is no connection.");
  return new Promise((_, reject) => {
    socket.on("error", (error: Error) => reject(new AppError("unreachable", error.message)));
    socket.on("close", () => reject(new AppError("unreachable", "It was closed.")));
  });
}

async function openBroker(connection: SshConnection | null, port: number): Promise<Seen> {
  if (connection === null) throw new Error("There is no connection.");
  const things = await KantoThings.open({ connection, broker: { host: "127.0.0.1", port } });
  things.close();
  return { count: 0, longest: 0 };
}

async function obey(order: Order): Promise<Seen> {
  const connection = await reach(order);
  try {
    if (order.call === "login") return { count: 0, longest: 0 };
    if (order.call === "broker") return await openBroker(connection, order.brokerPort ?? 0);
    if (order.call === "idle") return await idle(connection, order.socketPath);
    const engine = await openEngine({ socketPath: order.socketPath, ...(connection === null ? {} : { connection }) });
    try {
      return await call(engine, order.call);
    } finally {
      engine.close();
    }
  } finally {
    connection?.close();
  }
}

async function carryOut(order: Order): Promise<Report> {
  let seen: Seen = { count: 0, longest: 0 };
  let failure: Report["failure"] = null;
  globalThis.gc?.();
  const before = statusBytes("VmRSS");
  // From here on the kernel counts the highest anew (proc(5), clear_refs).
  writeFileSync("/proc/self/clear_refs", "5");
  try {
    seen = await obey(order);
  } catch (error) {
    // Any other error is a bug, and ends this process.
    if (!(error instanceof AppError)) throw error;
    failure = { code: error.code, message: error.message, hint: error.hint };
  }
  return { ...seen, failure, growthBytes: statusBytes("VmHWM") - before };
}

process.on("message", (message) => {
  void carryOut(orderSchema.parse(message)).then((report) => process.send?.(report));
});
process.send?.("ready");
