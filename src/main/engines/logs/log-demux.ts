import { AppError, type LogLine } from "../../../shared/domain/index.ts";
import { LineAssembler } from "./line-assembler.ts";
import { ResumePoint } from "./resume-point.ts";

/**
 * A frame of the Docker API's multiplexed stream: its type (0 stdin, 1 stdout, 2 stderr), three zeros, the length of
 * what follows as a big-endian 32-bit number. (API reference, "Attach to a container", stream format.)
 */
const headerBytes = 8;

/** Turns the bytes of one container's log stream into lines, however they are cut into chunks. */
export interface LogDemux {
  /** The stream is opened again, from the resume point on: nothing of the old one will come. */
  restart(): void;
  take(chunk: Buffer): LogLine[];
  /** The lines that the end of the stream completes. */
  end(): LogLine[];
}

/**
 * `tty`: the container has a terminal, and its one output comes as it is. `startMs` stands in for missing timestamps.
 * `point` is kept up to date, and what it knows already is left out.
 */
export function logDemux(containerId: string, tty: boolean, startMs: number, point = new ResumePoint()): LogDemux {
  return tty ? new RawDemux(containerId, startMs, point) : new FrameDemux(containerId, startMs, point);
}

class RawDemux implements LogDemux {
  readonly #output: LineAssembler;
  readonly #point: ResumePoint;

  constructor(containerId: string, startMs: number, point: ResumePoint) {
    this.#point = point;
    this.#output = new LineAssembler(containerId, "stdout", { raw: true, startMs, point });
  }

  restart(): void {
    this.#output.restart();
  }

  take(chunk: Buffer): LogLine[] {
    const lines: LogLine[] = [];
    this.#output.take(chunk, lines);
    return lines;
  }

  end(): LogLine[] {
    const lines: LogLine[] = [];
    this.#output.flush(lines);
    this.#point.end();
    return lines;
  }
}

class FrameDemux implements LogDemux {
  readonly #stdout: LineAssembler;
  readonly #stderr: LineAssembler;
  readonly #header = Buffer.alloc(headerBytes);
  #headerLength = 0;
  #current: LineAssembler;
  #frameLeft = 0;
  readonly #point: ResumePoint;

  constructor(containerId: string, startMs: number, point: ResumePoint) {
    this.#point = point;
    this.#stdout = new LineAssembler(containerId, "stdout", { raw: false, startMs, point });
    this.#stderr = new LineAssembler(containerId, "stderr", { raw: false, startMs, point });
    this.#current = this.#stdout;
  }

  restart(): void {
    this.#headerLength = 0;
    this.#frameLeft = 0;
    this.#stdout.restart();
    this.#stderr.restart();
  }

  take(chunk: Buffer): LogLine[] {
    const lines: LogLine[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#frameLeft === 0) {
        at = this.#takeHeader(chunk, at);
      } else {
        const length = Math.min(this.#frameLeft, chunk.length - at);
        this.#current.take(chunk.subarray(at, at + length), lines);
        this.#frameLeft -= length;
        at += length;
      }
    }
    return lines;
  }

  end(): LogLine[] {
    const lines: LogLine[] = [];
    this.#stdout.flush(lines);
    this.#stderr.flush(lines);
    this.#point.end();
    return lines;
  }

  #takeHeader(chunk: Buffer, from: number): number {
    const length = Math.min(headerBytes - this.#headerLength, chunk.length - from);
    chunk.copy(this.#header, this.#headerLength, from, from + length);
    this.#headerLength += length;
    if (this.#headerLength < headerBytes) return from + length;
    this.#headerLength = 0;
    const type = this.#header[0] ?? 255;
    if (type > 2 || this.#header[1] !== 0 || this.#header[2] !== 0 || this.#header[3] !== 0) {
      throw new AppError("engine-failed", "The engine's log stream is out of step: this is not a frame header.");
    }
    this.#current = type === 2 ? this.#stderr : this.#stdout;
    this.#frameLeft = this.#header.readUInt32BE(4);
    if (this.#frameLeft > 0) this.#current.startMessage();
    return from + length;
  }
}
