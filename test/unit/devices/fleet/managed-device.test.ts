import { describe, expect, test } from "vitest";
import { ManagedDevice } from "../../../../src/main/devices/fleet/managed-device.ts";
import { deviceIdSchema, type Sighting } from "../../../../src/shared/domain/index.ts";

const id = deviceIdSchema.parse("seen-1");

function sighting(change: Partial<Sighting>): Sighting {
  return {
    key: `mdns:${change.name ?? "press"}`,
    source: "mdns",
    ssh: true,
    user: null,
    name: "press",
    hostName: null,
    addresses: ["10.0.0.5"],
    port: 22,
    interfaceName: null,
    balena: false,
    services: [],
    announcedModel: null,
    seenAtMs: 1,
    ...change,
  };
}

/** A line of ~/.ssh/config. */
function written(name: string, address: string, change: Partial<Sighting> = {}): Sighting {
  return sighting({
    key: `ssh-config:${name}`,
    source: "ssh-config",
    user: "root",
    name,
    addresses: [address],
    ...change,
  });
}

function seenBy(...sightings: Sighting[]): ManagedDevice {
  const device = new ManagedDevice(id, null);
  for (const one of sightings) device.see(one);
  return device;
}

const hosts = (device: ManagedDevice) => device.targets().map(({ host }) => host);

describe("where it is tried", () => {
  test("a host of ssh_config by its alias and not by its address, which is known all the same", () => {
    const device = seenBy(written("bench", "10.0.0.5", { port: 2222 }));
    expect(device.targets()).toEqual([{ user: "root", host: "bench", port: 2222 }]);
    expect(device.isNamedByPerson("bench")).toBe(true);
    expect(device.isNamedByPerson("10.0.0.5")).toBe(false);
    expect(device.hasAddress("10.0.0.5", 2222)).toBe(true);
    expect(device.hasAddress("10.0.0.5", 22)).toBe(false);
    expect(device.hasAddress("bench", 2222)).toBe(true);
  });

  test("the alias before the announcement, unless it leads over jump hosts", () => {
    expect(hosts(seenBy(sighting({}), written("bench", "10.0.0.5")))).toEqual(["bench", "10.0.0.5"]);
    expect(hosts(seenBy(written("bench", "10.9.0.5", { behind: "gate" }), sighting({})))).toEqual([
      "10.0.0.5",
      "bench",
    ]);
  });

  test("an alias that was given away or taken out of the file is not tried any more, until it stands there anew", () => {
    const device = seenBy(sighting({}), written("bench", "10.0.0.5"));
    device.lose("ssh-config:bench");
    expect(hosts(device)).toEqual(["10.0.0.5"]);
    device.refuted.add("bench 22");
    device.see(written("bench", "10.0.0.5"));
    expect(hosts(device)).toEqual(["bench", "10.0.0.5"]);
  });
});

describe("what is seen where it is", () => {
  test("one address in one network is one machine, from either side", () => {
    expect(seenBy(sighting({})).isWhereSeen(written("bench", "10.0.0.5"))).toBe(true);
    expect(seenBy(written("bench", "10.0.0.5")).isWhereSeen(sighting({}))).toBe(true);
    expect(seenBy(written("bench", "10.0.0.5")).isWhereSeen(written("press", "10.0.0.5"))).toBe(true);
    expect(seenBy(written("bench", "10.0.0.5")).isWhereSeen(written("press", "10.0.0.5", { port: 2222 }))).toBe(false);
  });

  test("one address in two networks is two machines", () => {
    const inner = written("inner", "10.0.0.5", { behind: "gate" });
    expect(seenBy(sighting({})).isWhereSeen(inner)).toBe(false);
    expect(seenBy(inner).isWhereSeen(sighting({}))).toBe(false);
    expect(seenBy(inner).hasAddress("10.0.0.5", 22)).toBe(false);
    expect(seenBy(inner).isWhereSeen(written("other", "10.0.0.5", { behind: "second" }))).toBe(false);
    expect(seenBy(inner).isWhereSeen(written("again", "10.0.0.5", { behind: "gate" }))).toBe(true);
  });

  test("a machine that was added by its alias is the one that is listed under it", () => {
    const device = new ManagedDevice(id, null);
    device.addTarget({ user: "root", host: "inner", port: 22 });
    expect(device.isWhereSeen(written("inner", "10.0.0.5", { behind: "gate" }))).toBe(true);
    expect(device.isWhereSeen(written("other", "10.0.0.6", { behind: "gate" }))).toBe(false);
  });
});
