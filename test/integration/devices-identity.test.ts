/** Which machine is which: addresses that change hands, machines seen twice, and two machines made from one card. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { DiscoverySource, SightingEvent } from "../../src/main/devices/index.ts";
import type { DeviceListUpdate } from "../../src/shared/contract/index.ts";
import type { Sighting } from "../../src/shared/domain/index.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { openWorld, trustLabDevice, type World } from "./devices-world.ts";

let lab: Lab;
let isOurs = false;

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 4, reuse: true });
});

afterAll(async () => {
  if (isOurs) await lab.down();
});

function device(index: number): LabDevice {
  const found = lab.devices[index];
  if (found === undefined) throw new Error(`The lab has no device ${index}.`);
  return found;
}

/** A source that says what the test tells it to; the devices behind it are real. */
class ToldSource implements DiscoverySource {
  readonly name = "told";
  #listener: (event: SightingEvent) => void = () => undefined;

  attach(listener: (event: SightingEvent) => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = () => undefined;
    };
  }

  evidence() {
    return [];
  }

  async firstRound(): Promise<void> {
    return;
  }

  sees(key: string, target: LabDevice, address = target.address): void {
    const sighting: Sighting = {
      key,
      source: "mdns",
      name: target.name,
      hostName: target.name,
      addresses: [address],
      port: target.sshPort,
      interfaceName: key,
      balena: false,
      ssh: true,
      user: null,
      services: [],
      announcedModel: null,
      seenAtMs: Date.now(),
    };
    this.#listener({ kind: "attach", sighting });
  }

  loses(key: string): void {
    this.#listener({ kind: "detach", key });
  }
}

async function withWorld(
  options: { source?: ToldSource; dataFolder?: string; home?: string },
  action: (world: World) => Promise<void>,
): Promise<void> {
  const { source, ...folders } = options;
  const world = await openWorld({
    clientKeyPath: lab.clientKeyPath,
    ...folders,
    ...(source === undefined ? {} : { sources: [source] }),
  });
  try {
    await action(world);
  } finally {
    await world.close();
  }
}

test("a machine with two addresses, seen at both, becomes one device: removed first, then changed", async () => {
  const target = device(0);
  const second = "10.77.0.61";
  const source = new ToldSource();
  await target.sh(`ip addr add ${second}/24 dev eth0`);
  try {
    await withWorld({ source }, async (world) => {
      source.sees("eth0", target);
      const first = await trustLabDevice(world, target);
      const updates: DeviceListUpdate[] = [];
      const stop = new AbortController();
      const reading = (async () => {
        for await (const update of world.fleet.watch(stop.signal)) updates.push(update);
      })();
      source.sees("wlan0", target, second);
      const one = await world.until(second, "the same device", (seen) => seen.id === first.id);
      expect([...one.addresses].sort()).toEqual([target.address, second]);
      expect(world.fleet.list()).toHaveLength(1);
      stop.abort();
      await reading;
      const removed = updates.findIndex((update) => update.kind === "removed");
      const changed = updates.findIndex(
        (update) =>
          update.kind === "changed" && update.device.id === first.id && update.device.addresses.includes(second),
      );
      expect(removed).toBeGreaterThan(0);
      expect(changed).toBeGreaterThan(removed);
      expect(updates.some((update) => update.kind === "changed" && update.device.trouble?.code === "key-unknown")).toBe(
        false,
      );
      expect(world.fleet.find(first.id).findings).toEqual([]);
    });
  } finally {
    await target.sh(`ip addr del ${second}/24 dev eth0`);
  }
});

test("two machines from one card are two devices, and each is told of the other", async () => {
  const [original, clone] = [device(0), device(1)];
  const key = "/etc/ssh/ssh_host_ed25519_key";
  const stolen = await original.sh(`cat ${key}`);
  try {
    await clone.sh(
      `cat >${key} <<'END'\n${stolen}END\nchmod 600 ${key}; ssh-keygen -y -f ${key} >${key}.pub; echo ${original.machineId} >/etc/machine-id`,
    );
    await clone.stopSshd();
    await clone.startSshd();
    const source = new ToldSource();
    await withWorld({ source }, async (world) => {
      source.sees("a", original);
      const first = await trustLabDevice(world, original);
      // Its key is agreed to already: it comes online without a question, as a device of its own.
      source.sees("b", clone);
      const second = await world.until(clone.name, "online", (one) => one.state === "online");
      expect(second.id).not.toBe(first.id);
      expect(world.fleet.list()).toHaveLength(2);
      for (const [one, other] of [
        [original, clone],
        [clone, original],
      ] as const) {
        const told = await world.until(one.name, "told of the clone", (seen) => seen.findings.length > 0);
        expect(told.findings.map((finding) => finding.rule)).toEqual(["device.cloned-image"]);
        expect(told.findings[0]?.message).toContain(
          `${one.name} and ${other.name} are two machines with the same host key and machine-id`,
        );
        expect(told.state).toBe("online");
      }
      const savedIds = async () => {
        const text = await readFile(join(world.dataFolder, "devices.json"), "utf8");
        return new Set([...text.matchAll(/"id": "(d-[0-9a-f]{12})"/g)].map((match) => match[1])).size;
      };
      await expect.poll(savedIds, { timeout: 5_000 }).toBe(2);
      // To forget the one must not take the other's key away.
      await world.fleet.forget(second.id);
      expect(await readFile(join(world.dataFolder, "known_hosts"), "utf8")).not.toBe("");
    });
  } finally {
    await clone.sh(`echo ${clone.machineId} >/etc/machine-id`);
    await clone.rekey();
  }
});

test("two devices that swapped their addresses are still themselves, and nobody is asked", async () => {
  const [left, right] = [device(0), device(1)];
  const source = new ToldSource();
  const before = await openWorld({ clientKeyPath: lab.clientKeyPath, sources: [source] });
  source.sees("a", left);
  source.sees("b", right);
  await trustLabDevice(before, left);
  await trustLabDevice(before, right);
  await before.fleet.close();
  const file = join(before.dataFolder, "devices.json");
  const text = await readFile(file, "utf8");
  await writeFile(
    file,
    text.replaceAll(left.address, "LEFT").replaceAll(right.address, left.address).replaceAll("LEFT", right.address),
  );
  try {
    const told = new ToldSource();
    await withWorld({ source: told, dataFolder: before.dataFolder, home: before.home }, async (world) => {
      told.sees("a", left);
      told.sees("b", right);
      for (const one of [left, right]) {
        const online = await world.until(one.address, "online under its own name", (seen) => {
          expect(seen.state).not.toBe("key-changed");
          return seen.state === "online" && seen.facts?.hostName === one.name && seen.target.host === one.address;
        });
        expect(online.facts?.machineId).toBe(one.machineId);
        expect(online.findings).toEqual([]);
      }
      expect(
        world.fleet
          .list()
          .map((one) => one.name)
          .sort(),
      ).toEqual([left.name, right.name].sort());
    });
  } finally {
    await before.close();
  }
});

test("a device whose announcement ended and that does not answer is gone; it comes back by itself", async () => {
  const target = device(1);
  const source = new ToldSource();
  await withWorld({ source }, async (world) => {
    source.sees("a", target);
    await trustLabDevice(world, target);
    try {
      await target.setLink("down");
      source.loses("a");
      const gone = await world.until(target.name, "gone", (one) => one.state === "gone");
      expect(gone.trouble?.message).toContain("has left the network");
      expect(gone.facts?.hostName).toBe(target.name);
    } finally {
      await target.setLink("up");
    }
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    source.sees("a", target);
    await world.until(target.name, "online", (one) => one.state === "online");
  });
});

test("an announcement that ends while the connection lives changes nothing", async () => {
  const target = device(1);
  const source = new ToldSource();
  await withWorld({ source }, async (world) => {
    source.sees("a", target);
    const online = await trustLabDevice(world, target);
    source.loses("a");
    expect(world.fleet.find(online.id)).toMatchObject({ state: "online", sources: ["saved"] });
  });
});

test("adding the address of a device that is there already makes no second one; its name is what the person says", async () => {
  const target = device(1);
  const source = new ToldSource();
  await withWorld({ source }, async (world) => {
    source.sees("a", target);
    const online = await trustLabDevice(world, target);
    const added = await world.fleet.add({ user: "root", host: target.address, port: target.sshPort }, "bench");
    expect(added).toMatchObject({ id: online.id, name: "bench", sources: ["mdns", "saved", "added"], state: "online" });
    expect(world.fleet.find("bench").id).toBe(online.id);
    expect(world.fleet.list()).toHaveLength(1);
  });
});

test("a user whom the device does not let in: auth-failed, with what to do; the right one is online", async () => {
  const target = device(1);
  const source = new ToldSource();
  await withWorld({ source }, async (world) => {
    source.sees("a", target);
    const online = await trustLabDevice(world, target);
    await world.fleet.setUser(online.id, "nobody");
    const refused = await world.until(target.name, "auth-failed", (one) => one.state === "auth-failed");
    expect(refused).toMatchObject({ trouble: { code: "auth-failed" }, target: { user: "nobody" } });
    expect(refused.trouble?.hint).toContain("logs in as nobody");
    await expect(world.fleet.setUser(online.id, "-oProxyCommand=x y")).rejects.toMatchObject({ code: "bad-input" });
    await world.fleet.setUser(online.id, "root");
    await world.until(target.name, "online", (one) => one.state === "online");
  });
});

test("what another Bayplan agreed to counts here too", async () => {
  const target = device(1);
  const source = new ToldSource();
  await withWorld({ source }, async (first) => {
    source.sees("a", target);
    await first.until(target.name, "asking for trust", (one) => one.hostKey.trust === "new");
    const second = new ToldSource();
    await withWorld({ source: second, dataFolder: first.dataFolder, home: first.home }, async (other) => {
      second.sees("a", target);
      await trustLabDevice(other, target);
    });
    await first.until(target.name, "online", (one) => one.state === "online");
  });
});
