import { isDeepStrictEqual } from "node:util";
import { AppError, type DeviceFacts } from "../../../shared/domain/index.ts";
import type { SshConnection } from "../../ssh/index.ts";
import { type ProbeAnswer, parseProbe } from "../identity/parse-probe.ts";
import { probeScript } from "../identity/probe-script.ts";
import { type EngineGuess, guessEngine } from "./guess-engine.ts";
import { openFirstEngine, stayWithEngine } from "./serve-engine.ts";
import type { LiveParts, OfferedKey, SessionSurroundings } from "./session-status.ts";
import type { StatusKeeper } from "./status-keeper.ts";
import type { WakeUp } from "./wake-up.ts";

/** How often a device without an answering engine is asked again. */
const ENGINE_RETRY_MS = 2_000;
/** Every so many of these tries the device is asked for its sockets anew: an engine may have been installed. */
const PROBE_EVERY_TRIES = 3;
const PROBE_TIMEOUT_MS = 15_000;
/** Disk, temperature and uptime change while a device is online. */
const PROBE_AGAIN_MS = 60_000;

/** How a connection came to its end; `why` is null when it was closed from here. */
export type LifeEnd = { wasMeant: false } | { wasMeant: true; why: AppError | null };

export interface LifeParts {
  /** It stays the caller's, who closes it. */
  connection: SshConnection;
  /** The key that the device has shown on it. */
  offered: OfferedKey;
  /** What the device was like when it was last here. */
  remembered: DeviceFacts | null;
  status: StatusKeeper;
  surroundings: Pick<SessionSurroundings, "onIdentified" | "onEngineEvent">;
  /** Ends the wait for an engine. */
  wake: WakeUp;
}

/** What a session does on one connection, from its login to its end: ask who that is, open its engine, stay with it. */
export class ConnectionLife {
  readonly #parts: LifeParts;
  readonly #ended = new AbortController();
  readonly #reason: Promise<AppError | null>;
  #live: LiveParts | null = null;

  constructor(parts: LifeParts) {
    this.#parts = parts;
    this.#reason = new Promise((resolve) => {
      parts.connection.onClosed((why) => {
        this.#ended.abort();
        resolve(why);
      });
    });
  }

  get connection(): SshConnection {
    return this.#parts.connection;
  }

  /** Connection and engine while the engine answers; null otherwise. */
  get live(): LiveParts | null {
    return this.#live;
  }

  /** Until the connection ends. `onMeant`: it is the device that was meant. Throws what went wrong on a connection that is well. */
  async run(onMeant: () => void): Promise<LifeEnd> {
    const { connection, offered, surroundings } = this.#parts;
    // Asked first: what the server does on its first command makes it prompt for everything else (ssh2-connection.ts).
    const probing = this.#probe();
    const guess = guessEngine(connection, this.#parts.remembered);
    try {
      if (!(await surroundings.onIdentified(connection.target, offered, await probing))) return { wasMeant: false };
      onMeant();
      await this.#keepEngine(guess);
    } catch (error) {
      // Whatever was under way when the connection broke fails too; why it broke is what counts.
      if (!this.#ended.signal.aborted) throw error;
    } finally {
      guess?.drop();
    }
    return { wasMeant: true, why: await this.#reason };
  }

  /** The engine, its events, and the engine again when it was away. */
  async #keepEngine(guess: EngineGuess | null): Promise<void> {
    const ended = this.#ended.signal;
    const again = setInterval(() => void this.#probeAgain(), PROBE_AGAIN_MS);
    try {
      for (let tries = 1; !ended.aborted; tries += 1) {
        await this.#serveEngine(tries === 1 ? guess : null);
        if (ended.aborted) return;
        await this.#parts.wake.wait(ENGINE_RETRY_MS, ended);
        if (!ended.aborted && tries % PROBE_EVERY_TRIES === 0) await this.#probeAgain();
      }
    } finally {
      clearInterval(again);
    }
  }

  async #serveEngine(guess: EngineGuess | null): Promise<void> {
    const { connection, status, surroundings } = this.#parts;
    const ended = this.#ended.signal;
    const gone = new AbortController();
    const signal = AbortSignal.any([ended, gone.signal]);
    try {
      const facts = status.current.probe?.facts;
      if (facts === undefined)
        throw new AppError("internal", "The engine was opened before the device was identified.");
      const { engine, info } = await openFirstEngine(connection, facts, guess);
      try {
        if (ended.aborted) return;
        this.#live = { connection, engine, signal };
        status.update({ state: "online", trouble: null, engine: info, askingJump: null });
        await stayWithEngine(
          engine,
          info.socket,
          signal,
          () => surroundings.onEngineEvent(),
          (now) => {
            if (!isDeepStrictEqual(now, status.current.engine)) status.update({ engine: now });
          },
        );
      } finally {
        this.#live = null;
        gone.abort();
        engine.close();
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (ended.aborted) return;
      status.update({
        state: "engine-down",
        trouble: { code: error.code, message: error.message, hint: error.hint },
        engine: null,
      });
    }
  }

  async #probe(): Promise<ProbeAnswer> {
    const { connection, status } = this.#parts;
    const { stdout } = await connection.exec(["sh", "-c", probeScript], { timeoutMs: PROBE_TIMEOUT_MS });
    const probe = parseProbe(stdout);
    status.update({ probe, probedAtMs: Date.now(), answeredAtMs: Date.now() });
    return probe;
  }

  /** Fresh facts of a device that is online. When the device is too busy to answer, the old ones stay and show their age. */
  async #probeAgain(): Promise<void> {
    try {
      await this.#probe();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
}
