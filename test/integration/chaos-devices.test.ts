/**
 * Every fault of a link or a device while its containers are watched and it is sampled: the right state in time, back
 * without a restart, the same two readers going on, and nothing left on either side. The tests share a few devices and run
 * side by side, since most of them wait. The long form repeats the faults, some at random: BAYPLAN_CHAOS_KILLS says how
 * many, BAYPLAN_CHAOS_SEED repeats a run.
 */
import { readdirSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  droppedPackets,
  fillDisk,
  freeDisk,
  freeze,
  killSessions,
  setLoss,
  thaw,
  useSmallDisk,
} from "../lab/device-faults.ts";
import { killsOf } from "../lab/kills.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { run, sleep } from "../lab/run.ts";
import { chaosSeed, SeededRandom } from "../lab/seeded-random.ts";
import { footprintOf, Scene, settles } from "./chaos-scene.ts";
import { failureOf } from "./engines-fixture.ts";

const long = process.env.BAYPLAN_TEST_LONG === "1";
const KILLS = long ? 100 : 3;
const RANDOM_KILLS = Number(process.env.BAYPLAN_CHAOS_KILLS ?? (long ? 60 : 6));
const LINK_DOWN_MS = long ? 60_000 : 10_000;
const DEVICES = 4;

let lab: Lab;
let isOurs = false;
let descriptorsBefore = 0;
/** Devices that no test uses now, and tests that wait for one. */
const free: LabDevice[] = [];
const waiting: ((device: LabDevice) => void)[] = [];

const openDescriptors = (): number => readdirSync("/proc/self/fd").length;

function takeDevice(): Promise<LabDevice> {
  const device = free.shift();
  return device === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(device);
}

function giveDevice(device: LabDevice): void {
  const next = waiting.shift();
  if (next === undefined) free.push(device);
  else next(device);
}

/** A test with a scene of its own, on whichever device is free; it waits for its turn without its time running out. */
function chaos(name: string, body: (scene: Scene) => Promise<void>, timeoutMs = 90_000): void {
  test.concurrent(
    name,
    async () => {
      const device = await takeDevice();
      try {
        const scene = await Scene.open(device, lab.clientKeyPath);
        try {
          await body(scene);
        } finally {
          await scene.close();
        }
      } finally {
        giveDevice(device);
      }
    },
    timeoutMs + 300_000,
  );
}

beforeAll(async () => {
  isOurs = findLab() === undefined;
  const kinds = Array.from({ length: DEVICES }, () => "plain" as const);
  lab = await bringUpLab({ devices: DEVICES, kinds, reuse: true });
  free.push(...lab.devices.filter((one) => one.kind === "plain" && one.jump === null));
  if (free.length === 0) throw new Error("The lab has no plain device.");
  descriptorsBefore = openDescriptors();
});

afterAll(async () => {
  if (isOurs) await lab.down();
});

describe("a device", () => {
  // The longest first, so that the end is not one that runs alone.
  chaos(
    `comes back after its cable was pulled for ${LINK_DOWN_MS / 1_000} s`,
    async (scene) => {
      const before = await footprintOf(scene.target);
      try {
        await scene.target.setLink("down");
        expect(await scene.lost(8_000, "unreachable")).toBeLessThan(4_500);
        await sleep(LINK_DOWN_MS);
        expect(scene.state).toBe("unreachable");
      } finally {
        await scene.target.setLink("up");
      }
      await scene.isBack(40_000);
      await scene.holdsNoMoreThan(before);
    },
    LINK_DOWN_MS + 90_000,
  );

  chaos(
    `comes back after ${RANDOM_KILLS} faults at random, one into the other`,
    async (scene) => {
      const random = new SeededRandom(chaosSeed());
      const protocol: string[] = [];
      const before = await footprintOf(scene.target);
      const kinds = killsOf(scene.target, scene.proxy);
      try {
        for (let kill = 0; kill < RANDOM_KILLS; kill += 1) {
          protocol.push(await random.pick(kinds).hit(random));
          if (random.next() < 0.3) await scene.isBack(60_000);
          else await sleep(random.between(0, 1_000));
        }
        await scene.isBack(60_000);
        await scene.holdsNoMoreThan(before);
        for (const { state, message } of scene.passed) if (state !== "online") expect(message).toMatch(/^$|\.$/);
      } finally {
        console.log(`seed ${random.seed}: ${protocol.join(", ")}`);
      }
    },
    120_000 + RANDOM_KILLS * 30_000,
  );

  chaos("without a disk that takes more stays online and answers", async (scene) => {
    await useSmallDisk(scene.target, 2);
    await scene.isBack(30_000);
    try {
      await fillDisk(scene.target);
      const { length } = scene.samples;
      const filledAtMs = performance.now();
      await sleep(4_000);
      expect(scene.since(filledAtMs).map((one) => one.state)).toEqual(["online"]);
      expect(scene.samples.length).toBeGreaterThan(length + 1);
      const engine = await scene.world.fleet.engineOf(scene.device.id);
      expect(await engine.listContainers()).toEqual([]);
    } finally {
      await freeDisk(scene.target);
    }
  });

  chaos("whose engine was killed says so, stays connected, and goes on with the next one", async (scene) => {
    const before = await footprintOf(scene.target);
    const killedAtMs = performance.now();
    try {
      await scene.target.killDockerd();
      await scene.lost(10_000, "engine-down");
      await settles(
        "containers",
        () => scene.outcomes.at(-1)?.ok,
        (now) => now === false,
        10_000,
      );
    } finally {
      await scene.target.startDockerd();
    }
    await scene.isBack(30_000);
    // The connection was never in question.
    expect(new Set(scene.since(killedAtMs).map((one) => one.state))).toEqual(new Set(["online", "engine-down"]));
    await scene.holdsNoMoreThan(before);
  });

  chaos(
    `comes back each time when its sessions are killed ${KILLS} times over`,
    async (scene) => {
      const before = await footprintOf(scene.target);
      for (let kill = 0; kill < KILLS; kill += 1) {
        const { length } = scene.samples;
        expect(await killSessions(scene.target)).toBeGreaterThan(0);
        await settles(
          "samples",
          () => scene.samples.length,
          (now) => now > length + 1,
          20_000,
        );
        await scene.isBack(20_000);
      }
      await scene.holdsNoMoreThan(before);
    },
    60_000 + KILLS * 15_000,
  );

  chaos("that loses 20% of its packets is shown as it is, and is back when the loss ends", async (scene) => {
    const before = await footprintOf(scene.target);
    const startedAtMs = performance.now();
    try {
      await setLoss(scene.target, 0.2);
      await sleep(8_000);
      // In both directions, or this shows nothing.
      const dropped = await droppedPackets(scene.target);
      expect(dropped).toHaveLength(2);
      for (const count of dropped) expect(count).toBeGreaterThan(0);
    } finally {
      await setLoss(scene.target, 0);
    }
    const endedAtMs = performance.now();
    await scene.isBack(30_000);
    const states = scene.since(startedAtMs).map((one) => one.state);
    expect(states.filter((state) => !["online", "unreachable", "connecting"].includes(state))).toEqual([]);
    // Whoever is silent for longer than it takes to notice is not shown as online all the while.
    const arrived = [startedAtMs, ...scene.samples.filter((at) => at > startedAtMs && at < endedAtMs), endedAtMs];
    for (const [index, at] of arrived.entries()) {
      const next = arrived[index + 1] ?? at;
      if (next - at < 6_000) continue;
      expect(scene.passed.filter((one) => one.state !== "online" && one.atMs > at && one.atMs < next)).not.toEqual([]);
    }
    await scene.holdsNoMoreThan(before);
  });

  chaos("behind 64 kB/s stays online all the time, and its samples keep coming", async (scene) => {
    scene.proxy.set({ bytesPerSecond: 64_000 });
    const { length } = scene.samples;
    const startedAtMs = performance.now();
    await sleep(8_000);
    expect(scene.since(startedAtMs).map((one) => one.state)).toEqual(["online"]);
    expect(scene.samples.length - length).toBeGreaterThanOrEqual(5);
  });

  chaos("that is frozen is unreachable, and back when it goes on", async (scene) => {
    const before = await footprintOf(scene.target);
    try {
      await freeze(scene.target);
      expect(await scene.lost(8_000, "unreachable")).toBeLessThan(4_500);
    } finally {
      await thaw(scene.target);
    }
    await scene.isBack(40_000);
    await scene.holdsNoMoreThan(before);
  });

  for (const [name, stalled] of [
    ["in both directions", ["up", "down"]],
    ["on the way to us", ["down"]],
    ["on the way there", ["up"]],
  ] as const) {
    chaos(`that falls silent ${name} is noticed within 4 s although nothing says so`, async (scene) => {
      const before = await footprintOf(scene.target);
      const stalledAtMs = performance.now();
      scene.proxy.set({ stalled });
      expect(await scene.lost(8_000, "unreachable")).toBeLessThan(4_000);
      expect(scene.passed.at(-1)?.message).toContain("silent");
      scene.proxy.set({});
      await scene.isBack(25_000);
      // What was shown: online, lost, then the tries; never anything about its key, its login or its engine.
      const states = scene.since(stalledAtMs).map((one) => one.state);
      expect(states.filter((state) => !["online", "unreachable", "connecting"].includes(state))).toEqual([]);
      await scene.holdsNoMoreThan(before);
    });
  }

  chaos(
    `behind a link that is reset ${KILLS} times is noticed at once, and back at once`,
    async (scene) => {
      const before = await footprintOf(scene.target);
      for (let reset = 0; reset < KILLS; reset += 1) {
        const resetAtMs = performance.now();
        scene.proxy.reset();
        await settles(
          "noticed",
          () => scene.since(resetAtMs).length,
          (now) => now > 1,
          2_000,
        );
        await scene.isBack(15_000);
        const shown = scene.since(resetAtMs);
        // The server is well: it is never said to refuse, and what happened is said in words.
        expect(shown[1]).toMatchObject({
          state: "unreachable",
          message: expect.stringMatching(/^The connection .*\.$/),
        });
        expect(shown.filter(({ state }) => !["online", "unreachable", "connecting"].includes(state))).toEqual([]);
      }
      await scene.holdsNoMoreThan(before);
    },
    60_000 + KILLS * 20_000,
  );

  chaos("whose SSH server was killed is said to refuse, and is back with the next one", async (scene) => {
    const before = await footprintOf(scene.target);
    try {
      await scene.target.stopSshd();
      await scene.lost(10_000, "ssh-refused", "unreachable");
    } finally {
      await scene.target.startSshd();
    }
    await scene.isBack(30_000);
    await scene.holdsNoMoreThan(before);
  });

  chaos("with another host key is not logged in to, and re-pinning brings it back", async (scene) => {
    const pinned = scene.target.hostKeyFingerprint;
    await scene.target.rekey();
    const changed = await scene.until("key-changed", (one) => one.state === "key-changed", 20_000);
    const offered = scene.target.hostKeyFingerprint;
    // Both keys and what may be behind it are said; and nobody logs in, however long it takes.
    expect(changed.trouble?.message).toContain(pinned);
    expect(changed.trouble?.message).toContain(offered);
    expect(changed.trouble?.hint).toMatch(/re-flashed or re-installed/);
    const changedAtMs = performance.now();
    await sleep(2_000);
    expect(scene.since(changedAtMs).map((one) => one.state)).toEqual(["key-changed"]);
    expect(await footprintOf(scene.target)).toMatchObject({ sessions: 0, samplers: 0, connections: 0 });
    await scene.world.fleet.repin(changed.id, pinned, offered);
    await scene.isBack(20_000);
  });
});

test("a full data folder is said at the device, loses nothing that was there, and is made up for by itself", async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), "bayplan-full-"));
  await run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", dataFolder]);
  const device = await takeDevice();
  const fill = (): Promise<unknown> =>
    writeFile(join(dataFolder, "filler"), Buffer.alloc(1 << 20)).catch(() => undefined);
  const saved = (): Promise<string> => readFile(join(dataFolder, "devices.json"), "utf8");
  try {
    const scene = await Scene.open(device, lab.clientKeyPath, dataFolder);
    try {
      await expect.poll(saved, { timeout: 5_000 }).toContain(device.hostKeyFingerprint);
      const before = await saved();
      await fill();
      const id = scene.device.id;
      // What a person asks for is refused with the reason.
      const error = await failureOf(scene.world.fleet.add({ user: "root", host: "127.0.0.9", port: 22 }, "other"));
      expect([error.code, error.message]).toEqual(["bad-input", expect.stringContaining("the disk is full")]);
      // What Bayplan does by itself goes on, and the device says what is not written down.
      await killSessions(device);
      await scene.until("said", (one) => one.findings.some(({ rule }) => rule === "device.not-remembered"), 20_000);
      await scene.isBack(20_000);
      expect(await saved()).toBe(before);
      await rm(join(dataFolder, "filler"));
      const well = (): boolean =>
        scene.world.fleet.list().every((one) => one.findings.every(({ rule }) => rule !== "device.not-remembered"));
      await expect.poll(well, { timeout: 20_000 }).toBe(true);
      await expect.poll(saved, { timeout: 5_000 }).not.toBe(before);
      expect(scene.world.fleet.list().map((one) => one.id)).toContain(id);
      expect(await readdir(dataFolder)).not.toContain("devices.json.lock");
    } finally {
      await scene.close();
    }
  } finally {
    giveDevice(device);
    await run(["umount", dataFolder]);
    await rm(dataFolder, { recursive: true });
  }
}, 120_000);

test("nothing of all that is left open here", async () => {
  await expect.poll(openDescriptors, { timeout: 5_000 }).toBeLessThanOrEqual(descriptorsBefore + 2);
});
