import { createSocket, type Socket } from "node:dgram";
import type { LanInterface } from "./interfaces.ts";

const MDNS_PORT = 5353;
const GROUPS = { IPv4: "224.0.0.251", IPv6: "ff02::fb" } as const;
/** RFC 6762, 11: an answer should arrive with the full hop count. */
const HOPS = 255;

export interface InterfaceSocketEvents {
  /** A packet of this network; `legacy` when it was sent to our asking port alone. */
  onPacket(packet: Buffer, sender: string, legacy: boolean): void;
  /** A socket could not be opened, or does not hear the group. */
  onFailure(what: string): void;
  /** The last packet could not be sent; null: it was. A new address refuses for its first second (RFC 4862, 5.4). */
  onSent(failure: string | null): void;
}

/**
 * The two sockets of one network: one on 5353 that hears announcements (shared with other mDNS programs of this
 * machine), and one of its own port to ask from, whose answers surely come from this network and to this process.
 * Responders differ in which of the two they answer, so a question goes out of both.
 */
export class InterfaceSocket {
  readonly #lan: LanInterface;
  readonly #events: InterfaceSocketEvents;
  readonly #listening: Socket;
  readonly #asking: Socket;
  #listens = false;
  #asks = false;
  #closed = false;

  constructor(lan: LanInterface, events: InterfaceSocketEvents) {
    this.#lan = lan;
    this.#events = events;
    const type = lan.family === "IPv4" ? ("udp4" as const) : ("udp6" as const);
    this.#listening = createSocket({ type, reuseAddr: true, ipv6Only: lan.family === "IPv6" });
    this.#asking = createSocket({ type });
    this.#open(this.#listening, false);
    this.#open(this.#asking, true);
  }

  /** True once packets can be heard and questions sent. */
  get ready(): Promise<void> {
    return Promise.all([opened(this.#listening), opened(this.#asking)]).then(() => undefined);
  }

  /** Sends to the multicast group. With `legacyToo` also from the asking port, which is answered at once and directly. */
  send(packet: Buffer, legacyToo: boolean): void {
    if (this.#closed) return;
    if (this.#listens) this.#sendFrom(this.#listening, packet);
    if (this.#asks && (legacyToo || !this.#listens)) this.#sendFrom(this.#asking, packet);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listening.close();
    this.#asking.close();
  }

  #open(socket: Socket, legacy: boolean): void {
    socket.on("error", (error) => this.#fail(error));
    socket.on("message", (packet, sender) => {
      // A socket that joined one network's group hears the packets of every network: the sender tells them apart.
      const own = sender.address.split("%")[0] === this.#lan.address;
      if (!this.#closed && !own && this.#lan.contains(sender.address)) {
        this.#events.onPacket(packet, sender.address, legacy);
      }
    });
    const anyAddress = this.#lan.family === "IPv4" ? "0.0.0.0" : "::";
    const ownAddress = this.#lan.family === "IPv4" ? this.#lan.address : `${this.#lan.address}%${this.#lan.name}`;
    socket.bind({ port: legacy ? 0 : MDNS_PORT, address: legacy ? ownAddress : anyAddress }, () => {
      if (this.#closed) return;
      try {
        this.#join(socket, legacy);
        if (legacy) this.#asks = true;
        else this.#listens = true;
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #join(socket: Socket, legacy: boolean): void {
    const { family, address, name } = this.#lan;
    const multicastInterface = family === "IPv4" ? address : `::%${name}`;
    if (!legacy) socket.addMembership(family === "IPv4" ? GROUPS.IPv4 : `${GROUPS.IPv6}%${name}`, multicastInterface);
    socket.setMulticastInterface(multicastInterface);
    socket.setMulticastTTL(HOPS);
  }

  #sendFrom(socket: Socket, packet: Buffer): void {
    const group = this.#lan.family === "IPv4" ? GROUPS.IPv4 : `${GROUPS.IPv6}%${this.#lan.name}`;
    socket.send(packet, MDNS_PORT, group, (error) => {
      if (!this.#closed) this.#events.onSent(error === null ? null : error.message);
    });
  }

  #fail(error: unknown): void {
    if (!this.#closed) this.#events.onFailure(error instanceof Error ? error.message : String(error));
  }
}

function opened(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("listening", () => resolve());
    socket.once("error", () => resolve());
    socket.once("close", () => resolve());
  });
}
