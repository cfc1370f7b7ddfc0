import type { DeviceListUpdate } from "../../../shared/contract/index.ts";
import type { DeviceRegistry } from "./device-registry.ts";

const QUEUE_UPDATES = 1_000;

/** The whole list, then one change at a time. A reader that was too slow gets the whole list anew instead of a hole. */
export async function* watchList(
  registry: DeviceRegistry,
  signal: AbortSignal,
): AsyncGenerator<DeviceListUpdate, void, void> {
  const queue = registry.updates.subscribe(signal, QUEUE_UPDATES);
  const snapshot = (): DeviceListUpdate => ({ kind: "snapshot", seq: registry.seq, devices: registry.list() });
  try {
    if (signal.aborted) return;
    yield snapshot();
    for await (const update of queue) {
      if (queue.takeDropped() === 0) {
        yield update;
      } else {
        queue.takeAll();
        yield snapshot();
      }
    }
  } finally {
    registry.updates.unsubscribe(queue);
  }
}
