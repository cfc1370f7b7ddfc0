import { AppError } from "../../../shared/domain/index.ts";
import type { SshConnection, SshEnd } from "../../ssh/index.ts";
import type { KeyVerdict } from "../known-hosts/judge-host-key.ts";
import { backoffMs } from "./backoff.ts";
import { ConnectionLife, type LifeEnd } from "./connection-life.ts";
import { type FailedTry, statusAfterFailure } from "./failed-status.ts";
import { type Reached, reachDevice } from "./reach-device.ts";
import {
  hostKeyOf,
  type LiveParts,
  type OfferedKey,
  type SessionStatus,
  type SessionSurroundings,
} from "./session-status.ts";
import { StatusKeeper } from "./status-keeper.ts";
import { WakeUp } from "./wake-up.ts";

/** A connection that ends sooner counts as a failed try, so that a device that hangs up at once is not stormed. */
const SHORT_LIFE_MS = 5_000;
/** How often a key that nobody has agreed to is looked up again: another Bayplan may have been told. */
const KEY_LOOKUP_MS = 5_000;

const nothingFound = { verdict: null, offered: null, skipped: [], askingJump: null };

/**
 * Keeps the one connection to a device: connects, lives on it (connection-life.ts), and again after whatever ends it. It
 * owns the connection and with it the engine; `close` releases both.
 */
export class DeviceSession {
  readonly #surroundings: SessionSurroundings;
  readonly #closing = new AbortController();
  readonly #wake = new WakeUp();
  readonly #status: StatusKeeper;
  #life: ConnectionLife | null = null;
  /** The round of tries that is under way, with the addresses it goes through. */
  #attempt: { stop: AbortController; places: readonly string[] } | null = null;
  #failures = 0;
  /** The server whose key was judged last. */
  #judged: SshEnd | null = null;
  #running: Promise<void> | null = null;

  constructor(surroundings: SessionSurroundings, initial: SessionStatus) {
    this.#surroundings = surroundings;
    this.#status = new StatusKeeper(initial, this.#closing.signal, (status) => surroundings.onStatus(status));
  }

  get status(): SessionStatus {
    return this.#status.current;
  }

  /** Connection and engine while the device is online; null otherwise. */
  get live(): LiveParts | null {
    return this.#life?.live ?? null;
  }

  /** True while the SSH connection is there, with or without an engine. */
  get connected(): boolean {
    return this.#life !== null;
  }

  /** The SSH connection while there is one, with or without an engine. It belongs to the session. */
  get connection(): SshConnection | null {
    return this.#life?.connection ?? null;
  }

  /** True once the first try has come to something: what is shown is then not a guess any more. */
  get settled(): boolean {
    return this.status.state !== "connecting" || this.status.trouble !== null;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /**
   * Tries at once instead of after the wait; changes nothing while the device is online, or is being tried at just these
   * addresses: a login that is refused twice counts twice.
   */
  wake(): void {
    this.start();
    if (this.live !== null) return;
    this.#failures = 0;
    const places = this.#places();
    if (this.#attempt !== null && this.#attempt.places.join() === places.join()) return;
    this.#wake.call();
    // It was announced at a better address meanwhile: no need to wait for one at which nobody may be left.
    if (this.#attempt !== null && this.#attempt.places[0] !== places[0]) this.#attempt.stop.abort();
  }

  /** As `wake`, and once more after a try that is under way: the way has changed, or what is logged in with. */
  wakeAnew(): void {
    this.wake();
    if (this.live === null) this.#wake.call();
  }

  /** What a person asks for: tries at once, and says so. */
  retry(): void {
    const { hostKey } = this.status;
    const asked = hostKey.trust === "new" ? { hostKey: { ...hostKey, trust: "unseen" as const } } : {};
    if (!this.connected) this.#status.update({ state: "connecting", trouble: null, askingJump: null, ...asked });
    this.wake();
  }

  /** A person has agreed to the key that was offered: the next try takes it. */
  agreed(): void {
    const { offered } = this.status.hostKey;
    this.#status.update({ state: "connecting", trouble: null, hostKey: { trust: "pinned", offered, pinned: offered } });
    this.wakeAnew();
  }

  /** Ends the connection and makes a new one, for example as another user. */
  reconnect(): void {
    this.#failures = 0;
    this.#status.update({ state: "connecting", trouble: null, askingJump: null });
    this.start();
    this.#wake.call();
    this.#attempt?.stop.abort();
    this.#life?.connection.close();
  }

  /** Where an address of it leads. Throws RouteError. */
  async endOf(target: SessionStatus["target"]): Promise<SshEnd> {
    return (await this.#surroundings.routeOf(target)).end;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#life?.connection.close();
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
    const attempt = { stop: new AbortController(), places: this.#places() };
    this.#attempt = attempt;
    try {
      const targets = this.#surroundings.targets();
      const reached = await reachDevice({
        targets,
        routeOf: (target) => this.#surroundings.routeOf(target),
        credentialsOf: (end, role) => this.#surroundings.credentialsOf(end, role),
        jumpPassword: (jump, key) => this.#surroundings.jumpPassword(jump, key),
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
      return await this.#serve(reached);
    } catch (error) {
      if (signal.aborted || (attempt.stop.signal.aborted && this.#attempt === attempt)) return 0;
      if (!(error instanceof AppError)) this.#surroundings.onBug(error);
      const failure =
        error instanceof AppError ? error : new AppError("internal", "Bayplan made a mistake with this device.");
      return this.#fail({ ...nothingFound, error: failure, target: this.status.target });
    } finally {
      this.#attempt = null;
    }
  }

  #places(): string[] {
    return this.#surroundings.targets().map(({ user, host, port }) => `${user} ${host} ${port}`);
  }

  #shown(target: SessionStatus["target"], offered: OfferedKey, verdict: KeyVerdict): void {
    this.#status.update({ target, offered, hostKey: hostKeyOf(verdict, offered), answeredAtMs: Date.now() });
  }

  /** The milliseconds until the next try, null when a person has to agree first. */
  #fail(failed: FailedTry): number | null {
    this.#failures += 1;
    const { change, retryInMs } = statusAfterFailure(failed, {
      failures: this.#failures,
      boardSerial: this.#surroundings.pinnedBoardSerial(),
      answeredAtMs: this.status.answeredAtMs,
    });
    this.#status.update(change);
    return retryInMs;
  }

  async #serve({ connection, offered }: Reached): Promise<number> {
    const startedAtMs = performance.now();
    const life = new ConnectionLife({
      connection,
      offered,
      remembered: this.#surroundings.rememberedFacts(),
      status: this.#status,
      surroundings: this.#surroundings,
      wake: this.#wake,
    });
    this.#life = life;
    let end: LifeEnd;
    try {
      if (this.#closing.signal.aborted) return 0;
      end = await life.run(() => {
        this.#failures = 0;
      });
    } finally {
      connection.close();
      this.#life = null;
    }
    if (!end.wasMeant) {
      this.#failures += 1;
      return backoffMs(this.#failures);
    }
    if (end.why === null || this.#closing.signal.aborted) return 0;
    const waitMs = this.#fail({ ...nothingFound, error: end.why, target: connection.target });
    return performance.now() - startedAtMs < SHORT_LIFE_MS ? (waitMs ?? backoffMs(this.#failures)) : 0;
  }

  /** Nobody has agreed to the key yet. No connection is made meanwhile: only the files are looked at again. */
  async #waitForAgreement(): Promise<void> {
    const { signal } = this.#closing;
    const { offered } = this.status;
    const end = this.#judged;
    while (!signal.aborted && !(await this.#wake.wait(KEY_LOOKUP_MS, signal))) {
      if (offered === null || end === null) return;
      if ((await this.#surroundings.judgeKey(end, "device", offered)).trust !== "new") return;
    }
  }
}
