import type { LogBatch, LogLine } from "../../shared/domain/index.ts";
import { plainText } from "./ansi-text.ts";
import { type LogLevel, logLevel } from "./log-level.ts";

/** One row of the log view: a line of a container, or a mark where something is missing or ended. */
export type LogRow =
  | {
      kind: "line";
      key: number;
      atMs: number;
      containerId: string;
      raw: string;
      plain: string;
      level: LogLevel;
    }
  | { kind: "mark"; key: number; atMs: number; text: string };

interface Seen {
  atMs: number;
  /** How many lines came with exactly this time; engines repeat the last moment when a follow resumes. */
  count: number;
}

/**
 * The last lines of some containers in the order of their time. It holds `capacity` rows at most and lets the oldest
 * go in slices, so that adding stays cheap.
 */
export class LogRing {
  rows: LogRow[] = [];
  /** Rows that had to go since the start, for the line that says so. */
  dropped = 0;
  readonly #capacity: number;
  readonly #seen = new Map<string, Seen>();
  #repeated = new Map<string, Seen>();
  #nextKey = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** To be called before a stream starts again: lines that it repeats are then left out. */
  resume(): void {
    this.#repeated = new Map([...this.#seen].map(([id, seen]) => [id, { ...seen }]));
  }

  /** Adds a batch; gives the rows that are new. */
  add(batch: LogBatch): LogRow[] {
    const fresh: LogRow[] = [];
    const atMs = batch.lines[0]?.atMs ?? this.rows.at(-1)?.atMs ?? 0;
    if (batch.skipped > 0)
      fresh.push(
        this.#mark(
          atMs,
          `${batch.skipped.toLocaleString("en-US")} lines skipped: they came faster than they can be shown`,
        ),
      );
    for (const mark of batch.marks ?? []) fresh.push(this.#mark(atMs, mark.text));
    for (const line of [...batch.lines].sort((a, b) => a.atMs - b.atMs)) {
      if (!this.#isRepeated(line)) fresh.push(this.#row(line));
    }
    this.#append(fresh);
    return fresh;
  }

  #mark(atMs: number, text: string): LogRow {
    this.#nextKey += 1;
    return { kind: "mark", key: this.#nextKey, atMs, text };
  }

  #row(line: LogLine): LogRow {
    const seen = this.#seen.get(line.containerId);
    if (seen === undefined || line.atMs > seen.atMs) this.#seen.set(line.containerId, { atMs: line.atMs, count: 1 });
    else if (line.atMs === seen.atMs) seen.count += 1;
    this.#nextKey += 1;
    const plain = plainText(line.text);
    return {
      kind: "line",
      key: this.#nextKey,
      atMs: line.atMs,
      containerId: line.containerId,
      raw: line.text,
      plain,
      level: logLevel(plain),
    };
  }

  #isRepeated(line: LogLine): boolean {
    const known = this.#repeated.get(line.containerId);
    if (known === undefined || line.atMs > known.atMs) return false;
    if (line.atMs < known.atMs) return true;
    known.count -= 1;
    return known.count >= 0;
  }

  #append(fresh: readonly LogRow[]): void {
    const first = fresh[0];
    const last = this.rows.at(-1);
    if (first === undefined) return;
    this.rows = [...this.rows, ...fresh];
    // The first lines of several containers come one container after the other.
    if (last !== undefined && first.atMs < last.atMs) this.rows.sort((a, b) => a.atMs - b.atMs);
    if (this.rows.length > this.#capacity * 1.05) {
      const excess = this.rows.length - this.#capacity;
      this.rows = this.rows.slice(excess);
      this.dropped += excess;
    }
  }
}
