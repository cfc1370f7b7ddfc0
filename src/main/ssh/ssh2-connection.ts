import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "ssh2";
import { AppError, type KeyPrint, type SshTarget } from "../../shared/domain/index.ts";
import { ChannelStream } from "./channel-stream.ts";
import { execCommand } from "./exec-command.ts";
import { frameCommand } from "./exec-frame.ts";
import { ExecPool, type PlaceUse, type SessionPlaces, streamPlaces } from "./exec-pool.ts";
import { diagnoseSocket, openStreamLocal } from "./open-socket.ts";
import { openTcpChannel, tcpRefusal } from "./open-tcp.ts";
import { ProcessEnder } from "./process-ender.ts";
import { isChannelRefusal, openExecChannel, RemoteProcess } from "./remote-process.ts";
import { watchSilence } from "./silence-watch.ts";
import type { ExecOptions, ExecResult, OpenTcpOptions, SshConnection, SshProcess } from "./ssh-connection.ts";
import { closedByUs, formatTarget, lostConnection, NoStreamPlace } from "./ssh-errors.ts";

/** sshd takes 10 sessions on a connection unless told otherwise; two are left for others' use of it (SFTP). */
const execPlaces = 8;

/** How often a server is asked again, and after how long, that has just taken more sessions than it does now. */
const triesMax = 20;
const refusedWaitMs = 100;

/** How long a stream may wait for a place: longer than one that has just ended takes to give its own back. */
const streamWaitMs = 3_000;

/** How long a goodbye may take before the socket is cut. */
const goodbyeMs = 500;

type ClosedListener = (reason: AppError | null) => void;

/** The connection once it is there. It owns the client and its socket. */
export class Ssh2Connection implements SshConnection {
  readonly target: SshTarget;
  readonly hostKey: KeyPrint;
  readonly #client: Client;
  readonly #socket: Duplex;
  readonly #ender: ProcessEnder;
  readonly #pool = new ExecPool(execPlaces);
  readonly #listeners: ClosedListener[] = [];
  readonly #diagnoses = new Map<string, Promise<AppError>>();
  readonly #stopWatching: () => void;
  #prompt = false;
  #end: { reason: AppError | null } | null = null;

  constructor(target: SshTarget, hostKey: KeyPrint, client: Client, socket: Duplex) {
    this.target = target;
    this.hostKey = hostKey;
    this.#client = client;
    this.#socket = socket;
    this.#ender = new ProcessEnder(client);
    this.#stopWatching = watchSilence(socket, () => {
      this.#finish(lostConnection(target, "the device has been silent for more than 3 s"));
    });
    client.on("error", (error) => this.#finish(lostConnection(target, error.message, error)));
    client.on("close", () => this.#finish(lostConnection(target, "the device closed it")));
  }

  get closed(): boolean {
    return this.#end !== null;
  }

  get places(): SessionPlaces {
    return this.#pool;
  }

  exec(argv: readonly string[], options?: ExecOptions): Promise<ExecResult> {
    const what = argv.slice(0, 2).join(" ");
    return execCommand(this.target, (signal) => this.#startProcess(argv, "brief", signal), what, options);
  }

  async start(argv: readonly string[], use: PlaceUse = "stream"): Promise<SshProcess> {
    if (use === "brief") return this.#startProcess(argv, use);
    const limit = AbortSignal.timeout(streamWaitMs);
    try {
      return await this.#startProcess(argv, use, limit);
    } catch (error) {
      if (limit.aborted && error instanceof AppError && error.code === "cancelled") {
        throw noStreamPlace(this.target, this.#pool.max, error);
      }
      throw error;
    }
  }

  async openSocket(path: string): Promise<Duplex> {
    this.#requireOpen();
    this.#makePrompt();
    try {
      return new ChannelStream(await openStreamLocal(this.#client, path));
    } catch (error) {
      this.#requireOpen();
      if (!isChannelRefusal(error)) throw lostConnection(this.target, "it ended while a socket was opened", error);
      throw await this.#diagnose(path, error);
    }
  }

  async openTcp(host: string, port: number, options: OpenTcpOptions = {}): Promise<Duplex> {
    this.#requireOpen();
    try {
      return await openTcpChannel(this.#client, host, port, options);
    } catch (error) {
      this.#requireOpen();
      if (error instanceof AppError) throw error;
      throw isChannelRefusal(error)
        ? tcpRefusal(this.target, { host, port }, error)
        : lostConnection(this.target, "it ended while a channel was opened", error);
    }
  }

  onClosed(listener: ClosedListener): void {
    if (this.#end === null) this.#listeners.push(listener);
    else listener(this.#end.reason);
  }

  close(): void {
    if (this.#end !== null) return;
    this.#client.end();
    this.#finish(null);
  }

  /**
   * sshd switches Nagle's algorithm off when it starts the first command on a connection, and not before. Until then
   * every answer of more than one packet waits 40 ms for an acknowledgement: so a connection that has run nothing yet
   * runs something that does nothing.
   */
  #makePrompt(): void {
    if (this.#prompt) return;
    this.#prompt = true;
    // Whatever is wrong with commands here, whoever runs the next one is told; sockets work without.
    this.exec(["true"]).catch(() => undefined);
  }

  async #startProcess(argv: readonly string[], use: PlaceUse, signal?: AbortSignal): Promise<RemoteProcess> {
    const { line, marker } = frameCommand(argv);
    for (let tries = 1; ; tries += 1) {
      // It makes the server prompt: a socket that is opened meanwhile need not see to that.
      this.#prompt = true;
      await this.#pool.take(signal, use);
      try {
        this.#requireOpen();
        return await openExecChannel(this.#client, line, (channel) => {
          this.#pool.opened();
          channel.on("close", () => this.#pool.closed(use));
          return new RemoteProcess(channel, marker, this.#ender);
        });
      } catch (error) {
        this.#prompt = this.#pool.hasOpened;
        const others = this.#pool.inUse > 1;
        const isForNow = this.#pool.hasHeldMore && tries < triesMax;
        if (isChannelRefusal(error) && !isForNow && others) this.#pool.shrink();
        this.#pool.give(use);
        this.#requireOpen();
        if (!isChannelRefusal(error)) throw lostConnection(this.target, "it ended while a command was started", error);
        if (!isForNow && !others) throw noSession(this.target, error);
        if (isForNow) await sleep(refusedWaitMs);
      }
    }
  }

  /** One question to the device per socket, however many requests have just failed on it. */
  #diagnose(path: string, cause: unknown): Promise<AppError> {
    const asked = this.#diagnoses.get(path);
    if (asked !== undefined) return asked;
    const diagnosis = diagnoseSocket(this, path, cause).finally(() => this.#diagnoses.delete(path));
    this.#diagnoses.set(path, diagnosis);
    return diagnosis;
  }

  #requireOpen(): void {
    if (this.#end !== null) throw this.#end.reason ?? closedByUs(this.target);
  }

  #finish(reason: AppError | null): void {
    if (this.#end !== null) return;
    this.#end = { reason };
    this.#stopWatching();
    this.#pool.close(reason ?? closedByUs(this.target));
    if (reason === null) setTimeout(() => this.#socket.destroy(), goodbyeMs).unref();
    else this.#socket.destroy();
    for (const listener of this.#listeners.splice(0)) listener(reason);
  }
}

function noSession(target: SshTarget, cause: unknown): AppError {
  return new AppError("unsupported", `${formatTarget(target)} lets this user in, but opens no session.`, {
    hint: "Check MaxSessions in the device's /etc/ssh/sshd_config: it must be at least 1.",
    cause,
  });
}

function noStreamPlace(target: SshTarget, sessions: number, cause: unknown): NoStreamPlace {
  const places = streamPlaces(sessions);
  const count = places === 1 ? "The one place" : `All ${places} places`;
  return new NoStreamPlace("conflict", `${count} for logs, samples and events of ${formatTarget(target)} are taken.`, {
    hint:
      `Follow fewer logs at once. Bayplan uses at most ${sessions} sessions of this connection` +
      `${sessions < execPlaces ? ": its SSH server opens no more (MaxSessions in /etc/ssh/sshd_config)" : ""}. ` +
      "An SSH server that forwards to the engine's socket needs none of them: AllowStreamLocalForwarding yes.",
    cause,
  });
}
