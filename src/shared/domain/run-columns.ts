import * as z from "zod";
import type { RunSample } from "./run.ts";

/** CPU is shown and judged over windows of a second. */
const windowMs = 1_000;

/** What is kept of one service, or of the stack: memory that counts and cores of this machine over the second before. */
export interface ColumnPair {
  readonly memoryBytes: Float64Array;
  readonly hostCores: Float64Array;
}

/**
 * The readings of one target of a run as columns; only the first `length` values count, and NaN is "not measured". Twenty services for
 * half an hour at 10 Hz are 6 MB so, where as many samples take ten times that.
 */
export interface RunColumns {
  readonly length: number;
  readonly services: readonly string[];
  readonly atMs: Float64Array;
  readonly stack: ColumnPair;
  /** The busiest thread, in cores of this machine; measured once a second, it holds until the next reading. */
  readonly threadHostCores: Float64Array;
  readonly byService: readonly ColumnPair[];
}

interface Counters {
  atMs: number;
  /** Of the stack, then of the services in their order. */
  cpuSeconds: Float64Array;
}

interface GrowingPair {
  memoryBytes: Float64Array;
  hostCores: Float64Array;
}

function emptyPair(capacity: number): GrowingPair {
  return { memoryBytes: new Float64Array(capacity), hostCores: new Float64Array(capacity) };
}

function grown(values: Float64Array): Float64Array {
  const twice = new Float64Array(values.length * 2);
  twice.set(values);
  return twice;
}

function growPair(pair: GrowingPair): void {
  pair.memoryBytes = grown(pair.memoryBytes);
  pair.hostCores = grown(pair.hostCores);
}

/** Columns that grow by one sample at a time. */
export class SampleColumns implements RunColumns {
  readonly services: readonly string[];
  length = 0;
  atMs: Float64Array;
  stack: GrowingPair;
  threadHostCores: Float64Array;
  byService: readonly GrowingPair[];
  #recent: Counters[] = [];

  constructor(services: readonly string[], capacity = 1_024) {
    this.services = services;
    this.atMs = new Float64Array(capacity);
    this.stack = emptyPair(capacity);
    this.threadHostCores = new Float64Array(capacity);
    this.byService = services.map(() => emptyPair(capacity));
  }

  /** Columns that go on after what others hold; with the columns that were fed before, CPU goes on without a gap. */
  static after(before: RunColumns, fed: SampleColumns | null = null): SampleColumns {
    const made = new SampleColumns(before.services, Math.max(1_024, before.length * 2));
    const { length } = before;
    made.length = length;
    made.#recent = fed === null ? [] : fed.#recent;
    made.atMs.set(before.atMs.subarray(0, length));
    made.threadHostCores.set(before.threadHostCores.subarray(0, length));
    for (const [index, pair] of [before.stack, ...before.byService].entries()) {
      const own = index === 0 ? made.stack : made.byService[index - 1];
      own?.memoryBytes.set(pair.memoryBytes.subarray(0, length));
      own?.hostCores.set(pair.hostCores.subarray(0, length));
    }
    return made;
  }

  append(sample: RunSample): void {
    if (this.length === this.atMs.length) this.#grow();
    const at = this.length;
    const cpuSeconds = new Float64Array(1 + this.services.length);
    cpuSeconds[0] = sample.cpuSeconds ?? Number.NaN;
    this.atMs[at] = sample.atMs;
    this.stack.memoryBytes[at] = sample.memoryBytes ?? Number.NaN;
    for (const [index, name] of this.services.entries()) {
      const reading = sample.services[name];
      cpuSeconds[index + 1] = reading?.cpuSeconds ?? Number.NaN;
      const pair = this.byService[index];
      if (pair !== undefined) pair.memoryBytes[at] = reading?.memoryBytes ?? Number.NaN;
    }
    const before = at === 0 ? Number.NaN : (this.threadHostCores[at - 1] ?? Number.NaN);
    this.threadHostCores[at] = sample.busiestThread?.hostCores ?? before;
    this.#rates({ atMs: sample.atMs, cpuSeconds }, at);
    this.length += 1;
  }

  /** Cores over the second before: from the latest reading that is a whole second old. */
  #rates(now: Counters, at: number): void {
    const recent = this.#recent;
    recent.push(now);
    while ((recent[1]?.atMs ?? Number.POSITIVE_INFINITY) <= now.atMs - windowMs) recent.shift();
    const first = recent[0] ?? now;
    const seconds = (now.atMs - first.atMs) / 1_000;
    const isWhole = seconds * 1_000 >= windowMs;
    const rate = (index: number) =>
      isWhole
        ? Math.max(0, (now.cpuSeconds[index] ?? Number.NaN) - (first.cpuSeconds[index] ?? Number.NaN)) / seconds
        : Number.NaN;
    this.stack.hostCores[at] = rate(0);
    for (const [index, pair] of this.byService.entries()) pair.hostCores[at] = rate(index + 1);
  }

  #grow(): void {
    this.atMs = grown(this.atMs);
    this.threadHostCores = grown(this.threadHostCores);
    growPair(this.stack);
    for (const pair of this.byService) growPair(pair);
  }
}

/** Where the first reading at or after a moment is; the length when there is none. */
export function indexAt(columns: Pick<RunColumns, "atMs" | "length">, atMs: number): number {
  let low = 0;
  let high = columns.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((columns.atMs[middle] ?? 0) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

const numbers = z.array(z.number().nullable());
const pairSchema = z.object({ memoryBytes: numbers, hostCores: numbers });

/** Columns as they travel; null is "not measured". */
export const runColumnsSchema = z.object({
  services: z.array(z.string()),
  atMs: z.array(z.number()),
  stack: pairSchema,
  threadHostCores: numbers,
  byService: z.array(pairSchema),
});
export type RunColumnsText = z.infer<typeof runColumnsSchema>;

function plain(values: Float64Array, length: number, decimals: number): (number | null)[] {
  const factor = 10 ** decimals;
  return Array.from(values.subarray(0, length), (value) =>
    Number.isNaN(value) ? null : Math.round(value * factor) / factor,
  );
}

function plainPair(pair: ColumnPair, length: number) {
  return { memoryBytes: plain(pair.memoryBytes, length, 0), hostCores: plain(pair.hostCores, length, 4) };
}

/** Columns ready to travel: bytes whole, cores to a tenth of a thousandth. */
export function columnsToText(columns: RunColumns): RunColumnsText {
  const { length } = columns;
  return {
    services: [...columns.services],
    atMs: Array.from(columns.atMs.subarray(0, length)),
    stack: plainPair(columns.stack, length),
    threadHostCores: plain(columns.threadHostCores, length, 4),
    byService: columns.byService.map((pair) => plainPair(pair, length)),
  };
}

function measured(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN);
}

function measuredPair(pair: z.infer<typeof pairSchema>): ColumnPair {
  return { memoryBytes: measured(pair.memoryBytes), hostCores: measured(pair.hostCores) };
}

/** The reverse of {@link columnsToText}. */
export function columnsFromText(text: RunColumnsText): RunColumns {
  return {
    length: text.atMs.length,
    services: text.services,
    atMs: Float64Array.from(text.atMs),
    stack: measuredPair(text.stack),
    threadHostCores: measured(text.threadHostCores),
    byService: text.byService.map(measuredPair),
  };
}
