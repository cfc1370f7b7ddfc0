/**
 * A TCP proxy that makes the link to a server bad on request: slow, late, silent in one direction or both, or reset. There
 * is no netem in every kernel, so this is how a link is spoiled. It listens on the loopback interface.
 */
import { connect, createServer, type Server, type Socket } from "node:net";

export type Direction = "up" | "down";

export interface LinkFaults {
  /** Each byte arrives this much later. */
  delayMs?: number;
  /** Both directions together carry no more than this. */
  bytesPerSecond?: number;
  /** Nothing is passed on in these directions, and nothing says so: a half-open link. */
  stalled?: readonly Direction[];
}

export interface FaultProxy {
  readonly port: number;
  /** Connections that are open now. */
  readonly connections: number;
  /** Bytes passed on so far, both directions together. */
  readonly bytes: number;
  /** Replaces the faults; they hold for open connections and for new ones. */
  set(faults: LinkFaults): void;
  /** Ends every open connection with a TCP reset. */
  reset(): void;
  close(): Promise<void>;
}

/** What may be on its way on a late link that is not slow: enough that a burst arrives as late as its first byte, no later. */
const windowBytes = 256 * 1024;

/** One direction of one connection: what is read waits here until the faults let it through. */
class Pipe {
  #queue: { chunk: Buffer; dueAtMs: number }[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #ended = false;

  constructor(
    readonly from: Socket,
    readonly to: Socket,
    readonly direction: Direction,
    readonly link: Link,
  ) {
    from.on("data", (chunk: Buffer) => {
      this.#queue.push({ chunk, dueAtMs: performance.now() + (link.faults.delayMs ?? 0) });
      this.#waitingBytes += chunk.length;
      // What waits is bounded by the reader's window, as on a real link.
      const isLateOnly = link.faults.bytesPerSecond === undefined && link.faults.stalled === undefined;
      if (!isLateOnly || this.#waitingBytes > windowBytes) from.pause();
      this.pump();
    });
    from.on("end", () => {
      this.#ended = true;
      this.pump();
    });
  }

  /** Passes on what may pass now, and comes back for the rest. */
  pump(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.link.faults.stalled?.includes(this.direction) === true) return;
    for (;;) {
      const first = this.#queue[0];
      if (first === undefined) break;
      const waitMs = Math.max(first.dueAtMs - performance.now(), this.link.waitMs(performance.now()));
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.pump(), Math.max(1, waitMs));
        return;
      }
      // A slow link carries small pieces evenly, not whole buffers with long gaps.
      const piece = this.link.faults.bytesPerSecond === undefined ? first.chunk : first.chunk.subarray(0, 1_024);
      if (piece.length === first.chunk.length) this.#queue.shift();
      else first.chunk = first.chunk.subarray(piece.length);
      this.#waitingBytes -= piece.length;
      this.link.carry(piece.length, performance.now());
      if (!this.to.destroyed) this.to.write(piece);
    }
    if (this.#ended) this.to.end();
    else this.from.resume();
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#queue = [];
  }
}

/** The link's faults, and how much it has carried. */
class Link {
  faults: LinkFaults = {};
  bytes = 0;
  #freeAtMs = 0;

  /** How long until the next piece may go at the link's rate. */
  waitMs(nowMs: number): number {
    return this.faults.bytesPerSecond === undefined ? 0 : Math.max(0, this.#freeAtMs - nowMs);
  }

  carry(length: number, nowMs: number): void {
    this.bytes += length;
    const rate = this.faults.bytesPerSecond;
    if (rate !== undefined) this.#freeAtMs = Math.max(this.#freeAtMs, nowMs) + (length / rate) * 1_000;
  }
}

/** Listens in front of a server. Resolves once connections are taken. */
export async function startFaultProxy(target: { host: string; port: number }): Promise<FaultProxy> {
  const link = new Link();
  const open = new Map<Socket, { server: Socket; pipes: Pipe[] }>();
  const forget = (client: Socket): void => {
    const pair = open.get(client);
    if (pair === undefined) return;
    open.delete(client);
    for (const pipe of pair.pipes) pipe.stop();
    client.destroy();
    pair.server.destroy();
  };
  const proxy: Server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const server = connect({ ...target, noDelay: true, allowHalfOpen: true });
    const pipes = [new Pipe(client, server, "up", link), new Pipe(server, client, "down", link)];
    open.set(client, { server, pipes });
    for (const socket of [client, server]) {
      socket.on("error", () => forget(client));
      socket.on("close", () => forget(client));
    }
  });
  await new Promise<void>((resolve, reject) => {
    proxy.once("error", reject);
    proxy.listen(0, "127.0.0.1", resolve);
  });
  const address = proxy.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    get connections() {
      return open.size;
    },
    get bytes() {
      return link.bytes;
    },
    set(faults) {
      link.faults = faults;
      for (const { pipes } of open.values()) for (const pipe of pipes) pipe.pump();
    },
    reset() {
      for (const [client, { server }] of [...open]) {
        client.resetAndDestroy();
        server.resetAndDestroy();
        forget(client);
      }
    },
    async close() {
      for (const client of [...open.keys()]) forget(client);
      await new Promise<void>((resolve) => proxy.close(() => resolve()));
    },
  };
}
