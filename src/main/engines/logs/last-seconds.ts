import type { LogLine } from "../../../shared/domain/index.ts";

/**
 * Where the log of an engine was read to that stamps its lines in whole seconds, as Podman does. Many lines share a
 * second, and a log that is followed lacks lines that are there when it is read again (Podman passes over one that was
 * half written when it looked), so neither the time nor the count of a second's lines tells which of them were taken:
 * their text does. The last lines are held as numbers, a few thousand at most.
 */
export class LastSeconds {
  /** In the order in which they were taken. */
  readonly #held: Held[] = [];
  /** No line that was taken is later. */
  #latestMs = Number.NEGATIVE_INFINITY;
  /** Of the seconds up to here some lines are not held: they were let go, or were before the place where reading began. */
  #cutMs: number | null = null;
  #again: Again | null = null;
  #gap = false;

  /** A whole line. True when it is new; false for one that was taken before. */
  take(atMs: number, stream: LogLine["stream"], text: Buffer): boolean {
    const line = { atMs, mark: markOf(text, stream === "stderr" ? 1 : 0) };
    if (this.#again !== null && this.#wasTaken(line, this.#again)) return false;
    this.#latestMs = Math.max(this.#latestMs, atMs);
    this.#cutMs ??= atMs;
    this.#held.push(line);
    if (this.#held.length <= heldLines * 2) return true;
    for (const one of this.#held.splice(0, heldLines)) this.#cutMs = Math.max(this.#cutMs, one.atMs);
    return true;
  }

  /** The log has been read to its end. */
  end(): void {
    if (this.#again !== null) this.#gap ||= this.#again.seen > 0 && !this.#again.matched;
    this.#again = null;
  }

  takeGap(): boolean {
    const gap = this.#gap;
    this.#gap = false;
    return gap;
  }

  /**
   * The second, since 1970, from which the log has to be read again; null when nothing was taken yet. `setBackMs`: by how
   * much the engine's clock was set back since.
   */
  resume(setBackMs: number): number | null {
    if (this.#held.length === 0) return null;
    const latestMs = this.#latestMs;
    // Whole seconds, two at least: a clock that is put right may go back a little.
    const fromMs = this.#held.slice(-repeatedLines).reduce((least, one) => Math.min(least, one.atMs), latestMs - 1000);
    const expected = this.#held.filter((one) => one.atMs >= fromMs);
    const left = new Map<string, number>();
    for (const one of expected) left.set(nameOf(one), (left.get(nameOf(one)) ?? 0) + 1);
    const isCut = setBackMs > 0 || (this.#cutMs !== null && this.#cutMs >= fromMs);
    const sought = isCut ? soughtOf(expected) : null;
    // With a clock that was set back, what is older comes before what is expected, or is new and comes behind it.
    const oldMs = setBackMs > 0 ? Number.NEGATIVE_INFINITY : fromMs;
    this.#again = { sought, left, oldMs, latestMs, matched: false, seen: 0 };
    // Podman gives what is newer than this, not what is as new.
    return Math.max(0, Math.floor((fromMs - setBackMs) / 1000) - 1);
  }

  #wasTaken(line: Held, again: Again): boolean {
    if (line.atMs > again.latestMs) {
      // All that was taken is before it in the log, or has gone from there.
      this.#gap ||= !again.matched;
      this.#again = null;
      return false;
    }
    if (line.atMs < again.oldMs) return true;
    again.seen += 1;
    const wasTaken = again.sought === null ? strikeOff(line, again) : seek(line, again, again.sought);
    if (again.left.size === 0) this.#again = null;
    return wasTaken;
  }
}

/**
 * Passes over what is before the lines that are expected, until a few of these in a row are recognised: a single one may
 * have an equal before it.
 */
function seek(line: Held, again: Again, sought: Sought): true {
  sought.recent.push(line);
  if (sought.recent.length > sought.length) sought.recent.shift();
  if (!sought.runs.has(runOf(sought.recent))) return true;
  again.sought = null;
  for (const one of sought.recent) strikeOff(one, again);
  return true;
}

/** True when the line is one of those that are still expected. */
function strikeOff(line: Held, again: Again): boolean {
  const name = nameOf(line);
  const left = again.left.get(name) ?? 0;
  if (left === 0) return false;
  if (left > 1) again.left.set(name, left - 1);
  else again.left.delete(name);
  again.matched = true;
  return true;
}

interface Held {
  atMs: number;
  /** Stands for its text and output. */
  mark: number;
}

/** What a log that is read again is expected to have. */
interface Again {
  /** How often each line is still to come. */
  left: Map<string, number>;
  /** Not null: there are lines before them that were not taken, and these are to be found first. */
  sought: Sought | null;
  /** What is older is before what is expected, and is passed over. */
  oldMs: number;
  latestMs: number;
  matched: boolean;
  seen: number;
}

interface Sought {
  /** Every run of `length` of the expected lines. */
  runs: ReadonlySet<string>;
  length: number;
  recent: Held[];
}

function soughtOf(expected: readonly Held[]): Sought {
  const length = expected.length < runLength ? 1 : runLength;
  const runs = new Set<string>();
  for (let end = length; end <= expected.length; end += 1) runs.add(runOf(expected.slice(end - length, end)));
  return { runs, length, recent: [] };
}

/** So many lines are held, up to twice of that: a second with more of them is recognised by its last. */
const heldLines = 4_096;
/** At least so many lines are read again, where there are: one that came late may belong before the last. */
const repeatedLines = 64;
/** So many lines in a row are not equal by chance. */
const runLength = 4;

function nameOf({ atMs, mark }: Held): string {
  return `${atMs} ${mark}`;
}

function runOf(lines: readonly Held[]): string {
  return lines.map(nameOf).join(",");
}

/** A number of 53 bits for some bytes: two sums of 32 bits, each mixed by multiplication, so that every bit counts. */
function markOf(bytes: Buffer, seed: number): number {
  let one = 0xdeadbeef ^ seed;
  let other = 0x41c6ce57 ^ seed;
  for (const byte of bytes) {
    one = Math.imul(one ^ byte, 2_654_435_761);
    other = Math.imul(other ^ byte, 1_597_334_677);
  }
  one = Math.imul(one ^ (one >>> 16), 2_246_822_507) ^ Math.imul(other ^ (other >>> 13), 3_266_489_909);
  other = Math.imul(other ^ (other >>> 16), 2_246_822_507) ^ Math.imul(one ^ (one >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & other) + (one >>> 0);
}
