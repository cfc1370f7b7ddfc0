import type { Agent } from "node:http";
import type { Duplex } from "node:stream";
import type { PlaceUse } from "./exec-pool.ts";
import { ChannelAgent } from "./socket-agent.ts";
import type { SocketDialer } from "./socket-dialer.ts";
import type { SshConnection } from "./ssh-connection.ts";

/** Every idle one holds a session of the device, and a process there. */
const idleDialsMax = 2;

/** An HTTP agent for requests that are soon answered, and one for answers that go on (logs, events, a pull). */
export interface DialerAgents {
  requests: Agent;
  streams: Agent;
}

/**
 * HTTP through a command on the device that passes its standard input and output on to the engine's socket. Each of its
 * sockets is a session, and those are few (exec-pool.ts): so idle ones make room as soon as somebody waits for a
 * session, and streams, which do not end by themselves, are kept apart and never get the last ones.
 */
export function dialerAgents(connection: SshConnection, dialer: SocketDialer): DialerAgents {
  return { requests: new RequestAgent(connection, dialer), streams: streamAgent(connection, dialer) };
}

class RequestAgent extends ChannelAgent {
  readonly #connection: SshConnection;
  readonly #stopListening: () => void;
  #isOver = false;

  constructor(connection: SshConnection, dialer: SocketDialer) {
    const open = (): Promise<Duplex> => dial(connection, dialer, "brief");
    super(connection, dialer.argv.join(" "), open, { keepAlive: true, maxFreeSockets: idleDialsMax });
    this.#connection = connection;
    this.#stopListening = connection.places.onCrowded(() => this.#dropIdle());
  }

  override destroy(): void {
    this.#isOver = true;
    this.#stopListening();
    super.destroy();
  }

  /**
   * Asked when a request is done, or was given up before its socket came: that is kept only while nobody waits for the
   * session, and not after the end.
   */
  keepSocketAlive(socket: Duplex): boolean {
    // What node's own does here (timeouts, ref) is for sockets of the system.
    return !this.#isOver && !this.#connection.places.crowded && !socket.destroyed;
  }

  #dropIdle(): void {
    for (const sockets of Object.values(this.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
  }
}

function streamAgent(connection: SshConnection, dialer: SocketDialer): Agent {
  return new ChannelAgent(connection, dialer.argv.join(" "), () => dial(connection, dialer, "stream"), {
    keepAlive: false,
  });
}

async function dial(connection: SshConnection, dialer: SocketDialer, use: PlaceUse): Promise<Duplex> {
  const process = await connection.start(dialer.argv, use);
  // Its command ends with its input; one that does not is ended.
  process.stream.once("close", () => process.close());
  return process.stream;
}
