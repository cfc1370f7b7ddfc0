import { EventEmitter } from "node:events";
import { WebSocket } from "ws";
import * as z from "zod";

const frameSchema = z.object({
  id: z.int().optional(),
  method: z.string().optional(),
  params: z.record(z.string(), z.unknown()).optional(),
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ message: z.string() }).optional(),
  sessionId: z.string().optional(),
});

type Values = Record<string, unknown>;

interface Waiting {
  method: string;
  resolve(result: Values): void;
  reject(error: Error): void;
}

/** One attachment to one page. Events carry their CDP name and parameters. */
export class CdpSession extends EventEmitter<Record<string, [Values]>> {
  readonly #client: CdpClient;
  readonly id: string;

  constructor(client: CdpClient, id: string) {
    super();
    this.#client = client;
    this.id = id;
  }

  call(method: string, params: Values = {}): Promise<Values> {
    return this.#client.call(method, params, this.id);
  }
}

/** The Chrome DevTools Protocol over one WebSocket, as far as the stand-in needs it. */
export class CdpClient extends EventEmitter<Record<string, [Values]>> {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #sessions = new Map<string, CdpSession>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
    socket.on("message", (data) => this.#receive(data.toString()));
    socket.on("close", () => {
      for (const { reject, method } of this.#waiting.values()) reject(new Error(`${method}: the browser is gone.`));
      this.#waiting.clear();
    });
  }

  static async open(address: string): Promise<CdpClient> {
    const socket = new WebSocket(address, { perMessageDeflate: false });
    await new Promise<void>((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.once("error", reject);
    });
    return new CdpClient(socket);
  }

  call(method: string, params: Values = {}, sessionId?: string): Promise<Values> {
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { method, resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    });
  }

  async attach(targetId: string): Promise<CdpSession> {
    const { sessionId } = await this.call("Target.attachToTarget", { targetId, flatten: true });
    const session = new CdpSession(this, String(sessionId));
    this.#sessions.set(session.id, session);
    return session;
  }

  close(): void {
    this.#socket.close();
  }

  #receive(text: string): void {
    const frame = frameSchema.parse(JSON.parse(text));
    if (frame.id !== undefined) {
      const waiting = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      if (frame.error !== undefined) waiting?.reject(new Error(`${waiting.method}: ${frame.error.message}`));
      else waiting?.resolve(frame.result ?? {});
      return;
    }
    if (frame.method === undefined) return;
    const receiver = frame.sessionId === undefined ? this : this.#sessions.get(frame.sessionId);
    receiver?.emit(frame.method, frame.params ?? {});
  }
}
