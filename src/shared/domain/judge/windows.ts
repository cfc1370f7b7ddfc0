import * as z from "zod";
import { cpuWaitSchema, type RunSample } from "../run.ts";

/** One second of a run, folded from its samples. Times are ms on the run's clock. Null is "not measured". */
export const runWindowSchema = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  /** The highest reading of what counts in this second, and the cache beside it. */
  memoryPeakBytes: z.number().nullable(),
  cacheAtPeakBytes: z.number().nullable(),
  memoryPeakAtMs: z.number().nullable(),
  /** The highest that the kernel saw between two readings, where that was more than both. */
  spike: z.object({ atMs: z.number(), bytes: z.number() }).optional(),
  /** CPU in host cores: exact time over the second. */
  hostCores: z.number().nullable(),
  throttledSeconds: z.number().nullable(),
  services: z.record(
    z.string(),
    z.object({ memoryPeakBytes: z.number().nullable(), hostCores: z.number().nullable() }),
  ),
  busiestThread: z.object({ service: z.string(), name: z.string(), hostCores: z.number() }).nullable(),
  otherHostCores: z.number().nullable(),
  cpuWait: cpuWaitSchema.optional(),
});
export type RunWindow = z.infer<typeof runWindowSchema>;

export const windowMs = 1000;

interface Counter {
  atMs: number;
  value: number;
}

/**
 * Folds samples, in the order of their time, into windows of one second on the run's clock (0-1 s, 1-2 s, …). Only
 * windows are kept, so the memory of an hour is 3,600 small objects. CPU time between two readings is spread evenly:
 * the sum over windows stays exactly what the counter said.
 */
export class WindowFold {
  readonly #windows: RunWindow[] = [];
  readonly #last = new Map<string, Counter>();
  #lastAtMs = 0;

  add(sample: RunSample): void {
    this.#addSpike(sample);
    const window = this.#windowAt(sample.atMs);
    if (sample.memoryBytes !== null && sample.memoryBytes >= (window.memoryPeakBytes ?? 0)) {
      window.memoryPeakBytes = sample.memoryBytes;
      window.cacheAtPeakBytes = sample.cacheBytes;
      window.memoryPeakAtMs = sample.atMs;
    }
    this.#spread("cpu", sample.atMs, sample.cpuSeconds, (target, seconds) => {
      target.hostCores = (target.hostCores ?? 0) + seconds / (windowMs / 1000);
    });
    this.#spread("throttled", sample.atMs, sample.throttledSeconds, (target, seconds) => {
      target.throttledSeconds = (target.throttledSeconds ?? 0) + seconds;
    });
    for (const [name, service] of Object.entries(sample.services)) {
      const own = serviceOf(window, name);
      if (service.memoryBytes !== null) own.memoryPeakBytes = Math.max(own.memoryPeakBytes ?? 0, service.memoryBytes);
      this.#spread(`service ${name}`, sample.atMs, service.cpuSeconds, (target, seconds) => {
        const part = serviceOf(target, name);
        part.hostCores = (part.hostCores ?? 0) + seconds / (windowMs / 1000);
      });
    }
    // These are about the second that has just ended, so they belong to the window before.
    const ended = this.#windowAt(Math.max(0, sample.atMs - windowMs / 2));
    if (sample.busiestThread !== null) ended.busiestThread = sample.busiestThread;
    if (sample.otherHostCores !== null) ended.otherHostCores = sample.otherHostCores;
    if (sample.cpuWait !== undefined) ended.cpuWait = sample.cpuWait;
  }

  /** A spike was just before the sample before. */
  #addSpike({ spikeBytes, atMs }: RunSample): void {
    const before = this.#lastAtMs;
    this.#lastAtMs = atMs;
    if (spikeBytes === undefined) return;
    const window = this.#windowAt(before);
    if (spikeBytes > (window.spike?.bytes ?? 0)) window.spike = { atMs: before, bytes: spikeBytes };
  }

  /** Nothing was read for a time: what the counters rose by meanwhile belongs to no window. */
  gap(): void {
    this.#last.clear();
  }

  /** Every window so far, oldest first. The last one may be only partly filled. */
  get windows(): readonly RunWindow[] {
    return this.#windows;
  }

  #spread(key: string, atMs: number, value: number | null, give: (window: RunWindow, amount: number) => void): void {
    if (value === null) return;
    const before = this.#last.get(key);
    this.#last.set(key, { atMs, value });
    if (before === undefined || atMs <= before.atMs) return;
    const amount = Math.max(0, value - before.value);
    for (let from = before.atMs; from < atMs; ) {
      const to = Math.min(atMs, (Math.floor(from / windowMs) + 1) * windowMs);
      give(this.#windowAt(from), (amount * (to - from)) / (atMs - before.atMs));
      from = to;
    }
  }

  #windowAt(atMs: number): RunWindow {
    const index = Math.floor(atMs / windowMs);
    for (let next = this.#windows.length; next <= index; next += 1) this.#windows.push(emptyWindow(next * windowMs));
    const window = this.#windows[index];
    if (window === undefined) throw new RangeError(`A sample at ${atMs} ms is before the start of its run.`);
    return window;
  }
}

function emptyWindow(fromMs: number): RunWindow {
  return {
    fromMs,
    toMs: fromMs + windowMs,
    memoryPeakBytes: null,
    cacheAtPeakBytes: null,
    memoryPeakAtMs: null,
    hostCores: null,
    throttledSeconds: null,
    services: {},
    busiestThread: null,
    otherHostCores: null,
  };
}

function serviceOf(window: RunWindow, name: string): RunWindow["services"][string] {
  window.services[name] ??= { memoryPeakBytes: null, hostCores: null };
  return window.services[name];
}

/** The windows that lie wholly between two times. */
export function windowsBetween(windows: readonly RunWindow[], fromMs: number, toMs: number): RunWindow[] {
  return windows.filter((window) => window.fromMs >= fromMs && window.toMs <= toMs);
}
