import { mkdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { type LineSearch, searchSegment } from "./log-search.ts";
import { LogSegment, linesPerMark } from "./log-segment.ts";

/** One line as it is kept. `kind` is one letter that means something to whoever writes it; the text has no newline. */
export interface StoredLine {
  atMs: number;
  kind: string;
  text: string;
}

/** A line with its place: lines are counted from 0 on and keep their number when older ones are let go. */
export interface PlacedLine extends StoredLine {
  line: number;
}

export interface LogFileBounds {
  /** Older lines are let go beyond this. */
  maxBytes: number;
  /** Lines are let go this long after they were written, in milliseconds. */
  maxAgeMs: number;
  /** So much of the disk is left to others. */
  keepFreeBytes: number;
  /** The file is kept in pieces of this size, which are let go one at a time. */
  segmentBytes: number;
}

/** `1795345844667 o` in front of the text: the time in milliseconds, a space, the kind. */
export const prefixBytes = 15;

/** So many stretches of 256 order times are remembered, for a search in them that comes back to the same. */
const rememberedStretches = 32;

/** More order times than these are not worth remembering; they are read so many lines at a time. */
const fewLines = 8 * linesPerMark;
const manyLines = 64 * linesPerMark;

/**
 * The lines of one source, in files that only grow. In memory is one number for 256 lines, so that millions of lines
 * cost next to nothing and a page of them is one short read.
 */
export class LogFile {
  readonly #folder: string;
  readonly #bounds: LogFileBounds;
  readonly #segments: LogSegment[] = [];
  readonly #orderTimes = new Map<number, Float64Array>();
  #writing: Promise<void> = Promise.resolve();
  #count = 0;
  #closed = false;

  constructor(folder: string, bounds: LogFileBounds) {
    this.#folder = folder;
    this.#bounds = bounds;
  }

  /** The first line that is still there. */
  get first(): number {
    return this.#segments[0]?.firstLine ?? this.#count;
  }

  /** One more than the number of the last line. */
  get end(): number {
    return this.#count;
  }

  /** The latest time of all its lines in milliseconds; 0 when there was none yet. */
  get latestMs(): number {
    return this.#segments.at(-1)?.latestMs ?? 0;
  }

  get removed(): boolean {
    return this.#closed;
  }

  get bytes(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Appends lines, one caller after the other. Throws what the disk says; then none of them is kept. */
  append(lines: readonly StoredLine[]): Promise<void> {
    const writing = this.#writing.then(() => this.#append(lines));
    this.#writing = writing.catch(() => undefined);
    return writing;
  }

  /** Up to `count` lines from the line `from` on; from the first one that is still there when that has gone. */
  async read(from: number, count: number): Promise<PlacedLine[]> {
    const lines: PlacedLine[] = [];
    let line = Math.max(from, this.first);
    while (lines.length < count) {
      const segment = this.#segmentOf(line);
      const bytes = (await segment?.read(line, count - lines.length)) ?? Buffer.alloc(0);
      if (bytes.length === 0) break;
      const parsed = parseLines(bytes, line);
      lines.push(...parsed);
      line += parsed.length;
    }
    return lines;
  }

  /** The places of the lines from `from` to before `to` that are wanted, in their order, some at a time. */
  async *search(wanted: LineSearch, from: number, to: number): AsyncGenerator<number[], void, void> {
    for (const segment of [...this.#segments]) {
      if (segment.endLine <= from || segment.firstLine >= to) continue;
      yield* searchSegment(segment, wanted, Math.max(from, segment.firstLine), Math.min(to, segment.endLine));
    }
  }

  /**
   * Between which places the first line is whose order time (see log-segment.ts) is not before `ms`. Known without a look
   * at the disk.
   */
  boundsOf(ms: number): { low: number; high: number } {
    const segment = this.#segmentByTime(ms);
    if (segment === null) return { low: this.first, high: this.first };
    const low = segment.stretchAt(ms);
    return { low, high: Math.min(low + linesPerMark, segment.endLine) };
  }

  /** The place of the first line whose order time is not before `ms`; the end when there is none. */
  async placeOf(ms: number): Promise<number> {
    const { low, high } = this.boundsOf(ms);
    if (low === high) return low;
    const times = await this.#stretch(low);
    let place = 0;
    while (place < times.length && (times[place] ?? 0) < ms) place += 1;
    return low + place;
  }

  /** The order times of the lines from `from` to before `to`, as far as these are still there. */
  async orderTimes(from: number, to: number): Promise<Float64Array> {
    const times = new Float64Array(Math.max(0, to - from));
    let filled = 0;
    while (filled < times.length) {
      const line = from + filled;
      const segment = this.#segmentOf(line);
      if (segment === undefined || line < segment.firstLine || line >= segment.endLine) break;
      const start = line - ((line - segment.firstLine) % linesPerMark);
      const isFew = to - start <= fewLines;
      const read = isFew
        ? await this.#stretch(start)
        : await segment.orderTimes(start, Math.min(to, start + manyLines));
      const some = read.subarray(line - start, to - start);
      if (some.length === 0) break;
      times.set(some, filled);
      filled += some.length;
    }
    return times.subarray(0, filled);
  }

  /** Ends it and removes what it wrote. */
  async remove(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    for (const segment of this.#segments.splice(0)) await segment.remove();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #append(lines: readonly StoredLine[]): Promise<void> {
    if (this.#closed || lines.length === 0) return;
    const text = lines.map(
      (one) => `${String(Math.trunc(one.atMs)).padStart(13, "0").slice(0, 13)} ${one.kind}${one.text}\n`,
    );
    const segment = await this.#segmentToWrite();
    await segment.append(
      Buffer.from(text.join("")),
      text.map((one) => ({ bytes: Buffer.byteLength(one), atMs: Number(one.slice(0, 13)) })),
    );
    this.#count += lines.length;
  }

  async #segmentToWrite(): Promise<LogSegment> {
    const last = this.#segments.at(-1);
    if (last !== undefined && last.bytes < this.#bounds.segmentBytes) return last;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await this.#makeRoom();
    const segment = await LogSegment.create(join(this.#folder, `${this.#count}.log`), this.#count, this.latestMs);
    this.#segments.push(segment);
    return segment;
  }

  /** Lets the oldest lines go: what is too much, too old, or what the disk needs. */
  async #makeRoom(): Promise<void> {
    const oldestMs = Date.now() - this.#bounds.maxAgeMs;
    for (;;) {
      const first = this.#segments[0];
      if (first === undefined) return;
      const { bavail, bsize } = await statfs(this.#folder);
      const isTooMuch = this.bytes + this.#bounds.segmentBytes > this.#bounds.maxBytes;
      const isFull = bavail * bsize < this.#bounds.keepFreeBytes;
      // A segment is as old as its last line, which came just before the next segment was begun.
      const isTooOld = (this.#segments[1]?.openedAtMs ?? Number.POSITIVE_INFINITY) < oldestMs;
      if (!isTooMuch && !isFull && !isTooOld) return;
      this.#segments.shift();
      await first.remove();
    }
  }

  /** The one in which order times reach `ms`; null when all that is there is later. */
  #segmentByTime(ms: number): LogSegment | null {
    return this.#segments.findLast((segment) => segment.orderBeforeMs < ms) ?? null;
  }

  async #stretch(line: number): Promise<Float64Array> {
    const known = this.#orderTimes.get(line);
    if (known !== undefined) return known;
    const times = (await this.#segmentOf(line)?.orderTimes(line, line + linesPerMark)) ?? new Float64Array(0);
    // One that is still growing is read again.
    if (times.length < linesPerMark) return times;
    this.#orderTimes.set(line, times);
    const [oldest] = this.#orderTimes.keys();
    if (this.#orderTimes.size > rememberedStretches && oldest !== undefined) this.#orderTimes.delete(oldest);
    return times;
  }

  #segmentOf(line: number): LogSegment | undefined {
    let low = 0;
    let high = this.#segments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#segments[middle]?.firstLine ?? 0) <= line) low = middle;
      else high = middle - 1;
    }
    return this.#segments[low];
  }
}

/** Reads what `append` wrote. */
export function parseLines(bytes: Buffer, firstLine: number): PlacedLine[] {
  const lines: PlacedLine[] = [];
  for (let at = 0; at < bytes.length; ) {
    const found = bytes.indexOf(10, at);
    const end = found < 0 ? bytes.length : found;
    lines.push({
      line: firstLine + lines.length,
      atMs: Number(bytes.toString("latin1", at, at + 13)),
      kind: bytes.toString("latin1", at + 14, at + 15),
      text: bytes.toString("utf8", at + prefixBytes, end),
    });
    at = end + 1;
  }
  return lines;
}
