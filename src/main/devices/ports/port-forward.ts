import { createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { AppError } from "../../../shared/domain/index.ts";
import type { SshConnection } from "../../ssh/index.ts";
import type { PortTarget } from "./port-target.ts";

/** Only this machine may use it: whoever reaches the port reaches the device. */
const loopback = "127.0.0.1";

/** Below these only root may listen, and a browser's own ideas about a port begin. */
const firstFreePort = 1024;

export interface PortForwardOptions {
  target: PortTarget;
  /** Null: the same number as on the device where it is free, else any. */
  localPort: number | null;
  /** The connection to the device now; null while there is none. */
  connection: () => SshConnection | null;
  onBug: (error: unknown) => void;
}

/**
 * A port of this machine whose connections go through the SSH connection to a port of a device. It outlives breaks of
 * that connection: meanwhile whoever connects is hung up on. It owns its listener and its connections.
 */
export class PortForward {
  readonly #server: Server;
  readonly #options: PortForwardOptions;
  readonly #open = new Set<Socket | Duplex>();

  private constructor(server: Server, options: PortForwardOptions) {
    this.#server = server;
    this.#options = options;
    server.on("connection", (socket) => void this.#serve(socket));
  }

  /** Throws `conflict` when the local port is in use, `bad-input` when it may not be used. */
  static async open(options: PortForwardOptions): Promise<PortForward> {
    const wanted = options.localPort ?? (options.target.port >= firstFreePort ? options.target.port : 0);
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    try {
      await listen(server, wanted);
    } catch (error) {
      if (options.localPort !== null) throw notListening(options.localPort, error);
      await listen(server, 0);
    }
    return new PortForward(server, options);
  }

  get localPort(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  close(): Promise<void> {
    for (const one of this.#open) one.destroy();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #serve(socket: Socket): Promise<void> {
    this.#keep(socket);
    const connection = this.#options.connection();
    const { host, port } = this.#options.target;
    try {
      if (connection === null) throw new AppError("unreachable", "The device is not connected.");
      const channel = await connection.openTcp(host, port);
      this.#keep(channel);
      socket.on("close", () => channel.destroy());
      // What the device has sent still goes out.
      channel.on("close", () => socket.destroySoon());
      socket.pipe(channel);
      channel.pipe(socket);
      if (socket.destroyed || !this.#server.listening) channel.destroy();
    } catch (error) {
      // A hang-up is all that TCP can say; opening the port has said it in words when nothing listened then.
      socket.resetAndDestroy();
      if (!(error instanceof AppError)) this.#options.onBug(error);
    }
  }

  #keep(stream: Socket | Duplex): void {
    this.#open.add(stream);
    stream.on("close", () => this.#open.delete(stream));
    // Either side may break off at any time: the other one is then closed too.
    stream.on("error", () => stream.destroy());
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: loopback, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function notListening(port: number, error: unknown): unknown {
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "EADDRINUSE") {
    return new AppError("conflict", `Port ${port} of this machine is in use.`, {
      hint: "Choose another one, or leave it out: then a free one is taken.",
      cause: error,
    });
  }
  if (code === "EACCES") {
    return new AppError("bad-input", `Port ${port} of this machine may not be used by this user.`, {
      hint: "Choose one from 1024 on, or leave it out: then a free one is taken.",
      cause: error,
    });
  }
  return error;
}
