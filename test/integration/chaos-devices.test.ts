/**
 * Every fault of a link or a device while its containers are watched and it is sampled: the right state in time, back
 * without a restart, the same two readers going on, and nothing left on either side. The long form repeats the kills.
 */
import { readdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Container, Device, DeviceId, DeviceState, Outcome } from "../../src/shared/domain/index.ts";
import { fillDisk, freeDisk, freeze, killSessions, setLoss, thaw, useSmallDisk } from "../lab/device-faults.ts";
import { type FaultProxy, startFaultProxy } from "../lab/fault-proxy.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { sleep } from "../lab/run.ts";
import { openWorld, type World } from "./devices-world.ts";

const long = process.env.BAYPLAN_TEST_LONG === "1";
const KILLS = long ? 100 : 3;
const LINK_DOWN_MS = long ? 60_000 : 10_000;

let lab: Lab;
let isOurs = false;
let target: LabDevice;
let proxy: FaultProxy;
let world: World;
let watched: Watched;

/** Both activities on one device, from the start of a test to its end. */
interface Watched {
  id: DeviceId;
  samples: number[];
  outcomes: Outcome<Container[]>[];
  stop(): Promise<void>;
}

function watchAll(id: DeviceId): Watched {
  const stop = new AbortController();
  const samples: number[] = [];
  const outcomes: Outcome<Container[]>[] = [];
  const reading = Promise.all([
    (async () => {
      for await (const batch of world.fleet.samples([id], 1_000, stop.signal))
        for (const sample of batch.samples) samples.push(sample.atMs);
    })(),
    (async () => {
      for await (const outcome of world.fleet.containers(id, stop.signal)) outcomes.push(outcome);
    })(),
  ]);
  return {
    id,
    samples,
    outcomes,
    async stop() {
      stop.abort();
      await reading;
    },
  };
}

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

/** Processes of the device that serve us: SSH sessions and samplers. */
async function servingUs(): Promise<number> {
  return Number((await target.sh("ps -eo args | grep -Ec '^sshd: |[r]ead -r (_|number)' || true")).trim());
}

async function until(what: string, wanted: (device: Device) => boolean, timeoutMs: number): Promise<Device> {
  return world.until(proxy === undefined ? target.name : "127.0.0.1", what, wanted, timeoutMs);
}

/** Lost within the time, and in one of these states. */
async function lostWithin(timeoutMs: number, ...states: DeviceState[]): Promise<void> {
  await until(states.join(" or "), (one) => states.includes(one.state), timeoutMs);
}

/** Online again by itself, with both readers going on. */
async function backWithin(timeoutMs: number): Promise<void> {
  await until("online again", (one) => one.state === "online", timeoutMs);
  const { length } = watched.samples;
  await expect.poll(() => watched.samples.length, { timeout: 10_000, interval: 50 }).toBeGreaterThan(length);
  await expect.poll(() => watched.outcomes.at(-1)?.ok, { timeout: 10_000, interval: 50 }).toBe(true);
}

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 1, reuse: true });
  const [first] = lab.devices;
  if (first === undefined) throw new Error("The lab has no device.");
  target = first;
});

afterAll(async () => {
  if (isOurs) await lab.down();
});

let descriptorsBefore = 0;

beforeEach(async () => {
  descriptorsBefore = openDescriptors();
  proxy = await startFaultProxy({ host: target.address, port: target.sshPort });
  world = await openWorld({ clientKeyPath: lab.clientKeyPath, sources: [] });
  const added = await world.fleet.add({ user: target.user, host: "127.0.0.1", port: proxy.port }, null);
  await until("asking for trust", (one) => one.hostKey.trust === "new", 20_000);
  await world.fleet.trust(added.id, target.hostKeyFingerprint);
  const online = await until("online", (one) => one.state === "online", 20_000);
  watched = watchAll(online.id);
  await expect.poll(() => watched.samples.length, { timeout: 10_000 }).toBeGreaterThan(0);
  await expect.poll(() => watched.outcomes.at(-1)?.ok, { timeout: 10_000 }).toBe(true);
});

afterEach(async () => {
  await watched.stop();
  await world.close();
  await proxy.close();
  // Nothing is left: here no socket or file, there no session and no sampler.
  await expect.poll(openDescriptors, { timeout: 5_000 }).toBeLessThanOrEqual(descriptorsBefore + 2);
  await expect.poll(servingUs, { timeout: 10_000 }).toBeLessThanOrEqual(1);
});

test(
  `sessions killed, ${KILLS} times over: back each time, with as many descriptors as before`,
  async () => {
    const before = openDescriptors();
    for (let kill = 0; kill < KILLS; kill += 1) {
      const { length } = watched.samples;
      expect(await killSessions(target)).toBeGreaterThan(0);
      await expect.poll(() => watched.samples.length, { timeout: 20_000, interval: 50 }).toBeGreaterThan(length + 1);
      await backWithin(20_000);
    }
    await expect.poll(openDescriptors, { timeout: 10_000 }).toBeLessThanOrEqual(before + 2);
    expect(await servingUs()).toBeLessThanOrEqual(4);
  },
  60_000 + KILLS * 15_000,
);

test("TCP reset: noticed at once, back at once", async () => {
  proxy.reset();
  await lostWithin(2_000, "unreachable", "connecting", "ssh-refused");
  await backWithin(15_000);
});

test("half-open link: noticed within 5 s although nothing says so", async () => {
  const startedAt = performance.now();
  proxy.set({ stalled: ["up", "down"] });
  await lostWithin(8_000, "unreachable");
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  proxy.set({});
  proxy.reset();
  await backWithin(25_000);
});

test("64 kB/s: stays online, and samples keep coming", async () => {
  proxy.set({ bytesPerSecond: 64_000 });
  const { length } = watched.samples;
  await sleep(8_000);
  expect(world.fleet.list().map((one) => one.state)).toEqual(["online"]);
  expect(watched.samples.length - length).toBeGreaterThanOrEqual(5);
});

test("20% of the packets lost: whatever is shown, it is back when the loss ends", async () => {
  try {
    await setLoss(target, 0.2);
    await sleep(8_000);
    expect(["online", "unreachable", "connecting"]).toContain(world.fleet.list()[0]?.state);
  } finally {
    await setLoss(target, 0);
  }
  await backWithin(30_000);
});

test(
  `cable pulled for ${LINK_DOWN_MS / 1_000} s: unreachable, back by itself`,
  async () => {
    try {
      await target.setLink("down");
      await lostWithin(8_000, "unreachable");
      await sleep(LINK_DOWN_MS);
    } finally {
      await target.setLink("up");
    }
    await backWithin(40_000);
  },
  LINK_DOWN_MS + 90_000,
);

test("device frozen: unreachable, and back when it goes on", async () => {
  try {
    await freeze(target);
    await lostWithin(8_000, "unreachable");
  } finally {
    await thaw(target);
  }
  await backWithin(40_000);
});

test("engine killed and started again: the device says so, its readers go on", async () => {
  try {
    await target.killDockerd();
    await lostWithin(10_000, "engine-down");
    await expect.poll(() => watched.outcomes.at(-1)?.ok, { timeout: 10_000 }).toBe(false);
  } finally {
    await target.startDockerd();
  }
  await backWithin(30_000);
});

test("disk full on the device: it stays online and answers", async () => {
  await useSmallDisk(target, 2);
  await backWithin(30_000);
  try {
    await fillDisk(target);
    const { length } = watched.samples;
    await sleep(4_000);
    expect(world.fleet.list().map((one) => one.state)).toEqual(["online"]);
    expect(watched.samples.length).toBeGreaterThan(length);
    const engine = await world.fleet.engineOf(watched.id);
    expect(await engine.listContainers()).toEqual([]);
  } finally {
    await freeDisk(target);
  }
});

test("SSH server killed: refused, back by itself", async () => {
  try {
    await target.stopSshd();
    await lostWithin(10_000, "ssh-refused", "unreachable");
  } finally {
    await target.startSshd();
  }
  await backWithin(30_000);
});

test("host key changed: it is not logged in to, and re-pinning brings it back", async () => {
  const pinned = target.hostKeyFingerprint;
  await target.rekey();
  const changed = await until("key-changed", (one) => one.state === "key-changed", 20_000);
  await world.fleet.repin(changed.id, pinned, target.hostKeyFingerprint);
  await backWithin(20_000);
});
