import type { LogLine } from "../../../shared/domain/index.ts";
import type { ResumePoint } from "./resume-point.ts";
import { StampReader } from "./stamp-reader.ts";

/** A line longer than this goes on in the next one, so that nothing that a container prints can fill the memory. */
export const lineMaxBytes = 64 * 1024;

/** RFC 3339 with nanoseconds is 35 characters with an offset; what has no space by then is no timestamp. */
const timestampMaxBytes = 64;

/** Engines cut what a container prints into messages of this many bytes (moby: daemon/logger/copier.go). */
const messageBytes = 16 * 1024;

const newline = 10;
const space = 32;

/**
 * Makes lines of one output of one container. The engine sends messages, each with a timestamp in front; a message
 * that does not end in a newline is only a part, and the next one goes on with the same line.
 */
export class LineAssembler {
  readonly #containerId: string;
  readonly #stream: LogLine["stream"];
  /** True for a terminal: one raw stream in which only newlines tell where a message ends. */
  readonly #raw: boolean;
  #atMs: number;
  #stamp: Buffer[] | null = [];
  #parts: Buffer[] = [];
  #bytes = 0;
  /** Bytes of the current message so far, for a terminal's messages, whose ends nothing marks. */
  #sinceStamp = 0;
  readonly #stamps = new StampReader();
  readonly #point: ResumePoint;
  /** Bytes of the current message that were taken before and are passed over. */
  #passOver = 0;
  /** True for an engine with timestamps of whole seconds: then lines are told apart by their text, when they are whole. */
  #wholeSeconds = false;

  constructor(
    containerId: string,
    stream: LogLine["stream"],
    options: { raw: boolean; startMs: number; point: ResumePoint },
  ) {
    this.#containerId = containerId;
    this.#stream = stream;
    this.#raw = options.raw;
    this.#atMs = options.startMs;
    this.#point = options.point;
  }

  /** The next bytes begin a message: a timestamp, a space, text. */
  startMessage(): void {
    this.#stamp = [];
  }

  /**
   * The log is read again after a break. What the break cut in two is told apart by the resume point: the parts of a
   * line that are here stay, except where only whole lines can be told apart: then the line comes again whole.
   */
  restart(): void {
    this.#stamp = [];
    this.#passOver = 0;
    if (!this.#wholeSeconds) return;
    this.#parts = [];
    this.#bytes = 0;
  }

  /** Takes bytes of the current message and gives the lines that they complete. */
  take(chunk: Buffer, lines: LogLine[]): void {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#stamp !== null) rest = this.#takeStamp(rest, lines);
      else rest = this.#takeText(rest, lines);
    }
  }

  /** What is left when the output has ended: a last line without a newline. */
  flush(lines: LogLine[]): void {
    if (this.#stamp !== null && this.#stamp.length > 0) this.#keep(Buffer.concat(this.#stamp));
    this.#stamp = null;
    if (this.#bytes > 0) this.#emit(lines);
  }

  #takeStamp(chunk: Buffer, lines: LogLine[]): Buffer {
    const held = this.#stamp === null || this.#stamp.length === 0 ? chunk : Buffer.concat([...this.#stamp, chunk]);
    const candidate = stampEnd(held);
    if (candidate === 0) {
      this.#stamp = [held];
      return Buffer.alloc(0);
    }
    this.#stamp = null;
    this.#sinceStamp = 0;
    this.#passOver = 0;
    // Without a timestamp the bytes are text, and the time is that of what came before.
    if (candidate < 0) return held;
    const stamp = held.toString("latin1", 0, candidate);
    const atMs = this.#stamps.read(stamp);
    if (Number.isNaN(atMs)) return held;
    this.#wholeSeconds = !stamp.includes(".");
    this.#passOver = this.#wholeSeconds ? 0 : this.#point.begin(stamp);
    // What this line would have gone on with has gone from the log.
    if (this.#point.gap && this.#bytes > 0) this.#emit(lines);
    if (this.#bytes === 0) this.#atMs = atMs;
    return held.subarray(candidate + 1);
  }

  #takeText(chunk: Buffer, lines: LogLine[]): Buffer {
    const room = this.#raw ? Math.min(chunk.length, messageBytes - this.#sinceStamp) : chunk.length;
    const window = chunk.subarray(0, room);
    const at = window.indexOf(newline);
    const end = at < 0 ? window.length : at + 1;
    const known = Math.min(this.#passOver, end);
    this.#passOver -= known;
    if (known < end) {
      this.#point.took(end - known);
      this.#keep(window.subarray(known, at < 0 ? end : at), lines);
      if (at >= 0) this.#emit(lines);
    }
    this.#sinceStamp = at < 0 ? this.#sinceStamp + end : 0;
    if (this.#raw && (at >= 0 || this.#sinceStamp >= messageBytes)) this.#stamp = [];
    return chunk.subarray(end);
  }

  #keep(text: Buffer, lines?: LogLine[]): void {
    let rest = text;
    while (lines !== undefined && this.#bytes + rest.length > lineMaxBytes) {
      const cut = wholeCharacters(rest, lineMaxBytes - this.#bytes);
      this.#parts.push(rest.subarray(0, cut));
      this.#bytes += cut;
      rest = rest.subarray(cut);
      this.#emit(lines);
    }
    if (rest.length === 0) return;
    this.#parts.push(rest);
    this.#bytes += rest.length;
  }

  #emit(lines: LogLine[]): void {
    const bytes = this.#parts.length === 1 ? (this.#parts[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#bytes = 0;
    if (this.#wholeSeconds && !this.#point.takeLine(this.#atMs, this.#stream, bytes)) return;
    const text = bytes.toString("utf8");
    lines.push({
      atMs: this.#atMs,
      containerId: this.#containerId,
      stream: this.#stream,
      text: text.endsWith("\r") ? text.slice(0, -1) : text,
    });
  }
}

/** The most bytes, up to `limit`, after which no UTF-8 character is cut in two (continuation bytes are 10xxxxxx). */
function wholeCharacters(bytes: Buffer, limit: number): number {
  let cut = limit;
  while (cut > limit - 4 && cut > 0 && ((bytes[cut] ?? 0) & 0xc0) === 0x80) cut -= 1;
  return ((bytes[cut] ?? 0) & 0xc0) === 0x80 ? limit : cut;
}

/** Where the timestamp in front of a message ends: at a space. -1 when there is none; 0 when more bytes must tell. */
function stampEnd(bytes: Buffer): number {
  const length = Math.min(bytes.length, timestampMaxBytes + 1);
  for (let at = 0; at < length; at += 1) {
    if (bytes[at] === space) return at === 0 ? -1 : at;
    if (bytes[at] === newline) return -1;
  }
  return bytes.length > timestampMaxBytes ? -1 : 0;
}
