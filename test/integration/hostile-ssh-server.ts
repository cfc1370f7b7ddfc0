import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2, { type Connection } from "ssh2";

/** Something that listens and means harm. */
export interface HostileServer {
  port: number;
  stop(): Promise<void>;
}

/** Says `head`, and `chunk` over and over, to whoever connects, `bytes` in all. */
export async function startFlood(chunk: string, bytes: number, head = Buffer.alloc(0)): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  const block = Buffer.from(chunk.repeat(Math.ceil((256 * 1024) / chunk.length)));
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    let sent = 0;
    socket.write(head);
    const send = (): void => {
      while (sent < bytes && !socket.destroyed) {
        sent += block.length;
        if (!socket.write(block)) {
          socket.once("drain", send);
          return;
        }
      }
      socket.end();
    };
    send();
  });
  return listening(server, () => {
    for (const socket of sockets) socket.destroy();
  });
}

function listening(server: Server | InstanceType<typeof ssh2.Server>, end: () => void): Promise<HostileServer> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve({
        port: typeof address === "object" && address !== null ? address.port : 0,
        stop: () =>
          new Promise<void>((stopped) => {
            server.close(() => stopped());
            end();
          }),
      });
    });
  });
}

/** A method that ssh2 keeps to itself, since a server that behaves has no use for it. */
function inner(connection: Connection, name: string, ...words: unknown[]): void {
  const protocol: unknown = Reflect.get(connection, "_protocol");
  if (typeof protocol !== "object" || protocol === null) throw new Error("ssh2 is not as it was.");
  const method: unknown = Reflect.get(protocol, name);
  if (typeof method !== "function") throw new Error(`ssh2 has no ${name}.`);
  Reflect.apply(method, protocol, words);
}

export type HostileLogin = "refuse" | "disconnect" | "flood";

const floodBytes = 256 * 1024 * 1024;

/**
 * An SSH server that takes anybody. `refuse`: lets nobody in, with words that steer a terminal; `disconnect`: hangs up
 * with such words; `flood`: lets everybody in, opens what is asked for, and sends without regard to the window.
 */
export async function startHostileSsh(how: HostileLogin, words: string): Promise<HostileServer> {
  const folder = mkdtempSync(join(tmpdir(), "bayplan-hostile-ssh-"));
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(folder, "host")]);
  const connections = new Set<Connection>();
  const server = new ssh2.Server(
    { hostKeys: [readFileSync(join(folder, "host"))], banner: words, greeting: words.slice(0, 200) },
    (connection) => {
      connections.add(connection);
      connection.on("error", () => undefined);
      connection.on("close", () => connections.delete(connection));
      connection.on("authentication", (context) => {
        if (how === "flood") return context.accept();
        if (how === "disconnect") return inner(connection, "disconnect", 2, words);
        if (context.method === "keyboard-interactive")
          return context.prompt(
            [
              { prompt: `${words} Password`, echo: false },
              { prompt: words, echo: true },
            ],
            () => {
              context.reject();
            },
          );
        // A name of a method ends at a comma; everything else of it is the server's.
        return inner(connection, "authFailure", ["keyboard-interactive", words.replaceAll(",", "")]);
      });
      connection.on("openssh.streamlocal", (accept) => {
        const channel = accept();
        channel.on("error", () => undefined);
        // Of another size than a part of the window: ssh2 drops what comes when exactly nothing of it is left.
        const block = Buffer.alloc(32_000, "x");
        const { id } = channelEnd(channel);
        let sent = 0;
        const send = (): void => {
          for (let count = 0; count < 16; count += 1) {
            if (sent > floodBytes || !connections.has(connection)) return;
            inner(connection, "channelData", id, block);
            sent += block.length;
          }
          setTimeout(send, 1);
        };
        send();
      });
    },
  );
  return listening(server, () => {
    for (const connection of connections) connection.end();
    rmSync(folder, { recursive: true, force: true });
  });
}

/** The client's number of a channel. */
function channelEnd(channel: object): { id: unknown } {
  const outgoing: unknown = Reflect.get(channel, "outgoing");
  if (typeof outgoing !== "object" || outgoing === null) throw new Error("ssh2 is not as it was.");
  return { id: Reflect.get(outgoing, "id") };
}
