import { create } from "zustand";
import { type DeviceId, deviceIdSchema } from "../../shared/domain/index.ts";
import { client } from "./client.ts";
import { type DeviceHistory, withBatch } from "./sample-history.ts";
import { watch } from "./watch.ts";

interface Samples {
  histories: Readonly<Record<string, DeviceHistory>>;
}

export const useSamples = create<Samples>(() => ({ histories: {} }));

/** Follows the samples of every online device until the function that it gives is called. */
export function watchSamples(): () => void {
  return follow(null, 1_000);
}

/** Follows one device more closely while somebody looks at it. */
export function watchDeviceClosely(deviceId: string): () => void {
  return follow([deviceIdSchema.parse(deviceId)], 200);
}

function follow(deviceIds: DeviceId[] | null, intervalMs: number): () => void {
  return watch({
    open: (signal) => client.samples.watch({ deviceIds, intervalMs }, { signal }),
    take: (batch) => {
      useSamples.setState((state) => ({ histories: withBatch(state.histories, batch.samples) }));
      return undefined;
    },
  });
}

export function useHistory(deviceId: string): DeviceHistory | undefined {
  return useSamples((state) => state.histories[deviceId]);
}
