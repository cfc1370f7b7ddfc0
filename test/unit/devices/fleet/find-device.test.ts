import { describe, expect, test } from "vitest";
import { findDevice } from "../../../../src/main/devices/fleet/find-device.ts";
import { type Device, deviceIdSchema } from "../../../../src/shared/domain/index.ts";

function device(id: string, name: string, host: string): Device {
  return {
    id: deviceIdSchema.parse(id),
    name,
    state: "online",
    trouble: null,
    stateSinceMs: 0,
    target: { user: "root", host, port: 22 },
    addresses: [host, "fe80::1%eth0"].slice(0, 1),
    sources: ["mdns"],
    services: [],
    announcedModel: null,
    sshAlias: null,
    remembered: true,
    stale: false,
    hostKey: { trust: "pinned", offered: null, pinned: null },
    facts: null,
    factsAtMs: null,
    engine: null,
    findings: [],
    lastSeenAtMs: null,
  };
}

const devices = [
  device("d-1234567890ab", "press-line-01", "10.0.0.11"),
  device("d-2234567890ab", "press-line-02", "10.0.0.12"),
  device("d-3234567890ab", "gateway", "10.0.0.13"),
  device("d-4234567890ab", "gateway", "10.0.0.14"),
];

function find(wanted: string, aliases: [string, string][] = []): string {
  return findDevice(devices, wanted, new Map(aliases)).id;
}

describe("one device", () => {
  test.each([
    ["d-1234567890ab", "d-1234567890ab"],
    ["press-line-02", "d-2234567890ab"],
    ["PRESS-LINE-02.local", "d-2234567890ab"],
    ["10.0.0.13", "d-3234567890ab"],
    ["10.0.0.14:22", "d-4234567890ab"],
    ["d-22", "d-2234567890ab"],
  ])("%s", (wanted, id) => {
    expect(find(wanted)).toBe(id);
  });

  test("by an id that it had before or will have", () => {
    expect(find("seen-0001", [["seen-0001", "d-3234567890ab"]])).toBe("d-3234567890ab");
  });
});

test("a name of two is refused, with what tells them apart", () => {
  expect(() => find("gateway")).toThrow(
    expect.objectContaining({
      code: "bad-input",
      hint: expect.stringMatching(/d-3234567890ab \(10.0.0.13\).*d-4234567890ab/),
    }),
  );
});

test("a name that nobody has is answered with near ones, or with what there is", () => {
  expect(() => find("pres-line-02")).toThrow(
    expect.objectContaining({ code: "not-found", hint: "Did you mean press-line-02 or press-line-01?" }),
  );
  expect(() => find("zebra")).toThrow(
    expect.objectContaining({ hint: "Known are: gateway, press-line-01, press-line-02." }),
  );
  expect(() => findDevice([], "zebra", new Map())).toThrow(
    expect.objectContaining({ hint: expect.stringContaining("bayplan discover") }),
  );
});
