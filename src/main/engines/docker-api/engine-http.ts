import { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type * as z from "zod";
import { AppError } from "../../../shared/domain/index.ts";
import { type ClockReading, readClock } from "../logs/engine-clock.ts";
import { checkOutside, parseOutsideJson } from "../outside-text.ts";
import { Deadline } from "./deadline.ts";
import { connectionOf, type EngineAddress, placeOf } from "./engine-address.ts";
import { refusalError, refusalWords, transportError, unreadableAnswer } from "./engine-errors.ts";
import { agentsFor, type EngineAgents, type Modem, makeModem } from "./engine-modem.ts";
import { giveSecretHeaders } from "./modem-requests.ts";
import { readAnswer, readRefusal } from "./read-answer.ts";

export interface EngineRequest {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the version: `/containers/json`. Ids and names in it go through `pathPart`. */
  path: string;
  query?: Record<string, string | string[]>;
  body?: Record<string, unknown>;
  /** Headers that hold a secret. */
  secretHeaders?: Readonly<Record<string, string>>;
  /** A tar to send in place of a body. */
  file?: Readable;
  signal?: AbortSignal;
  /** Until the answer is complete, or for a stream until it begins; 60,000 unless told, null for no limit. */
  timeoutMs?: number | null;
  /** Of a stream: it ends by itself soon, as an answer does, so that it is sent the way of those. */
  brief?: boolean;
  /** What its answer may be at most, when it is not a stream; 8 MiB unless told. */
  maxBytes?: number;
  /** How an error's sentence begins: `Container web`. */
  what: string;
}

/** An answer that is not a stream and is longer than this is not an answer. */
const answerMaxBytes = 8 * 1024 * 1024;

/** docker-modem would read the words of a refusal without end, and fall over some: so to it, none is one. */
const everyStatus = Object.fromEntries(Array.from({ length: 1_000 }, (_, code) => [code, true]));
const successes: ReadonlySet<number | undefined> = new Set([200, 201, 204, 304]);

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
      return await this.#ask(modem, request, deadline.signal);
    } catch (error) {
      throw this.#explain(error, deadline);
    } finally {
      deadline.release();
    }
  }

  /** The whole answer, parsed. */
  async json<T extends z.ZodType>(schema: T, request: EngineRequest): Promise<z.infer<T>> {
    const text = await this.#text(request);
    let value: unknown;
    try {
      value = parseOutsideJson(text);
    } catch (error) {
      throw unreadableAnswer(request.what, error);
    }
    const parsed = checkOutside(schema, value);
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
      const answer = await this.#ask(this.#modem, request, deadline.signal);
      const maxBytes = request.maxBytes ?? answerMaxBytes;
      const text = await readAnswer(answer, maxBytes);
      if (text === null) throw unreadableAnswer(request.what, `more than ${maxBytes} bytes`);
      return text;
    } catch (error) {
      throw this.#explain(error, deadline);
    } finally {
      deadline.release();
    }
  }

  /** Throws the refusal that an answer is. */
  async #ask(modem: Modem, request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const answer = await this.#dial(modem, request, signal);
    const { statusCode } = answer;
    if (successes.has(statusCode)) return answer;
    const words = refusalWords(await readRefusal(answer));
    throw refusalError({ status: statusCode ?? 0, words }, request.what, null);
  }

  #dial(modem: Modem, request: EngineRequest, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (request.secretHeaders !== undefined) giveSecretHeaders(signal, request.secretHeaders);
      const sentAtMs = performance.now();
      const options = {
        path: `${request.path}?`,
        method: request.method,
        isStream: true,
        statusCodes: everyStatus,
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

  #explain(error: unknown, deadline: Deadline): AppError {
    if (deadline.signal.aborted && deadline.signal.reason instanceof AppError) return deadline.signal.reason;
    return this.streamError(error);
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
