import { isDeepStrictEqual } from "node:util";
import { AppError } from "../../../shared/domain/index.ts";
import type { SshConnection, SshEnd } from "../../ssh/index.ts";
import { type ProbeAnswer, parseProbe } from "../identity/parse-probe.ts";
import { probeScript } from "../identity/probe-script.ts";
import type { KeyVerdict } from "../known-hosts/judge-host-key.ts";
import { backoffMs } from "./backoff.ts";
import { statusOfFault } from "./fault-status.ts";
import { type NotReached, type Reached, reachDevice } from "./reach-device.ts";
import { openFirstEngine, stayWithEngine } from "./serve-engine.ts";
import {
  hostKeyOf,
  type LiveParts,
  type OfferedKey,
  type SessionStatus,
  type SessionSurroundings,
} from "./session-status.ts";
import { WakeUp } from "./wake-up.ts";

/** How often a device without an answering engine is asked again. */
const ENGINE_RETRY_MS = 2_000;
/** Every so many of these tries the device is asked for its sockets anew: an engine may have been installed. */
const PROBE_EVERY_TRIES = 3;
const PROBE_TIMEOUT_MS = 15_000;
/** Disk, temperature and uptime change while a device is online. */
const PROBE_AGAIN_MS = 60_000;
/** A connection that ends sooner counts as a failed try, so that a device that hangs up at once is not stormed. */
const SHORT_LIFE_MS = 5_000;
/** How often a key that nobody has agreed to is looked up again: another Bayplan may have been told. */
const KEY_LOOKUP_MS = 5_000;

/**
 * Keeps the one connection to a device: connect, ask who it is, open its engine, stay online; and again after whatever
 * ends it. It owns the connection and the engine; `close` releases both.
 */
export class DeviceSession {
  readonly #surroundings: SessionSurroundings;
  readonly #closing = new AbortController();
  readonly #wake = new WakeUp();
  #status: SessionStatus;
  #connection: SshConnection | null = null;
  #live: LiveParts | null = null;
  /** The round of tries that is under way, with the address it began at. */
  #attempt: { stop: AbortController; first: string } | null = null;
  #failures = 0;
  /** The server whose key was judged last. */
  #judged: SshEnd | null = null;
  #running: Promise<void> | null = null;

  constructor(surroundings: SessionSurroundings, initial: SessionStatus) {
    this.#surroundings = surroundings;
    this.#status = initial;
  }

  get status(): SessionStatus {
    return this.#status;
  }

  /** Connection and engine while the device is online; null otherwise. */
  get live(): LiveParts | null {
    return this.#live;
  }

  /** True while the SSH connection is there, with or without an engine. */
  get connected(): boolean {
    return this.#connection !== null;
  }

  /** The SSH connection while there is one, with or without an engine. It belongs to the session. */
  get connection(): SshConnection | null {
    return this.#connection;
  }

  /** True once the first try has come to something: what is shown is then not a guess any more. */
  get settled(): boolean {
    return this.#status.state !== "connecting" || this.#status.trouble !== null;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Tries at once instead of after the wait; changes nothing while the device is online. */
  wake(): void {
    this.start();
    if (this.#live !== null) return;
    this.#failures = 0;
    this.#wake.call();
    // It was announced at a better address meanwhile: no need to wait for one at which nobody may be left.
    if (this.#attempt !== null && this.#attempt.first !== this.#firstTarget()) this.#attempt.stop.abort();
  }

  /** What a person asks for: tries at once, and says so. */
  retry(): void {
    const { hostKey } = this.#status;
    const asked = hostKey.trust === "new" ? { hostKey: { ...hostKey, trust: "unseen" as const } } : {};
    if (!this.connected) this.#update({ state: "connecting", trouble: null, ...asked });
    this.wake();
  }

  /** A person has agreed to the key that was offered: the next try takes it. */
  agreed(): void {
    const { offered } = this.#status.hostKey;
    this.#update({ state: "connecting", trouble: null, hostKey: { trust: "pinned", offered, pinned: offered } });
    this.wake();
  }

  /** Ends the connection and makes a new one, for example as another user. */
  reconnect(): void {
    this.#failures = 0;
    this.#update({ state: "connecting", trouble: null });
    this.start();
    this.#wake.call();
    this.#attempt?.stop.abort();
    this.#connection?.close();
  }

  /** Where an address of it leads. Throws RouteError. */
  async endOf(target: SessionStatus["target"]): Promise<SshEnd> {
    return (await this.#surroundings.routeOf(target)).end;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#connection?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#wake.reset();
      const waitMs = await this.#tryOnce();
      if (waitMs === 0 || signal.aborted) continue;
      if (waitMs === null) await this.#waitForAgreement();
      else await this.#wake.wait(waitMs, signal);
    }
  }

  /** One life of a connection. Gives the milliseconds until the next try, null when a person has to agree first. */
  async #tryOnce(): Promise<number | null> {
    const { signal } = this.#closing;
    const attempt = { stop: new AbortController(), first: this.#firstTarget() };
    this.#attempt = attempt;
    try {
      const targets = this.#surroundings.targets();
      const reached = await reachDevice({
        targets,
        routeOf: (target) => this.#surroundings.routeOf(target),
        credentialsOf: (end, role) => this.#surroundings.credentialsOf(end, role),
        hostKeyTypes: (end, role) => this.#surroundings.hostKeyTypes(end, role),
        judgeKey: (end, role, offered) => this.#surroundings.judgeKey(end, role, offered),
        onOffered: (end, offered, verdict) => {
          this.#judged = end;
          // A key that is refused is told together with its consequence, never alone.
          if (verdict.trust === "moved-in") this.#surroundings.onTaken(end.target, offered);
          else if (verdict.trust === "pinned") this.#shown(end.target, offered, verdict);
        },
        signal: AbortSignal.any([signal, attempt.stop.signal]),
      });
      this.#attempt = null;
      if (reached.connection === null) return this.#fail(reached);
      return await this.#serve(reached.connection, reached);
    } catch (error) {
      if (signal.aborted || (attempt.stop.signal.aborted && this.#attempt === attempt)) return 0;
      if (!(error instanceof AppError)) this.#surroundings.onBug(error);
      const failure =
        error instanceof AppError ? error : new AppError("internal", "Bayplan made a mistake with this device.");
      return this.#fail({ error: failure, verdict: null, target: this.#status.target, offered: null, skipped: [] });
    } finally {
      this.#attempt = null;
    }
  }

  #firstTarget(): string {
    const target = this.#surroundings.targets()[0];
    return target === undefined ? "" : `${target.host} ${target.port}`;
  }

  #shown(target: SessionStatus["target"], offered: OfferedKey, verdict: KeyVerdict): void {
    this.#update({ target, offered, hostKey: hostKeyOf(verdict, offered), answeredAtMs: Date.now() });
  }

  #fail(failed: Omit<NotReached, "connection">): number | null {
    this.#failures += 1;
    const { state, trouble, retryInMs } = statusOfFault({
      error: failed.error,
      verdict: failed.verdict,
      offered: failed.offered,
      failures: this.#failures,
      boardSerial: this.#surroundings.pinnedBoardSerial(),
      user: failed.target.user,
      skipped: failed.skipped,
    });
    const locked = failed.skipped.filter((key) => state === "auth-failed" && key.isLocked);
    const { verdict, offered, target } = failed;
    const showed = verdict !== null && offered !== null && verdict.trust !== "moved-in";
    const answered = showed || state === "ssh-refused" || state === "auth-failed";
    const answeredAtMs = answered ? Date.now() : this.#status.answeredAtMs;
    const key = showed ? { offered, hostKey: hostKeyOf(verdict, offered) } : {};
    this.#update({
      state,
      trouble,
      target,
      engine: null,
      answeredAtMs,
      lockedKeys: locked.map(({ path }) => path),
      ...key,
    });
    return retryInMs;
  }

  async #serve(connection: SshConnection, reached: Reached): Promise<number> {
    const startedAtMs = Date.now();
    this.#connection = connection;
    const ended = new AbortController();
    const reason = new Promise<AppError | null>((resolve) => {
      connection.onClosed((why) => {
        ended.abort();
        resolve(why);
      });
    });
    try {
      if (this.#closing.signal.aborted) return 0;
      const probe = await this.#probe(connection);
      if (!(await this.#surroundings.onIdentified(connection.target, reached.offered, probe))) {
        this.#failures += 1;
        return backoffMs(this.#failures);
      }
      this.#failures = 0;
      await this.#keepEngine(connection, ended.signal);
    } catch (error) {
      // Whatever was under way when the connection broke fails too; why it broke is what counts.
      if (!ended.signal.aborted) throw error;
    } finally {
      connection.close();
      this.#connection = null;
    }
    const why = await reason;
    if (why === null || this.#closing.signal.aborted) return 0;
    const waitMs = this.#fail({ error: why, verdict: null, target: connection.target, offered: null, skipped: [] });
    return Date.now() - startedAtMs < SHORT_LIFE_MS ? (waitMs ?? backoffMs(this.#failures)) : 0;
  }

  /** Until the connection ends: the engine, its events, and the engine again when it was away. */
  async #keepEngine(connection: SshConnection, ended: AbortSignal): Promise<void> {
    const again = setInterval(() => void this.#probeAgain(connection), PROBE_AGAIN_MS);
    try {
      for (let tries = 1; !ended.aborted; tries += 1) {
        await this.#serveEngine(connection, ended);
        if (ended.aborted) return;
        await this.#wake.wait(ENGINE_RETRY_MS, ended);
        if (!ended.aborted && tries % PROBE_EVERY_TRIES === 0) await this.#probeAgain(connection);
      }
    } finally {
      clearInterval(again);
    }
  }

  async #serveEngine(connection: SshConnection, ended: AbortSignal): Promise<void> {
    const gone = new AbortController();
    const signal = AbortSignal.any([ended, gone.signal]);
    try {
      const facts = this.#status.probe?.facts;
      if (facts === undefined)
        throw new AppError("internal", "The engine was opened before the device was identified.");
      const { engine, info } = await openFirstEngine(connection, facts);
      try {
        if (ended.aborted) return;
        this.#live = { connection, engine, signal };
        this.#update({ state: "online", trouble: null, engine: info });
        await stayWithEngine(
          engine,
          signal,
          () => this.#surroundings.onEngineEvent(),
          (now) => {
            if (!isDeepStrictEqual(now, this.#status.engine)) this.#update({ engine: now });
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
      this.#update({
        state: "engine-down",
        trouble: { code: error.code, message: error.message, hint: error.hint },
        engine: null,
      });
    }
  }

  async #probe(connection: SshConnection): Promise<ProbeAnswer> {
    const { stdout } = await connection.exec(["sh", "-c", probeScript], { timeoutMs: PROBE_TIMEOUT_MS });
    const probe = parseProbe(stdout);
    this.#update({ probe, probedAtMs: Date.now(), answeredAtMs: Date.now() });
    return probe;
  }

  /** Fresh facts of a device that is online. When the device is too busy to answer, the old ones stay and show their age. */
  async #probeAgain(connection: SshConnection): Promise<void> {
    try {
      await this.#probe(connection);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }

  /** Nobody has agreed to the key yet. No connection is made meanwhile: only the files are looked at again. */
  async #waitForAgreement(): Promise<void> {
    const { signal } = this.#closing;
    const { offered } = this.#status;
    const end = this.#judged;
    while (!signal.aborted && !(await this.#wake.wait(KEY_LOOKUP_MS, signal))) {
      if (offered === null || end === null) return;
      if ((await this.#surroundings.judgeKey(end, "device", offered)).trust !== "new") return;
    }
  }

  #update(change: Partial<SessionStatus>): void {
    if (this.#closing.signal.aborted) return;
    const next = { ...this.#status, ...change };
    const isSameState = next.state === this.#status.state && next.trouble?.code === this.#status.trouble?.code;
    this.#status = { ...next, sinceMs: isSameState ? this.#status.sinceMs : Date.now() };
    this.#surroundings.onStatus(this.#status);
  }
}
