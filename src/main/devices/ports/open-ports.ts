import { randomBytes } from "node:crypto";
import { AppError, type Container, type OpenPort } from "../../../shared/domain/index.ts";
import type { Entry } from "../fleet/entry.ts";
import { PortForward } from "./port-forward.ts";
import { publishedPort } from "./port-target.ts";

export interface OpenPortRequest {
  port: number;
  /** Null: a port of the device itself. */
  container: Container | null;
  localPort: number | null;
}

interface Held {
  view: OpenPort;
  forward: PortForward;
  stopListening: () => void;
}

/** Ports that are usually served with TLS. */
const tlsPorts = new Set([443, 8443, 9443]);

/** The ports of devices that are open on this machine. */
export class OpenPorts {
  readonly #held = new Map<string, Held>();
  readonly #onBug: (error: unknown) => void;
  #closed = false;

  constructor(onBug: (error: unknown) => void) {
    this.#onBug = onBug;
  }

  list(): OpenPort[] {
    return [...this.#held.values()].map(({ view }) => view);
  }

  /**
   * Opens one, or gives the one that is open already. Throws what explains that nothing answers there, `conflict` for a
   * local port that is in use, `unsupported` for a port that is not published and a server that does not forward.
   */
  async open(entry: Entry, { port, container, localPort }: OpenPortRequest): Promise<OpenPort> {
    const containerId = container?.id ?? null;
    const known = this.list().find(
      (one) => one.deviceId === entry.device.id && one.containerId === containerId && one.port === port,
    );
    if (known !== undefined && (localPort === null || localPort === known.localPort)) return known;
    const target = container === null ? { host: "127.0.0.1", port } : publishedPort(container, port);
    const { connection } = entry.session;
    if (connection === null) throw entry.troubleError();
    // Tried once, so that whoever asks is told in words, and not by a browser.
    (await connection.openTcp(target.host, target.port)).destroy();
    const forward = await PortForward.open({
      target,
      localPort,
      connection: () => entry.session.connection,
      onBug: this.#onBug,
    });
    const view: OpenPort = {
      id: `p-${randomBytes(6).toString("hex")}`,
      deviceId: entry.device.id,
      containerId,
      port,
      localPort: forward.localPort,
      url: `${tlsPorts.has(target.port) ? "https" : "http"}://127.0.0.1:${forward.localPort}/`,
      openedAtMs: Date.now(),
    };
    const onLeft = (): void => void this.close(view.id).catch(this.#onBug);
    entry.left.addEventListener("abort", onLeft, { once: true });
    this.#held.set(view.id, {
      view,
      forward,
      stopListening: () => entry.left.removeEventListener("abort", onLeft),
    });
    if (this.#closed || entry.left.aborted) {
      await this.close(view.id);
      throw new AppError("cancelled", "The device has left the list.");
    }
    return view;
  }

  /** True when it was open. */
  async close(id: string): Promise<boolean> {
    const held = this.#held.get(id);
    if (held === undefined) return false;
    this.#held.delete(id);
    held.stopListening();
    await held.forward.close();
    return true;
  }

  async closeAll(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#held.keys()].map((id) => this.close(id)));
  }
}
