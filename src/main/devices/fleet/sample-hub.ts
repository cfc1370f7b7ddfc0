import { AppError, type DeviceSample } from "../../../shared/domain/index.ts";
import { sampleDevice } from "../../engines/index.ts";
import type { BoundedQueue } from "../../streams/index.ts";
import { WakeUp } from "../session/wake-up.ts";
import type { Entry } from "./entry.ts";

const INTERVAL_MS = 1_000;
/** Five minutes of the recent past, for a chart that has just been opened. */
const RING_SAMPLES = 300;
const RETRY_MS = 2_000;

/** The one sampler of a device, for as many watchers as there are. It runs only while somebody watches. */
export class SampleHub {
  readonly #entry: Entry;
  readonly #onBug: (error: unknown) => void;
  readonly #readers = new Set<BoundedQueue<DeviceSample>>();
  readonly #ring: DeviceSample[] = [];
  #running: { stop: AbortController; ended: Promise<void> } | null = null;

  constructor(entry: Entry, onBug: (error: unknown) => void) {
    this.#entry = entry;
    this.#onBug = onBug;
  }

  /** Joins a reader; gives the recent past, after which nothing is missing in its queue. */
  join(reader: BoundedQueue<DeviceSample>): DeviceSample[] {
    this.#readers.add(reader);
    if (this.#running === null) {
      const stop = new AbortController();
      this.#running = { stop, ended: this.#run(AbortSignal.any([stop.signal, this.#entry.left])) };
    }
    const oldestMs = Date.now() - RING_SAMPLES * INTERVAL_MS;
    return this.#ring.filter((sample) => sample.atMs >= oldestMs);
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
      for await (const sample of sampleDevice({ connection, engine, intervalMs: INTERVAL_MS, signal })) {
        this.#send({ ...sample, deviceId: this.#entry.device.id });
      }
    } catch (error) {
      // The sampler ends with its connection or engine, whose end the device's state tells; then it begins anew.
      if (!(error instanceof AppError)) throw error;
    }
  }

  #send(sample: DeviceSample): void {
    this.#ring.push(sample);
    if (this.#ring.length > RING_SAMPLES) this.#ring.shift();
    for (const reader of this.#readers) reader.push(sample);
  }
}
