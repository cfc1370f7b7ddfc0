import type { LogBatch, LogLine } from "../../../shared/domain/index.ts";

/** A batch goes out when it has this many lines, or when its first line has waited this long. */
const batchLines = 256;
const batchWaitMs = 50;

/** A source that has this many lines waiting is not read further: the engine keeps the rest until there is room. */
const waitingLinesMax = 1024;

/**
 * Brings the lines of several sources together in the order of their times, as far as they are there. A source's own
 * order is never changed. Nothing is dropped: a reader that is slow makes `put` wait, and with it the source.
 */
export class LogMerge {
  readonly #sources = new Map<string, LogLine[]>();
  readonly #ended: string[] = [];
  #open: number;
  #waiting = 0;
  #failure: { error: unknown } | null = null;
  #closed = false;
  #wakeReader: (() => void) | null = null;
  readonly #wakeWriters: (() => void)[] = [];

  constructor(sourceIds: readonly string[]) {
    for (const id of sourceIds) this.#sources.set(id, []);
    this.#open = sourceIds.length;
  }

  /** Takes a source's lines and resolves when there is room for more, or when nobody reads any longer. */
  async put(sourceId: string, lines: readonly LogLine[]): Promise<void> {
    const queue = this.#sources.get(sourceId);
    if (queue === undefined || this.#closed || lines.length === 0) return;
    for (const line of lines) queue.push(line);
    this.#waiting += lines.length;
    this.#wakeReader?.();
    while (queue.length > waitingLinesMax && !this.#closed) {
      await new Promise<void>((resolve) => this.#wakeWriters.push(resolve));
    }
  }

  /** The source has no more to say. */
  endSource(sourceId: string): void {
    this.#ended.push(sourceId);
    this.#open -= 1;
    this.#wakeReader?.();
  }

  /** Ends the whole: what is waiting is still given, then the error. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wakeReader?.();
  }

  /** Nobody reads any longer. */
  close(): void {
    this.#closed = true;
    this.#wakeReader?.();
    this.#release();
  }

  async *batches(): AsyncGenerator<LogBatch, void, void> {
    while (!this.#closed) {
      if (this.#waiting === 0) {
        if (this.#ended.length > 0) yield this.#batch([]);
        else if (this.#failure !== null) throw this.#failure.error;
        else if (this.#open === 0) return;
        else await this.#wake();
        continue;
      }
      await this.#gather();
      if (!this.#closed) yield this.#batch(this.#take());
    }
  }

  /** Waits a moment for more lines, unless there are enough or no more will come. */
  async #gather(): Promise<void> {
    const untilMs = performance.now() + batchWaitMs;
    while (this.#waiting < batchLines && this.#open > 0 && this.#failure === null && !this.#closed) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      await this.#wake(leftMs);
    }
  }

  #wake(afterMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = afterMs === undefined ? null : setTimeout(() => this.#wakeReader?.(), afterMs);
      this.#wakeReader = () => {
        if (timer !== null) clearTimeout(timer);
        this.#wakeReader = null;
        resolve();
      };
    });
  }

  #batch(lines: LogLine[]): LogBatch {
    // A source's end goes out behind its last line.
    const over = this.#ended.filter((id) => (this.#sources.get(id)?.length ?? 0) === 0);
    for (const id of over) this.#ended.splice(this.#ended.indexOf(id), 1);
    return { lines, skipped: 0, ended: over };
  }

  /** The oldest lines first: always the head of the queue whose head is oldest. */
  #take(): LogLine[] {
    const queues = [...this.#sources.values()].filter((queue) => queue.length > 0).map((queue) => ({ queue, at: 0 }));
    const lines: LogLine[] = [];
    while (lines.length < batchLines) {
      let oldest: { queue: LogLine[]; at: number } | null = null;
      let oldestLine: LogLine | null = null;
      for (const source of queues) {
        const line = source.queue[source.at];
        if (line !== undefined && (oldestLine === null || line.atMs < oldestLine.atMs)) {
          oldest = source;
          oldestLine = line;
        }
      }
      if (oldest === null || oldestLine === null) break;
      lines.push(oldestLine);
      oldest.at += 1;
    }
    for (const { queue, at } of queues) queue.splice(0, at);
    this.#waiting -= lines.length;
    this.#release();
    return lines;
  }

  #release(): void {
    for (const wake of this.#wakeWriters.splice(0)) wake();
  }
}
