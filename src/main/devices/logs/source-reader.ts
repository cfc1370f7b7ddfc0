import type { PlacedLine } from "../../store/index.ts";
import type { LogSource } from "./log-source.ts";

/** Where one reader is in one source. */
export class SourceReader {
  readonly source: LogSource;
  readonly #lagLines: number | null;
  readonly #held: PlacedLine[] = [];
  #next: number;
  #skipped = 0;
  #wasEnded = false;
  #saidNotKept = false;

  constructor(source: LogSource, from: number, lagLines: number | null) {
    this.source = source;
    this.#next = from;
    this.#lagLines = lagLines;
  }

  get held(): number {
    return this.#held.length;
  }

  /** How many lines are there for it. */
  get waiting(): number {
    return this.#held.length + this.source.file.end - this.#next;
  }

  /** The time of the next line; null when none is held. */
  get headMs(): number | null {
    return this.#held[0]?.atMs ?? null;
  }

  next(): PlacedLine | undefined {
    return this.#held.shift();
  }

  putBack(line: PlacedLine): void {
    this.#held.unshift(line);
  }

  /** Reads ahead when nothing is held. Passes over what has gone, and what is too far behind. */
  async fill(lines: number): Promise<void> {
    const { file } = this.source;
    if (this.#lagLines !== null && this.waiting > this.#lagLines) {
      this.#passTo(file.end - Math.ceil(this.#lagLines / 2), this.#held.splice(0).length);
    }
    if (this.#held.length > 0 || this.#next >= file.end) return;
    this.#passTo(file.first, 0);
    const read = await file.read(this.#next, lines);
    // Between the look and the reading the oldest may have gone.
    this.#passTo(read[0]?.line ?? file.end, 0);
    this.#held.push(...read);
    this.#next += read.length;
  }

  /** How many lines were passed over since this was asked last. */
  takeSkipped(): number {
    const skipped = this.#skipped;
    this.#skipped = 0;
    return skipped;
  }

  /** True once each time that the source's lines begin not to be kept. */
  takeNotKept(): boolean {
    const isNew = this.source.notKept > 0 && !this.#saidNotKept;
    this.#saidNotKept = this.source.notKept > 0;
    return isNew;
  }

  /** True once when the source has ended and all of it was read. */
  takeEnded(): boolean {
    const isEnded = this.source.ended && this.waiting === 0;
    const isNew = isEnded && !this.#wasEnded;
    this.#wasEnded = isEnded;
    return isNew;
  }

  #passTo(line: number, held: number): void {
    this.#skipped += held + Math.max(0, line - this.#next);
    this.#next = Math.max(this.#next, line);
  }
}
