import { type FileHandle, open, rm } from "node:fs/promises";

/** Every so many lines the place in the file is noted: a page is found with one short read. */
export const linesPerMark = 256;

/** What a segment has to know of a line: its bytes with the newline, and its time. */
export interface LineMeasure {
  bytes: number;
  atMs: number;
}

/**
 * One file of lines that only grows, with the places of every 256th line in memory, and the latest time before each of
 * these. A line's order time is the latest time of itself and all before it: it never goes back, whatever clocks do.
 */
export class LogSegment {
  readonly firstLine: number;
  readonly openedAtMs = Date.now();
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #marks: number[] = [0];
  readonly #orderBefore: number[];
  #lines = 0;
  #bytes = 0;
  #latestMs: number;
  #removed = false;

  private constructor(path: string, file: FileHandle, firstLine: number, latestMs: number) {
    this.#path = path;
    this.#file = file;
    this.firstLine = firstLine;
    this.#orderBefore = [latestMs];
    this.#latestMs = latestMs;
  }

  /**
   * Creates the file; readable by its owner only, since logs hold what they hold. `latestMs`: the latest time of all lines
   * before its first.
   */
  static async create(path: string, firstLine: number, latestMs: number): Promise<LogSegment> {
    return new LogSegment(path, await open(path, "wx+", 0o600), firstLine, latestMs);
  }

  /** The latest time of all lines before its first. */
  get orderBeforeMs(): number {
    return this.#orderBefore[0] ?? 0;
  }

  /** The order time of its last line. */
  get latestMs(): number {
    return this.#latestMs;
  }

  get endLine(): number {
    return this.firstLine + this.#lines;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Appends whole lines, each with its newline; `lines` are their measures. Throws what the disk says, and is then as it
   * was before.
   */
  async append(bytes: Buffer, lines: readonly LineMeasure[]): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#bytes + done);
        done += bytesWritten;
      }
    } catch (error) {
      await this.#file.truncate(this.#bytes);
      throw error;
    }
    let at = this.#bytes;
    for (const line of lines) {
      at += line.bytes;
      this.#latestMs = Math.max(this.#latestMs, line.atMs);
      this.#lines += 1;
      if (this.#lines % linesPerMark !== 0) continue;
      this.#marks.push(at);
      this.#orderBefore.push(this.#latestMs);
    }
    this.#bytes = at;
  }

  /** The bytes of up to `count` lines from a line of this segment on, whole lines only. */
  async read(line: number, count: number): Promise<Buffer> {
    const relative = line - this.firstLine;
    const wanted = Math.min(count, this.#lines - relative);
    if (relative < 0 || wanted <= 0) return Buffer.alloc(0);
    const from = this.#marks[Math.floor(relative / linesPerMark)] ?? 0;
    const lastMark = Math.ceil((relative + wanted) / linesPerMark);
    const bytes = await this.#readBytes(from, (this.#marks[lastMark] ?? this.#bytes) - from);
    const start = afterLines(bytes, 0, relative % linesPerMark);
    return bytes.subarray(start, afterLines(bytes, start, wanted));
  }

  /**
   * The bytes of some lines from the last mark at or before `line` on, to about the line `to`: about as many as asked for,
   * never half a line. `line`: the first of them; `nextLine`: the one behind the last. Empty at the end. They are put into `room` when they
   * fit, since new memory for every piece costs more than reading it.
   */
  async chunk(
    line: number,
    to: number,
    aboutBytes: number,
    room: Buffer,
  ): Promise<{ bytes: Buffer; line: number; nextLine: number }> {
    const index = Math.max(0, Math.floor((line - this.firstLine) / linesPerMark));
    const from = this.#marks[index] ?? this.#bytes;
    const last = Math.min(this.#marks.length, Math.ceil((to - this.firstLine) / linesPerMark));
    let next = index + 1;
    while (next < last && (this.#marks[next] ?? 0) - from < aboutBytes) next += 1;
    const endLine = next < this.#marks.length ? this.firstLine + next * linesPerMark : this.endLine;
    const bytes = await this.#readBytes(from, (this.#marks[next] ?? this.#bytes) - from, room);
    return { bytes, line: this.firstLine + index * linesPerMark, nextLine: endLine };
  }

  /** The first line of the stretch between two marks in which order times reach `ms`. */
  stretchAt(ms: number): number {
    let low = 0;
    let high = this.#orderBefore.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#orderBefore[middle] ?? 0) < ms) low = middle;
      else high = middle - 1;
    }
    return this.firstLine + low * linesPerMark;
  }

  /** The order times of the lines from `line`, with which a stretch begins, to before `to` or the end. */
  async orderTimes(line: number, to: number): Promise<Float64Array> {
    const index = (line - this.firstLine) / linesPerMark;
    const count = Math.min(to, this.endLine) - line;
    const bytes = await this.read(line, count);
    const times = new Float64Array(count);
    let latestMs = this.#orderBefore[index] ?? 0;
    let filled = 0;
    for (let at = 0; at < bytes.length; filled += 1) {
      latestMs = Math.max(latestMs, timeAt(bytes, at));
      times[filled] = latestMs;
      at = afterLines(bytes, at, 1);
    }
    return times.subarray(0, filled);
  }

  async remove(): Promise<void> {
    this.#removed = true;
    await this.#file.close();
    await rm(this.#path, { force: true });
  }

  async #readBytes(from: number, wanted: number, room?: Buffer): Promise<Buffer> {
    const length = Math.max(0, Math.min(wanted, this.#bytes - from));
    const bytes = room !== undefined && room.length >= length ? room.subarray(0, length) : Buffer.allocUnsafe(length);
    for (let done = 0; done < bytes.length; ) {
      // Let go of while somebody was about to read it: there is nothing any more.
      if (this.#removed) return bytes.subarray(0, 0);
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, from + done);
      if (bytesRead === 0) return bytes.subarray(0, done);
      done += bytesRead;
    }
    return bytes;
  }
}

/** Where the text goes on behind so many newlines. */
function afterLines(bytes: Buffer, from: number, lines: number): number {
  let at = from;
  for (let line = 0; line < lines; line += 1) {
    const end = bytes.indexOf(10, at);
    if (end < 0) return bytes.length;
    at = end + 1;
  }
  return at;
}

/** The time that a line begins with, 13 digits. A search in several logs reads millions of them. */
function timeAt(bytes: Buffer, at: number): number {
  let ms = 0;
  for (let digit = 0; digit < 13; digit += 1) ms = ms * 10 + (bytes[at + digit] ?? 48) - 48;
  return ms;
}
