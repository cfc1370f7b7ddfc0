import { AppError, type Container, type LogMark } from "../../../shared/domain/index.ts";
import { type Engine, type LogPiece, LogPosition } from "../../engines/index.ts";
import { NoStreamPlace } from "../../ssh/index.ts";
import type { LogFile, StoredLine } from "../../store/index.ts";
import type { Entry } from "../fleet/entry.ts";
import { WakeUp } from "../session/wake-up.ts";
import type { ContainerList } from "./container-list.ts";
import { encodeLine, encodeMark } from "./log-record.ts";
import { sourceName, successorOf } from "./same-service.ts";

/** Looked at now and then, for what no event told. */
const LOOK_MS = 10_000;
/** How much is read of a log of which nothing is known yet, when everything counts. */
const againTail = 10_000;
/** So long after each other a log is read that cannot be followed, and so often before that is tried again. */
const TURN_MS = 2_000;
const TURNS = 15;
/** A log that ends at once is not asked for again sooner. */
const PAUSE_MS = 300;

/** What may still print. */
const runStates: readonly Container["state"][] = ["running", "paused", "restarting", "removing"];

export interface LogSourceParts {
  entry: Entry;
  containers: ContainerList;
  file: LogFile;
  /** Ids that are not to be taken for a successor: other sources follow them. */
  othersFollow: () => ReadonlySet<string>;
  onBug: (error: unknown) => void;
}

/**
 * The log of one service of a device, written down as it comes: over breaks of the connection, restarts of the engine
 * and of the container, and on with the container that takes its place. Ends with `close`.
 */
export class LogSource {
  readonly file: LogFile;
  /** How many lines before the end it began. */
  readonly tail: number;
  readonly #parts: LogSourceParts;
  readonly #stop = new AbortController();
  readonly #wake = new WakeUp();
  readonly #listeners = new Set<() => void>();
  readonly #running: Promise<void>;
  /** Every container that it has followed, with the first line of each. */
  readonly #generations: { containerId: string; fromLine: number }[] = [];
  #container: Container;
  #position = new LogPosition();
  /** The start of the container whose log was read to its end. */
  #readToEndOf: number | null | undefined = undefined;
  #cutOff = false;
  #ended = false;
  #unreadable = "";
  #notKept = 0;
  /** How many times it is read before it is tried again to follow it: the connection has no place for one more stream. */
  #turns = 0;
  /** How many lines to begin with in a container of which nothing was read yet; null: all. */
  #tail: number | null;
  #inexactlyRead = false;

  constructor(container: Container, tail: number, parts: LogSourceParts) {
    this.#container = container;
    this.#parts = parts;
    this.tail = tail;
    this.#tail = tail;
    this.file = parts.file;
    this.#generations.push({ containerId: container.id, fromLine: 0 });
    this.#running = this.#run();
  }

  /** The container that is followed now. */
  get containerId(): string {
    return this.#container.id;
  }

  /** True while its container does not run, and all that it printed is here. */
  get ended(): boolean {
    return this.#ended;
  }

  /** How many lines this machine's disk has not taken, since it last took some. */
  get notKept(): number {
    return this.#notKept;
  }

  has(containerId: string): boolean {
    return this.#generations.some((one) => one.containerId === containerId);
  }

  /** The container that printed a line. */
  containerOf(line: number): string {
    return this.#generations.findLast((one) => one.fromLine <= line)?.containerId ?? this.#container.id;
  }

  /** Calls back when there is more to read. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.file.remove();
  }

  async #run(): Promise<void> {
    const { entry, containers } = this.#parts;
    const signal = AbortSignal.any([this.#stop.signal, entry.left]);
    const stopListening = entry.listen((news) => {
      if (news === "engine-event") containers.expire();
      this.#wake.call();
    });
    try {
      while (!signal.aborted) {
        this.#wake.reset();
        const { live } = entry.session;
        if (live === null) {
          // Nobody sees what happens to it meanwhile.
          this.#readToEndOf = undefined;
          await this.#wake.wait(null, signal);
        } else if (await this.#turn(live.engine, signal)) {
          await pause(PAUSE_MS, signal);
        } else {
          await this.#wake.wait(LOOK_MS, signal);
        }
      }
    } catch (error) {
      this.#parts.onBug(error);
    } finally {
      stopListening();
    }
  }

  /** Reads for as long as there is something to read. False: there is nothing to do until something changes. */
  async #turn(engine: Engine, signal: AbortSignal): Promise<boolean> {
    try {
      const all = await this.#parts.containers.get(engine);
      const isRead = await this.#choose(all);
      if (isRead) return false;
      if (this.#turns > 0) await this.#readOnce(engine, signal);
      else await this.#read(engine, signal);
      return true;
    } catch (error) {
      if (error instanceof NoStreamPlace && engine.followLog !== undefined) {
        this.#turns = TURNS;
        return true;
      }
      if (!(error instanceof AppError)) throw error;
      this.#parts.containers.expire();
      if (signal.aborted || this.#parts.entry.session.live?.engine !== engine) return true;
      return this.#failed(error);
    }
  }

  /** Goes on with the successor where there is one. True when all of the chosen container's log has been read. */
  async #choose(all: readonly Container[]): Promise<boolean> {
    // A dead one is what a removal has left behind that did not come to its end: it has no log any more.
    const now = all.find((one) => one.id === this.#container.id && one.state !== "dead");
    const runs = now !== undefined && runStates.includes(now.state);
    const successor = runs ? null : successorOf(this.#container, all, this.#parts.othersFollow());
    if (now !== undefined) this.#container = now;
    const isRead = now === undefined || (!runs && this.#readToEndOf === now.startedAtMs);
    if (successor !== null && isRead) {
      await this.#replace(successor);
      return false;
    }
    if (isRead) this.#end();
    return isRead;
  }

  async #replace(successor: Container): Promise<void> {
    const isWhole = this.#readToEndOf !== undefined && !this.#cutOff;
    const name = sourceName(successor);
    const replaces = this.#container.id;
    this.#container = successor;
    this.#position = new LogPosition();
    this.#readToEndOf = undefined;
    this.#cutOff = false;
    this.#unreadable = "";
    this.#inexactlyRead = false;
    // Whatever it prints counts.
    this.#tail = null;
    this.#generations.push({ containerId: successor.id, fromLine: this.file.end });
    await this.#write([
      this.#mark({
        atMs: Date.now(),
        kind: "replaced",
        containerId: successor.id,
        replaces,
        missing: isWhole ? 0 : null,
        text: isWhole
          ? `${name} has a new container.`
          : `${name} has a new container. The last lines of the old one may be missing: it was removed before they could be read.`,
      }),
    ]);
  }

  async #read(engine: Engine, signal: AbortSignal): Promise<void> {
    const { id, startedAtMs } = this.#container;
    const tail = this.#takeTail();
    const options = { tail, follow: true, position: this.#position };
    const pieces = engine.followLog?.(id, options, signal) ?? this.#readInexactly(engine, id, tail, signal);
    for await (const piece of pieces) {
      await this.#take(piece);
      if (piece.end === null) continue;
      this.#readToEndOf = startedAtMs;
      this.#cutOff = piece.end === "cut";
    }
    // It has ended, whatever the list says that was made before.
    this.#parts.containers.expire();
  }

  /**
   * Reads what there is by now, in a session that ends, and waits for its next turn: no line is lost or doubled, it only
   * comes later.
   */
  async #readOnce(engine: Engine, signal: AbortSignal): Promise<void> {
    const { id, startedAtMs, state } = this.#container;
    const goesOn = runStates.includes(state);
    const options = { tail: this.#takeTail(), follow: false, goesOn, position: this.#position };
    for await (const piece of engine.followLog?.(id, options, signal) ?? []) await this.#take(piece);
    this.#turns -= 1;
    if (!goesOn) this.#readToEndOf = startedAtMs;
    else await this.#wake.wait(TURN_MS, signal);
  }

  async #take(piece: LogPiece): Promise<void> {
    if (piece.lines.length > 0) this.#ended = false;
    if (piece.gap) await this.#write([this.#gapMark(null, "The device has let go of lines before they were read.")]);
    await this.#write(piece.lines.map(encodeLine));
  }

  /** How many lines to begin with, if this is the beginning. */
  #takeTail(): number | null {
    const tail = this.#tail;
    // A container that had printed nothing before a break may have printed more than was asked for at first.
    if (tail !== null) this.#tail = Math.max(tail, againTail);
    return tail;
  }

  /** For an engine whose logs have no exact times: after a break it goes on with what is new, and says so. */
  async *#readInexactly(
    engine: Engine,
    id: string,
    tail: number | null,
    signal: AbortSignal,
  ): AsyncGenerator<LogPiece, void, void> {
    if (this.#inexactlyRead) {
      const why = "This engine's log cannot be read from a point on: what came during the break may be missing.";
      await this.#write([this.#gapMark(null, why)]);
    }
    const firstTail = this.#inexactlyRead ? 0 : (tail ?? againTail);
    this.#inexactlyRead = true;
    for await (const { lines, ended } of engine.logs({ containerIds: [id], tail: firstTail, follow: true }, signal)) {
      yield { lines, gap: false, end: ended.length === 0 ? null : "complete" };
    }
  }

  /** Says once why there is no log, where trying again does not help. False: it is tried again when something changes. */
  async #failed(error: AppError): Promise<boolean> {
    if (error.code === "not-found" || error.code === "conflict") {
      // It went, or began to, between the list and the question: the next list knows.
      this.#cutOff = true;
      return true;
    }
    // The session has not noticed yet what the stream has.
    if (["unreachable", "no-engine", "timed-out", "cancelled"].includes(error.code)) return true;
    const reason = `${error.message} ${error.hint ?? ""}`.trim();
    if (this.#unreadable !== reason) {
      this.#unreadable = reason;
      const { id } = this.#container;
      await this.#write([
        this.#mark({ atMs: Date.now(), kind: "unreadable", containerId: id, missing: null, text: reason }),
      ]);
    }
    return false;
  }

  /** Writes down and tells. What this machine's disk does not take is counted, and said as soon as it takes that. */
  async #write(lines: readonly StoredLine[]): Promise<void> {
    if (lines.length === 0) return;
    const mark =
      this.#notKept === 0
        ? []
        : [this.#gapMark(this.#notKept, "They could not be kept: the disk of this machine took no more.")];
    try {
      await this.file.append([...mark, ...lines]);
      this.#notKept = 0;
    } catch (error) {
      if (!isDiskTrouble(error)) throw error;
      this.#notKept += lines.length;
    }
    this.#tell();
  }

  #gapMark(missing: number | null, why: string): StoredLine {
    const { id } = this.#container;
    const count =
      missing === null ? "Lines may be missing here." : `${missing.toLocaleString("en-US")} lines are missing here.`;
    return this.#mark({ atMs: Date.now(), kind: "gap", containerId: id, missing, text: `${count} ${why}` });
  }

  /** A mark behind the last line that is there. */
  #mark(mark: LogMark): StoredLine {
    return encodeMark(mark, this.file.latestMs || mark.atMs);
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function isDiskTrouble(error: unknown): boolean {
  const codes = ["ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "EACCES", "EPERM", "ENOTDIR"];
  return error instanceof Error && "code" in error && typeof error.code === "string" && codes.includes(error.code);
}

function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, durationMs);
    signal.addEventListener("abort", finish, { once: true });
    if (signal.aborted) finish();
  });
}
