import { create } from "zustand";
import type { DeviceListUpdate } from "../../shared/contract/index.ts";
import type { Device, DeviceId, Failure } from "../../shared/domain/index.ts";
import { client } from "./client.ts";
import { watch } from "./watch.ts";

export interface DeviceList {
  /** False until the first snapshot came. */
  ready: boolean;
  seq: number;
  devices: readonly Device[];
  failure: Failure | null;
}

/** The list after one update, or null when updates are missing in between. */
export function applyDeviceUpdate(list: DeviceList, update: DeviceListUpdate): DeviceList | null {
  if (update.kind === "snapshot") return { ready: true, seq: update.seq, devices: update.devices, failure: null };
  if (!list.ready || update.seq !== list.seq + 1) return null;
  if (update.kind === "removed") {
    return { ...list, seq: update.seq, devices: list.devices.filter((device) => device.id !== update.deviceId) };
  }
  const known = list.devices.some((device) => device.id === update.device.id);
  const devices = known
    ? list.devices.map((device) => (device.id === update.device.id ? update.device : device))
    : [...list.devices, update.device];
  return { ...list, seq: update.seq, devices };
}

export const useDevices = create<DeviceList>(() => ({ ready: false, seq: 0, devices: [], failure: null }));

/** Mirrors the host's list of devices until the function that it gives is called. */
export function watchDevices(): () => void {
  return watch({
    open: (signal) => client.devices.watch(undefined, { signal }),
    take: (update) => {
      const next = applyDeviceUpdate(useDevices.getState(), update);
      if (next === null) return "again";
      useDevices.setState(next);
      return undefined;
    },
    failed: (failure) => useDevices.setState({ failure }),
  });
}

/** Shows the answer of a call at once instead of waiting for the stream; the stream's word stays the last. */
export function showDevice(device: Device): void {
  useDevices.setState((list) => ({
    devices: list.devices.some((other) => other.id === device.id)
      ? list.devices.map((other) => (other.id === device.id ? device : other))
      : [...list.devices, device],
  }));
}

export function useDevice(deviceId: string): Device | undefined {
  return useDevices((list) => list.devices.find((device) => device.id === deviceId));
}

export function hideDevice(deviceId: DeviceId): void {
  useDevices.setState((list) => ({ devices: list.devices.filter((device) => device.id !== deviceId) }));
}
