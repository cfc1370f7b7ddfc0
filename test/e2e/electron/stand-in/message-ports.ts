import { EventEmitter } from "node:events";
import type Electron from "electron";

interface PortEvents {
  message: [{ data: unknown; ports: never[] }];
  close: [];
}

/** Where a port's messages go: the port beside it, or the page that it was given to. */
export interface FarEnd {
  deliver(data: unknown): void;
  closed(): void;
}

/** Electron's MessagePortMain: it holds messages back until `start`, and hears when the other end is gone. */
export class StandInPort extends EventEmitter<PortEvents> implements FarEnd {
  #far: FarEnd | null = null;
  #held: unknown[] = [];
  #started = false;
  #open = true;

  linkTo(far: FarEnd): void {
    this.#far = far;
  }

  /** Gives this end to a page: what its partner sends goes there from now on, and what comes from there goes to the partner. */
  giveAway(page: FarEnd): FarEnd {
    const partner = this.#far;
    if (!(partner instanceof StandInPort)) throw new Error("This port was given away already.");
    partner.linkTo(page);
    for (const data of this.#held) page.deliver(data);
    return partner;
  }

  postMessage(data: unknown): void {
    if (this.#open) this.#far?.deliver(structuredClone(data));
  }

  start(): void {
    this.#started = true;
    for (const data of this.#held.splice(0)) this.emit("message", { data, ports: [] });
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#far?.closed();
  }

  deliver(data: unknown): void {
    if (!this.#open) return;
    // As over a real channel, a message arrives in a turn of its own.
    if (this.#started) setImmediate(() => this.emit("message", { data, ports: [] }));
    else this.#held.push(data);
  }

  closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.emit("close");
  }
}

export class StandInChannel {
  readonly port1 = new StandInPort();
  readonly port2 = new StandInPort();

  constructor() {
    this.port1.linkTo(this.port2);
    this.port2.linkTo(this.port1);
  }
}

/** Checked by the compiler: what the door uses of a port has Electron's own shape. */
type UsedOfPort = Pick<Electron.MessagePortMain, "postMessage" | "start" | "close">;
export const MessageChannelMain = StandInChannel satisfies new () => { port1: UsedOfPort; port2: UsedOfPort };
