import { Agent, type AgentOptions } from "node:http";
import type { Duplex } from "node:stream";
import { inspect } from "node:util";
import type { SshConnection } from "./ssh-connection.ts";

/** Idle channels kept for the next request; a stream (logs, events) holds its own as long as it lasts. */
const idleChannelsMax = 8;

type OnSocket = (error: Error | null, socket?: Duplex) => void;

/** What node's HTTP client calls on a socket and a channel does not have. */
interface SocketManners {
  setKeepAlive: () => unknown;
  setNoDelay: () => unknown;
  setTimeout: () => unknown;
  ref: () => unknown;
  unref: () => unknown;
  destroySoon: () => unknown;
}

function withSocketManners(channel: Duplex): Duplex & SocketManners {
  const self = (): unknown => channel;
  return Object.assign(channel, {
    setKeepAlive: self,
    setNoDelay: self,
    setTimeout: self,
    ref: self,
    unref: self,
    destroySoon: () => channel.destroy(),
  });
}

/** An HTTP agent whose sockets are channels of a connection. */
export class ChannelAgent extends Agent {
  readonly #name: string;
  readonly #open: () => Promise<Duplex>;

  /** `name`: what all its sockets lead to; `open`: makes one. */
  constructor(connection: SshConnection, name: string, open: () => Promise<Duplex>, options: AgentOptions) {
    super({ scheduling: "lifo", ...options });
    this.#name = name;
    this.#open = open;
    // Its idle channels are dead then: the next request is to hear why, not that its socket hung up.
    connection.onClosed(() => this.destroy());
  }

  /** All requests go to one socket, whatever host name they carry: one pool. */
  getName(): string {
    return this.#name;
  }

  createConnection(_options: unknown, onSocket: OnSocket): undefined {
    this.#open().then(
      (channel) => onSocket(null, withSocketManners(channel)),
      (error: unknown) => onSocket(error instanceof Error ? error : new Error(String(error))),
    );
  }

  /**
   * docker-modem prints its request options, to any depth, for a debug line that nobody reads; through the agent that
   * would be the whole SSH client with every open channel, which takes seconds and then for ever.
   */
  [inspect.custom](): string {
    return `SocketAgent(${this.#name})`;
  }
}

/**
 * An HTTP agent that speaks to a Unix socket on the device over the one SSH connection, with a pool of kept-alive
 * channels. Destroy it to close the idle ones; the connection stays.
 */
export function socketAgent(connection: SshConnection, socketPath: string): Agent {
  return new ChannelAgent(connection, socketPath, () => connection.openSocket(socketPath), {
    keepAlive: true,
    maxFreeSockets: idleChannelsMax,
  });
}
