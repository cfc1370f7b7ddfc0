import type { Device } from "../../shared/domain/index.ts";
import { type DeviceKind, deviceAddressText, deviceKind, deviceModelText } from "../format/device-state.ts";

export type WallSegment = "all" | "problems" | "offline" | "new";

const segmentOf: Record<DeviceKind, WallSegment | null> = {
  heard: "new",
  "changed-key": "problems",
  refused: "problems",
  problem: "problems",
  offline: "offline",
  new: "new",
  connecting: null,
  online: null,
};

/** True when the device belongs to the segment of the wall. */
export function inSegment(device: Device, segment: WallSegment): boolean {
  return segment === "all" || segmentOf[deviceKind(device)] === segment;
}

/** True when every word of the filter stands in the name, the model, the address or the host name. */
export function matchesFilter(device: Device, filter: string): boolean {
  const text = [
    device.name,
    deviceModelText(device),
    deviceAddressText(device),
    device.facts?.hostName,
    ...device.addresses,
  ]
    .join(" ")
    .toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const urgency: Record<DeviceKind, number> = {
  "changed-key": 0,
  problem: 1,
  refused: 1,
  new: 2,
  heard: 5,
  online: 3,
  connecting: 3,
  offline: 4,
};

/** A failure comes before a warning of the same kind. */
function rank(device: Device): number {
  const failing = device.findings.some((finding) => finding.severity === "error");
  return urgency[deviceKind(device)] - (failing ? 0.5 : 0);
}

export type WallOrder = "problems" | "name";

/** The order of the wall: what needs a person first, or simply by name. */
export function inOrder(devices: readonly Device[], order: WallOrder): Device[] {
  return [...devices].sort((a, b) => {
    const first = order === "problems" ? rank(a) - rank(b) : 0;
    return first || a.name.localeCompare(b.name, undefined, { numeric: true });
  });
}
