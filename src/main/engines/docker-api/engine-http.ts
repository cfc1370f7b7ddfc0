import { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type * as z from "zod";
import { AppError } from "../../../shared/domain/index.ts";
import { type ClockReading, readClock } from "../logs/engine-clock.ts";
import { Deadline } from "./deadline.ts";
import { connectionOf, type EngineAddress, placeOf } from "./engine-address.ts";
import { refusalError, refusalOf, transportError, unreadableAnswer } from "./engine-errors.ts";
import { agentsFor, type EngineAgents, type Modem, makeModem } from "./engine-modem.ts";

export interface EngineRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the version: `/containers/json`. Ids and names in it go through `pathPart`. */
  path: string;
  query?: Record<string, string | string[]>;
  body?: Record<string, unknown>;
  /** A tar to send in place of a body. */
  file?: Readable;
  signal?: AbortSignal;
  /** Until the answer is complete, or for a stream until it begins; 60,000 unless told, null for no limit. */
  timeoutMs?: number | null;
  /** Of a stream: it ends by itself soon, as an answer does, so that it is sent the way of those. */
  brief?: boolean;
  /** How an error's sentence begins: `Container web`. */
  what: string;
}

/** An answer that is not a stream and is longer than this is not an answer. */
const answerMaxBytes = 32 * 1024 * 1024;

/** Escapes one part of a path: names come from files and devices. */
export function pathPart(text: string): string {
  return encodeURIComponent(text);
}

/**
 * HTTP to one engine, through docker-modem. Three of its ways are kept out: the environment (it prefers DOCKER_HOST to
 * the socket that it is given), whole answers (one that breaks off half-way would be waited for without end: so every
 * answer is taken as a stream), and its error texts.
 */
export class EngineHttp {
  readonly #modem: Modem;
  readonly #streamModem: Modem;
  readonly #agents: EngineAgents;
  readonly #address: EngineAddress;
  readonly place: string;
  #clock: ClockReading | null = null;

  /** `version`: the API version of all paths, null for unversioned ones. It owns the agents from now on. */
  constructor(address: EngineAddress, version: string | null, agents: EngineAgents = agentsFor(address)) {
    this.#address = address;
    this.place = placeOf(address);
    this.#agents = agents;
    this.#modem = makeModem(address.socketPath, version, agents.requests);
    this.#streamModem = makeModem(address.socketPath, version, agents.streams);
  }

  /** The engine's clock, as its last answer told; null before an answer. */
  get clock(): ClockReading | null {
    return this.#clock;
  }

  /** The same engine, its sockets taken over, with versioned paths. Close that one, not this one. */
  withVersion(version: string): EngineHttp {
    return new EngineHttp(this.#address, version, this.#agents);
  }

  /** The answer as it comes in. The caller reads it to its end or destroys it. */
  async stream(request: EngineRequest): Promise<IncomingMessage> {
    const deadline = new Deadline(request);
    try {
      const modem = request.brief === true ? this.#modem : this.#streamModem;
      return await this.#dial(modem, request, deadline.signal);
    } catch (error) {
      throw this.#explain(error, request, deadline);
    } finally {
      deadline.release();
    }
  }

  /** The whole answer, parsed. */
  async json<T extends z.ZodType>(schema: T, request: EngineRequest): Promise<z.infer<T>> {
    const text = await this.#text(request);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw unreadableAnswer(request.what, error);
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw unreadableAnswer(request.what, parsed.error);
    return parsed.data;
  }

  /** For calls whose answer says nothing but "done". */
  async send(request: EngineRequest): Promise<void> {
    await this.#text(request);
  }

  /** The failure behind an error that a stream of this engine ended with. */
  streamError(error: unknown): AppError {
    return transportError(error, this.place, this.#lost());
  }

  close(): void {
    this.#agents.requests.destroy();
    this.#agents.streams.destroy();
  }

  async #text(request: EngineRequest): Promise<string> {
    const deadline = new Deadline(request);
    try {
      const answer = await this.#dial(this.#modem, request, deadline.signal);
      return await readAll(answer, request.what);
    } catch (error) {
      throw this.#explain(error, request, deadline);
    } finally {
      deadline.release();
    }
  }

  #dial(modem: Modem, request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const sentAtMs = performance.now();
      const options = {
        path: `${request.path}?`,
        method: request.method,
        isStream: true,
        statusCodes: { 200: true, 201: true, 204: true, 304: true },
        abortSignal: signal,
        options: { _query: request.query ?? {}, _body: request.body ?? {} },
        ...(request.file === undefined ? {} : { file: request.file }),
      };
      modem.dial(options, (error: unknown, answer: unknown) => {
        if (answer instanceof IncomingMessage) {
          this.#clock = readClock(answer.headers.date, sentAtMs, performance.now()) ?? this.#clock;
          resolve(answer);
        } else reject(error ?? new Error("docker-modem gave no answer"));
      });
    });
  }

  #explain(error: unknown, request: EngineRequest, deadline: Deadline): AppError {
    if (deadline.signal.aborted && deadline.signal.reason instanceof AppError) return deadline.signal.reason;
    const refusal = refusalOf(error);
    return refusal === null ? this.streamError(error) : refusalError(refusal, request.what, error);
  }

  #lost(): AppError | null {
    const connection = connectionOf(this.#address);
    let reason: AppError | null = null;
    if (connection?.closed === true) {
      connection.onClosed((why) => {
        reason = why ?? new AppError("unreachable", `The connection behind ${this.place} is closed.`);
      });
    }
    return reason;
  }
}

async function readAll(answer: IncomingMessage, what: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes > answerMaxBytes) throw unreadableAnswer(what, `more than ${answerMaxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
