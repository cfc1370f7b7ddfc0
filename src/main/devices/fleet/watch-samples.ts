import type { SampleBatch } from "../../../shared/contract/index.ts";
import type { DeviceSample } from "../../../shared/domain/index.ts";
import { BoundedQueue } from "../../streams/index.ts";
import type { Entry } from "./entry.ts";
import type { SampleHub } from "./sample-hub.ts";

/** A reader that is slower than this many samples loses the oldest, and is told how many. */
const QUEUE_SAMPLES = 600;

export interface SampledEntries {
  /** The devices to sample now. */
  entries(): readonly Entry[];
  hubOf(entry: Entry): SampleHub;
  /** Calls back when a device joins the list. */
  onJoined(listener: () => void): () => void;
}

/** Each device's recent past first, then its samples as they come, a few at a time. Ends with the signal. */
export async function* watchSamples(
  source: SampledEntries,
  intervalMs: number,
  signal: AbortSignal,
): AsyncGenerator<SampleBatch, void, void> {
  const queue = new BoundedQueue<DeviceSample>(QUEUE_SAMPLES);
  const joined = new Map<Entry, SampleHub>();
  const past: DeviceSample[][] = [];
  const join = (): void => {
    for (const entry of source.entries()) {
      if (joined.has(entry)) continue;
      const hub = source.hubOf(entry);
      joined.set(entry, hub);
      past.push(hub.join(queue, intervalMs));
    }
  };
  const stop = (): void => queue.end();
  signal.addEventListener("abort", stop, { once: true });
  const stopListening = source.onJoined(join);
  try {
    if (signal.aborted) return;
    join();
    for (const samples of past) if (samples.length > 0) yield { samples, dropped: 0 };
    for await (const first of queue) {
      yield { samples: [first, ...queue.takeAll()], dropped: queue.takeDropped() };
    }
  } finally {
    signal.removeEventListener("abort", stop);
    stopListening();
    for (const hub of joined.values()) hub.leave(queue);
    queue.end();
  }
}
