import type { Device } from "../../../shared/domain/index.ts";
import type { Context } from "./context.ts";

/**
 * The list of devices as it changes, for at most `timeoutMs`; each item is the whole list. The end of the time ends it
 * quietly; Ctrl-C throws.
 */
export async function* followDevices(
  { client, signal }: Context,
  timeoutMs: number,
): AsyncGenerator<Device[], void, void> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const known = new Map<string, Device>();
  try {
    for await (const update of await client.devices.watch(undefined, { signal: AbortSignal.any([signal, timeout]) })) {
      if (update.kind === "removed") known.delete(update.deviceId);
      else
        for (const device of update.kind === "snapshot" ? update.devices : [update.device])
          known.set(device.id, device);
      yield [...known.values()];
    }
  } catch (error) {
    if (!timeout.aborted || signal.aborted) throw error;
  }
  signal.throwIfAborted();
}
