import type { LogLine } from "../../../shared/domain/index.ts";
import { LastSeconds } from "./last-seconds.ts";

/**
 * Where a container's log was read to, so that reading can go on there after a break, with no message lost and none
 * taken twice. Timestamps have nanoseconds, but several messages may share one (the parts of a long line do), and two
 * outputs written at once may reach the log in the other order. So the last timestamps are held in the order of the
 * log, and a log that is read again is compared with them one message after the other. Where timestamps are whole seconds
 * the text tells: see `LastSeconds`.
 */
export class ResumePoint {
  /** Runs of messages with one timestamp, oldest first. */
  readonly #taken: Run[] = [];
  /** The latest timestamp of those that are not held any more. */
  #latestLetGo: string | null = null;
  /** Bytes of the last message's text that were taken: a break may come in its middle. */
  #lastBytes = 0;
  #again: Again | null = null;
  #gap = false;
  readonly #seconds = new LastSeconds();

  /**
   * A message with this timestamp begins. Gives how many bytes of its text were taken before: 0 for a new message,
   * Infinity for one that was taken whole.
   */
  begin(stamp: string): number {
    if (this.#again === null) return this.#beginNew(stamp);
    const place = this.#placeOf(stamp, this.#again);
    if (place === null) return this.#beginUnknown(stamp, this.#again);
    const run = this.#again.runs[place.index];
    const isLast = place.index === this.#again.runs.length - 1 && run?.count === place.seen + 1;
    if (!isLast) {
      this.#again = { ...this.#again, index: place.index, seen: place.seen + 1, matched: true };
      return Number.POSITIVE_INFINITY;
    }
    // The last one that was taken: what follows is new, and so is what the break cut off of it.
    this.#again = null;
    return this.#lastBytes;
  }

  /** So many more bytes of the current message's text were taken. */
  took(bytes: number): void {
    this.#lastBytes += bytes;
  }

  /** A line, whole, whose timestamp is a whole second. False: it was taken before. */
  takeLine(atMs: number, stream: LogLine["stream"], text: Buffer): boolean {
    return this.#seconds.take(atMs, stream, text);
  }

  /** The log was read to its end. */
  end(): void {
    this.#seconds.end();
  }

  /** The messages that were read last are not in the log any more, and others may have gone with them. */
  get gap(): boolean {
    return this.#gap;
  }

  takeGap(): boolean {
    const gap = this.#seconds.takeGap() || this.#gap;
    this.#gap = false;
    return gap;
  }

  /**
   * The point as the API's `since` takes it, `seconds.nanoseconds`; null when nothing was read yet. What comes from
   * there on begins with what was taken already, and `begin` says so. `setBackMs`: by how much the engine's clock was set
   * back since, so that what is new may be older than what was taken.
   */
  resume(setBackMs = 0): string | null {
    const second = this.#seconds.resume(setBackMs);
    if (second !== null) return `${second}.000000000`;
    const times = this.#taken.map((run) => timeOf(run.stamp));
    if (times.length === 0 || times.some((time) => time === null)) return null;
    const known = times.filter((time) => time !== null);
    const { from, isClean } = cut(known, this.#latestLetGo === null ? null : timeOf(this.#latestLetGo));
    const oldest = earliest(known.slice(from));
    // Few were read so far: then a late one may be older than all of them, and so may what was before the beginning.
    const earlier = (isClean ? 0 : 1) + Math.ceil(setBackMs / 1000);
    const since = { ...oldest, seconds: Math.max(0, oldest.seconds - earlier) };
    const clean = earlier === 0;
    const latest = known.reduce((one, other) => (isBefore(one, other) ? other : one));
    this.#again = { runs: this.#taken.slice(from), index: 0, seen: 0, matched: false, clean, latest };
    return `${since.seconds}.${String(since.nanoseconds).padStart(9, "0")}`;
  }

  #beginNew(stamp: string): number {
    this.#lastBytes = 0;
    const last = this.#taken.at(-1);
    if (last?.stamp === stamp) {
      last.count += 1;
      return 0;
    }
    this.#taken.push({ stamp, count: 1 });
    if (this.#taken.length > heldRuns * 2) this.#letGo();
    return 0;
  }

  /** Not one of those that are expected: new, when all that is expected is before it in the log or gone from there. */
  #beginUnknown(stamp: string, again: Again): number {
    const time = timeOf(stamp);
    const isOld = !again.clean && !again.matched && time !== null && !isBefore(again.latest, time);
    if (isOld) return Number.POSITIVE_INFINITY;
    this.#gap ||= !again.matched;
    this.#again = null;
    return this.#beginNew(stamp);
  }

  /** Where in what is expected this message is: the next one, or a later one when the log has lost its beginning. */
  #placeOf(stamp: string, again: Again): { index: number; seen: number } | null {
    const run = again.runs[again.index];
    if (run?.stamp === stamp && again.seen < run.count) return { index: again.index, seen: again.seen };
    for (let index = again.index + 1; index < again.runs.length; index += 1) {
      if (again.runs[index]?.stamp === stamp) return { index, seen: 0 };
    }
    return null;
  }

  #letGo(): void {
    for (const { stamp } of this.#taken.splice(0, heldRuns)) {
      if (this.#latestLetGo === null || isLater(stamp, this.#latestLetGo)) this.#latestLetGo = stamp;
    }
  }
}

interface Run {
  stamp: string;
  count: number;
}

/** What a log that is read again is expected to begin with. */
interface Again {
  runs: readonly Run[];
  index: number;
  seen: number;
  matched: boolean;
  /** False: others may come before them, since reading began near here, or earlier than these. */
  clean: boolean;
  latest: Time;
}

interface Time {
  seconds: number;
  nanoseconds: number;
}

/** So many timestamps are held, up to twice of that. */
const heldRuns = 512;

/** Reading begins again this many messages before the end, where it can: a late one may belong before the last. */
const repeatedRuns = 64;

/**
 * From which run on the log is read again: as few as are safe, and so that whatever is before them is older than all of
 * them. Then a log read from the oldest of them on begins with exactly these.
 */
function cut(times: readonly Time[], before: Time | null): { from: number; isClean: boolean } {
  for (let from = times.length - repeatedRuns; from >= 0; from -= 1) {
    const oldest = earliest(times.slice(from));
    const older = [...(before === null ? [] : [before]), ...times.slice(0, from)];
    if (older.length > 0 && older.every((time) => isBefore(time, oldest))) return { from, isClean: true };
  }
  return { from: 0, isClean: false };
}

function earliest(times: readonly Time[]): Time {
  return times.reduce((one, other) => (isBefore(other, one) ? other : one));
}

function isBefore(one: Time, other: Time): boolean {
  return one.seconds < other.seconds || (one.seconds === other.seconds && one.nanoseconds < other.nanoseconds);
}

function isLater(one: string, other: string): boolean {
  // Docker writes them all in UTC and with nine digits: then they sort as texts do.
  if (one.length === other.length && one.endsWith("Z") && other.endsWith("Z")) return one > other;
  const [left, right] = [timeOf(one), timeOf(other)];
  return left !== null && right !== null && isBefore(right, left);
}

/** An RFC 3339 timestamp; null for what is none. */
function timeOf(stamp: string): Time | null {
  const match = /^([^.]+?)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(stamp);
  if (match === null) return null;
  const seconds = Date.parse(`${match[1]}${match[3]}`) / 1000;
  if (!Number.isInteger(seconds)) return null;
  return { seconds, nanoseconds: Number((match[2] ?? "").padEnd(9, "0").slice(0, 9)) };
}
