/**
 * No line of a followed log is lost or doubled, whatever breaks: a container prints numbered lines while everything
 * between it and Bayplan is killed; at the end Bayplan has what the engine has, line by line. The long form kills 100
 * times at random; BAYPLAN_CHAOS_KILLS says how often, BAYPLAN_CHAOS_SEED repeats a run.
 */
import { readdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Device, LogMark } from "../../src/shared/domain/index.ts";
import { setLoss, thaw } from "../lab/device-faults.ts";
import { type FaultProxy, startFaultProxy } from "../lab/fault-proxy.ts";
import { type Kill, killsOf } from "../lab/kills.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { sleep } from "../lab/run.ts";
import { chaosSeed, SeededRandom } from "../lab/seeded-random.ts";
import { openWorld, type World } from "./devices-world.ts";
import { NumberedLog, type Outputs } from "./numbered-log.ts";

const long = process.env.BAYPLAN_TEST_LONG === "1";
/** Null: each kind of kill once. */
const kills = process.env.BAYPLAN_CHAOS_KILLS ?? (long ? "100" : null);
const drivers = ["json-file", "local"];

let lab: Lab;
let isOurs = false;
let target: LabDevice;
let proxy: FaultProxy;
let world: World;
let numbers: NumberedLog;
let descriptorsBefore = 0;

/** What one reader has got so far. */
interface Got {
  lines: Map<string, Outputs>;
  count: number;
  marks: LogMark[];
  skipped: number;
  failure: unknown;
  stop(): Promise<void>;
}

function follow(device: Device, id: string): Got {
  const abort = new AbortController();
  const got: Got = {
    lines: new Map(),
    count: 0,
    marks: [],
    skipped: 0,
    failure: null,
    async stop() {
      abort.abort();
      await reading;
    },
  };
  const reading = (async () => {
    try {
      const request = { containerIds: [id], tail: 10_000, lagLines: null };
      for await (const batch of world.fleet.logs(device.id, request, abort.signal)) {
        got.skipped += batch.skipped;
        got.count += batch.lines.length;
        got.marks.push(...(batch.marks ?? []));
        for (const { containerId, stream, text } of batch.lines) {
          const lines = got.lines.get(containerId) ?? { stdout: [], stderr: [] };
          lines[stream].push(text);
          got.lines.set(containerId, lines);
        }
      }
    } catch (error) {
      got.failure = error;
    }
  })();
  return got;
}

/** It goes on by itself: some new lines have come. */
async function goesOn(got: Got): Promise<void> {
  const { count } = got;
  await expect
    .poll(() => got.failure ?? got.count, { timeout: 60_000, interval: 20 })
    .toSatisfy((now) => typeof now === "number" && now > count + 20);
}

/** The first place at which the two differ, in words; null when they are the same. */
function difference(got: readonly string[], printed: readonly string[]): string | null {
  const at = printed.findIndex((line, index) => line !== got[index]);
  if (at < 0 && got.length === printed.length) return null;
  const place = at < 0 ? printed.length : at;
  const near = (lines: readonly string[]): string =>
    lines
      .slice(Math.max(0, place - 3), place + 5)
      .map((line) => line.slice(0, 12))
      .join(" ");
  const all = new Set(got);
  const lost = printed.filter((line) => !all.has(line)).length;
  return (
    `${got.length} lines were got of ${printed.length}, ${lost} lost, ${got.length - all.size} doubled; at ${place} ` +
    `got "${near(got)}" of "${near(printed)}"`
  );
}

/** The lines of each container's outputs are those that its engine has. */
function expectWhole(got: Got): void {
  const wrong: string[] = [];
  for (const [index, id] of numbers.ids.entries()) {
    const replaced = got.marks.find((mark) => mark.kind === "replaced" && mark.replaces === id);
    for (const output of ["stdout", "stderr"] as const) {
      const lines = got.lines.get(id)?.[output] ?? [];
      const printed = numbers.printed.get(id)?.[output] ?? [];
      // Removed before its end could be read, which is said: then that end alone is missing.
      const expected = replaced?.missing === null ? printed.slice(0, lines.length) : printed;
      const found = difference(lines, expected);
      if (found !== null) wrong.push(`${output} of container ${index + 1} of ${numbers.ids.length}: ${found}`);
      expect(new Set(printed).size).toBe(printed.length);
    }
  }
  expect(wrong).toEqual([]);
  expect([...got.lines.keys()].filter((id) => !numbers.ids.includes(id))).toEqual([]);
  expect(got.failure).toBeNull();
  expect(got.skipped).toBe(0);
  expect(got.marks.filter((mark) => ["gap", "unreadable"].includes(mark.kind))).toEqual([]);
}

const openDescriptors = (): number => readdirSync("/proc/self/fd").length;

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

beforeEach(async () => {
  descriptorsBefore = openDescriptors();
  proxy = await startFaultProxy({ host: target.address, port: target.sshPort });
  world = await openWorld({ clientKeyPath: lab.clientKeyPath, sources: [] });
  numbers = new NumberedLog(target);
});

afterEach(async () => {
  await thaw(target);
  await setLoss(target, 0);
  await target.setLink("up");
  await target.startSshd();
  await target.startDockerd();
  await world.close();
  await proxy.close();
  await numbers.remove();
  await expect.poll(openDescriptors, { timeout: 5_000 }).toBeLessThanOrEqual(descriptorsBefore + 2);
});

async function online(): Promise<Device> {
  const added = await world.fleet.add({ user: target.user, host: "127.0.0.1", port: proxy.port }, null);
  await world.until("127.0.0.1", "asking for trust", (one) => one.hostKey.trust === "new", 20_000);
  await world.fleet.trust(added.id, target.hostKeyFingerprint);
  return world.until("127.0.0.1", "online", (one) => one.state === "online", 20_000);
}

/** What happens to the container itself; a new one is waited for, so that none comes and goes unseen. */
function containerKills(got: Got): Kill[] {
  return [
    {
      name: "container restarted",
      async hit() {
        await numbers.restart();
        return "container restarted";
      },
    },
    {
      name: "container replaced",
      async hit(random) {
        const driver = random.pick(drivers);
        await expect.poll(() => got.lines.has(numbers.id), { timeout: 60_000, interval: 20 }).toBe(true);
        await numbers.replace(driver);
        return `container replaced, now with ${driver}`;
      },
    },
  ];
}

test(
  `${kills ?? "one of each"} kills: every line once and in order`,
  async () => {
    const random = new SeededRandom(chaosSeed());
    const protocol: string[] = [];
    const device = await online();
    await numbers.start(0, random.pick(drivers));
    const got = follow(device, numbers.id);
    try {
      await goesOn(got);
      const kinds = [...killsOf(target, proxy), ...containerKills(got)];
      const plan =
        kills === null ? random.shuffled(kinds) : Array.from({ length: Number(kills) }, () => random.pick(kinds));
      for (const kill of plan) {
        protocol.push(await kill.hit(random));
        // Often the next one comes before all is well again.
        if (kills === null || random.next() < 0.5) await goesOn(got);
        else await sleep(random.between(0, 1_500));
      }
      await numbers.end();
      await expect.poll(() => got.lines.get(numbers.id)?.stdout.at(-1), { timeout: 90_000 }).toBe("end");
      await numbers.note();
      expectWhole(got);
    } finally {
      await got.stop();
      const unread = got.marks.filter((mark) => mark.kind === "replaced" && mark.missing === null).length;
      console.log(
        `seed ${random.seed}, ${got.count} lines of ${numbers.ids.length} containers (${unread} removed before their ` +
          `end was read), ${got.marks.length} marks\n${protocol.join("\n")}`,
      );
    }
  },
  120_000 + Number(kills ?? 15) * 30_000,
);
