import { AppError, type DeviceSample } from "../../../shared/domain/index.ts";
import { type Pace, sampleDevice } from "../../engines/index.ts";
import type { BoundedQueue } from "../../streams/index.ts";
import { WakeUp } from "../session/wake-up.ts";
import type { Entry } from "./entry.ts";
import { SampleRing } from "./sample-ring.ts";
import { SamplePace } from "./sample-window.ts";

const INTERVAL_MS = 1_000;
/** How much of the recent past a chart gets that has just been opened. */
const PAST_MS = 300_000;
const RETRY_MS = 2_000;

/**
 * The one sampler of a device, for as many watchers as there are. It runs only while somebody watches, as fast as the
 * fastest of them asks, and gives each its own pace.
 */
export class SampleHub {
  readonly #entry: Entry;
  readonly #onBug: (error: unknown) => void;
  readonly #readers = new Map<BoundedQueue<DeviceSample>, SamplePace>();
  readonly #ring = new SampleRing();
  /** What waits for the next reading. */
  readonly #faster = new Set<() => void>();
  readonly #ringPace = new SamplePace(INTERVAL_MS);
  #running: { stop: AbortController; ended: Promise<void> } | null = null;

  constructor(entry: Entry, onBug: (error: unknown) => void) {
    this.#entry = entry;
    this.#onBug = onBug;
  }

  /** Joins a reader; gives the recent past at one sample a second, after which nothing is missing in its queue. */
  join(reader: BoundedQueue<DeviceSample>, intervalMs: number): DeviceSample[] {
    const isFaster = intervalMs < this.#intervalMs();
    this.#readers.set(reader, new SamplePace(intervalMs));
    if (isFaster) for (const tell of this.#faster) tell();
    if (this.#running === null) {
      const stop = new AbortController();
      this.#running = { stop, ended: this.#run(AbortSignal.any([stop.signal, this.#entry.left])) };
    }
    return this.#ring.since(Date.now() - PAST_MS);
  }

  leave(reader: BoundedQueue<DeviceSample>): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    this.#running?.stop.abort();
    this.#running = null;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const wake = new WakeUp();
    const stopListening = this.#entry.listen((news) => {
      if (news === "status") wake.call();
    });
    try {
      // A machine that nobody has asked yet is not asked by a chart of all devices either.
      if (!this.#entry.device.onlyHeardOf) this.#entry.session.start();
      while (!signal.aborted) {
        const { live } = this.#entry.session;
        if (live === null) {
          await wake.wait(null, signal);
          continue;
        }
        await this.#sample(live, signal);
        await wake.wait(RETRY_MS, signal);
      }
    } catch (error) {
      this.#onBug(error);
    } finally {
      stopListening();
    }
  }

  async #sample(live: NonNullable<Entry["session"]["live"]>, until: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([until, live.signal]);
    const { connection, engine } = live;
    try {
      const pace: Pace = {
        intervalMs: () => this.#intervalMs(),
        onFaster: (listener) => {
          this.#faster.add(listener);
          return () => this.#faster.delete(listener);
        },
      };
      for await (const sample of sampleDevice({ connection, engine, intervalMs: pace, signal })) {
        this.#send({ ...sample, deviceId: this.#entry.device.id });
      }
    } catch (error) {
      // The sampler ends with its connection or engine, whose end the device's state tells; then it begins anew.
      if (!(error instanceof AppError)) throw error;
    }
  }

  #intervalMs(): number {
    return Math.min(INTERVAL_MS, ...[...this.#readers.values()].map((pace) => pace.intervalMs));
  }

  #send(sample: DeviceSample): void {
    const nowMs = performance.now();
    const past = this.#ringPace.take(sample, nowMs);
    if (past !== null) this.#ring.push(past);
    for (const [reader, pace] of this.#readers) {
      const due = pace.take(sample, nowMs);
      if (due !== null) reader.push(due);
    }
  }
}
