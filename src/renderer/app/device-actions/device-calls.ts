import type { Device } from "../../../shared/domain/index.ts";
import { client } from "../client.ts";
import { hideDevice, showDevice } from "../devices-store.ts";

/** Connects now instead of at the next try. */
export async function retryDevice(device: Device): Promise<void> {
  showDevice(await client.devices.retry({ deviceId: device.id }));
}

/** A port that is null is for ssh_config to say, or the usual one. */
export async function addDevice(
  target: { user: string; host: string; port: number | null },
  name: string | null,
): Promise<Device> {
  const device = await client.devices.add({ target, name });
  showDevice(device);
  return device;
}

/** Agrees to the key with exactly this fingerprint; another one is refused by the host. */
export async function trustDevice(device: Device, fingerprint: string): Promise<void> {
  showDevice(await client.devices.trust({ deviceId: device.id, fingerprint }));
}

/** Replaces the pinned key by the offered one; both must be the ones that the person saw. */
export async function repinDevice(
  device: Device,
  pinnedFingerprint: string,
  offeredFingerprint: string,
): Promise<void> {
  showDevice(await client.devices.repin({ deviceId: device.id, pinnedFingerprint, offeredFingerprint }));
}

export async function forgetDevice(device: Device): Promise<void> {
  await client.devices.forget({ deviceId: device.id });
  hideDevice(device.id);
}
