import { expect, test } from "vitest";
import { type Device, isNeighbour } from "../../../../src/shared/domain/index.ts";
import { aDevice, someFacts } from "../../renderer/samples.ts";

const seen: Partial<Device> = { remembered: false, sources: ["mdns"], services: ["_ssh._tcp"], state: "connecting" };
const engine = { kind: "docker" as const, path: "/var/run/docker.sock", canOpen: false };

const machines: [boolean, string, Partial<Device>][] = [
  [
    false,
    "a board that has just been seen and shows its key",
    { ...seen, hostKey: { trust: "new", offered: null, pinned: null } },
  ],
  [true, "heard of by its MQTT broker alone", { ...seen, state: "not-asked", services: ["_mqtt._tcp"] }],
  [
    true,
    "a workstation that was asked, and has no SSH",
    {
      ...seen,
      state: "ssh-refused",
      services: ["_workstation._tcp"],
      hostKey: { trust: "unseen", offered: null, pinned: null },
    },
  ],
  [
    false,
    "a workstation that was asked, and showed a key",
    { ...seen, services: ["_workstation._tcp"], hostKey: { trust: "new", offered: null, pinned: null } },
  ],
  [true, "a workstation", { ...seen, state: "not-asked", services: ["_workstation._tcp"] }],
  [
    false,
    "a host of the SSH config that nobody asked yet",
    { ...seen, state: "not-asked", sources: ["ssh-config"], services: [] },
  ],
  [true, "a printer with SSH", { ...seen, services: ["_ipp._tcp", "_ssh._tcp"] }],
  [true, "a laptop of Apple", { ...seen, announcedModel: "MacBookPro18,3" }],
  [
    false,
    "a Linux file server that names an Apple product",
    { ...seen, announcedModel: "MacSamba", services: ["_smb._tcp", "_ssh._tcp"] },
  ],
  [
    false,
    "a balena device that plays music",
    { ...seen, services: ["_airplay._tcp", "_resin-device._sub._ssh._tcp", "_ssh._tcp"] },
  ],
  [true, "let Bayplan in, and has no engine", { ...seen, state: "engine-down", facts: someFacts() }],
  [
    false,
    "let Bayplan in, and its engine may not be opened",
    { ...seen, state: "engine-down", facts: someFacts({ engineSockets: [engine] }) },
  ],
  [
    false,
    "a printer that a person added",
    { ...seen, services: ["_ipp._tcp"], sources: ["mdns", "added"], remembered: true },
  ],
  [
    false,
    "a device that is remembered and lost its engine",
    { ...seen, remembered: true, sources: ["saved"], facts: someFacts() },
  ],
  [false, "found by a search", { ...seen, sources: ["probe"], services: [] }],
];

test.each(machines)("%s: %s", (expected, _what, change) => {
  expect(isNeighbour(aDevice(change))).toBe(expected);
});
