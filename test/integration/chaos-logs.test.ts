/**
 * No line of a followed log is lost or doubled, whatever breaks: a container prints numbered lines while everything
 * between it and Bayplan is killed; at the end Bayplan has what the engine has, line by line. The long form kills 100
 * times at random; BAYPLAN_CHAOS_KILLS says how often, BAYPLAN_CHAOS_SEED repeats a run.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { type Device, type LogBatch, type LogMark, logBatchSchema } from "../../src/shared/domain/index.ts";
import { fillDisk, freeDisk, killSessions, setLoss, thaw, useSmallDisk } from "../lab/device-faults.ts";
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
const SLEEP_MS = long ? 60_000 : 2_000;
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

function nothingYet(stop: () => Promise<void>): Got {
  return { lines: new Map(), count: 0, marks: [], skipped: 0, failure: null, stop };
}

function take(got: Got, batch: LogBatch): void {
  got.skipped += batch.skipped;
  got.count += batch.lines.length;
  got.marks.push(...(batch.marks ?? []));
  for (const { containerId, stream, text } of batch.lines) {
    const lines = got.lines.get(containerId) ?? { stdout: [], stderr: [] };
    lines[stream].push(text);
    got.lines.set(containerId, lines);
  }
}

function follow(device: Device, id: string): Got {
  const abort = new AbortController();
  const got = nothingYet(async () => {
    abort.abort();
    await reading;
  });
  const reading = (async () => {
    try {
      const request = { containerIds: [id], tail: 10_000, lagLines: null };
      for await (const batch of world.fleet.logs(device.id, request, abort.signal)) take(got, batch);
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

/** Where the lines of a container's outputs are not those that its engine has. */
function differences(got: Got): string[] {
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
  return wrong;
}

/** What is wrong with a container's lines although they may be more than its engine tells: one of those lost, one twice, two changed over. */
function shortfalls(got: Got, id: string): string[] {
  return (["stdout", "stderr"] as const).flatMap((output) => {
    const lines = got.lines.get(id)?.[output] ?? [];
    const all = new Set(lines);
    const lost = (numbers.printed.get(id)?.[output] ?? []).filter((line) => !all.has(line)).length;
    const values = lines.filter((line) => line !== "end").map((line) => Number.parseInt(line, 10));
    const backwards = values.filter((value, index) => index > 0 && value <= (values[index - 1] ?? 0)).length;
    const isWrong = lost > 0 || all.size < lines.length || backwards > 0 || lines.length < 20;
    return isWrong
      ? [`${output}: ${lost} lost, ${lines.length - all.size} twice, ${backwards} backwards of ${lines.length}`]
      : [];
  });
}

/** The lines of each container's outputs are those that its engine has. */
function expectWhole(got: Got): void {
  expect(differences(got)).toEqual([]);
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

/** What happens to the device's key and to the container itself; a new one is waited for, so that none comes and goes unseen. */
function otherKills(got: Got): Kill[] {
  return [
    {
      name: "container restarted",
      async hit() {
        await numbers.restart();
        return "container restarted";
      },
    },
    {
      name: "host key changed",
      async hit() {
        const pinned = target.hostKeyFingerprint;
        await target.rekey();
        const changed = await world.until("127.0.0.1", "key-changed", (one) => one.state === "key-changed", 60_000);
        await world.fleet.repin(changed.id, pinned, target.hostKeyFingerprint);
        return "host key changed, and agreed to";
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
      const kinds = [...killsOf(target, proxy), ...otherKills(got)];
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

async function toTheEnd(got: Got): Promise<void> {
  await numbers.end();
  await expect.poll(() => got.lines.get(numbers.id)?.stdout.at(-1), { timeout: 90_000 }).toBe("end");
  await numbers.note();
  expectWhole(got);
}

test("this machine's clock is set a day forward and two back: every line once, and the marks tell true seconds", async () => {
  const device = await online();
  await numbers.start(0, "json-file");
  const got = follow(device, numbers.id);
  const now = Date.now.bind(Date);
  let offsetMs = 0;
  const clock = vi.spyOn(Date, "now").mockImplementation(() => now() + offsetMs);
  try {
    await goesOn(got);
    for (const jumpMs of [86_400_000, -2 * 86_400_000, 86_400_000]) {
      offsetMs += jumpMs;
      await killSessions(target);
      await goesOn(got);
      // And once between the break and the return.
      proxy.reset();
      offsetMs -= jumpMs / 2;
      await goesOn(got);
      offsetMs += jumpMs / 2;
    }
    await toTheEnd(got);
    const seconds = got.marks
      .flatMap((mark) => /Connected again after (-?\d+) s/.exec(mark.text)?.[1] ?? [])
      .map(Number);
    expect(seconds.length).toBeGreaterThanOrEqual(3);
    for (const one of seconds) expect(one).toBeLessThan(60);
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(0);
  } finally {
    clock.mockRestore();
    await got.stop();
  }
}, 180_000);

test("the device's disk is full for a while: whatever docker's own client gets is here, each line once and in order", async () => {
  // It restarts the engine: before anybody is connected to it.
  await useSmallDisk(target, 4);
  const device = await online();
  await numbers.start(0, "json-file");
  const got = follow(device, numbers.id);
  try {
    await goesOn(got);
    await fillDisk(target);
    await sleep(2_000);
    expect(world.fleet.list().map((one) => one.state)).toEqual(["online"]);
    await freeDisk(target);
    await sleep(2_000);
    await numbers.end();
    // Of what stands around a half-written line an engine may tell a reader from its beginning less than one that follows.
    const wrong = async (): Promise<string[]> => {
      await numbers.note();
      return shortfalls(got, numbers.id);
    };
    await expect.poll(wrong, { timeout: 30_000, interval: 500 }).toEqual([]);
    console.log(`${got.count} lines; the last is ${got.lines.get(numbers.id)?.stdout.at(-1)?.slice(0, 12)}`);
  } finally {
    await freeDisk(target);
    await got.stop();
  }
}, 180_000);

/** The same from a process of its own, which can be stopped. */
function followInChild(id: string): { got: Got; child: ChildProcess } {
  const script = join(import.meta.dirname, "follow-child.ts");
  const argv = ["tsx", script, lab.clientKeyPath, "127.0.0.1", String(proxy.port), target.hostKeyFingerprint, id];
  const child = spawn(process.execPath, ["--import", ...argv], { stdio: ["pipe", "pipe", "inherit"] });
  const got = nothingYet(async () => {
    const ended = once(child, "exit");
    child.kill("SIGCONT");
    child.stdin.end();
    await ended;
  });
  createInterface({ input: child.stdout }).on("line", (line) => take(got, logBatchSchema.parse(JSON.parse(line))));
  return { got, child };
}

test(
  `Bayplan itself is stopped for ${SLEEP_MS / 1_000} s, as a laptop's sleep does: every line once and in order`,
  async () => {
    await numbers.start(0, "json-file");
    const { got, child } = followInChild(numbers.id);
    try {
      await goesOn(got);
      // Once the connection is still there when it wakes up, once it has gone meanwhile, once it is half-open.
      for (const meanwhile of [() => undefined, () => proxy.reset(), () => proxy.set({ stalled: ["up", "down"] })]) {
        child.kill("SIGSTOP");
        await sleep(SLEEP_MS / 2);
        meanwhile();
        await sleep(SLEEP_MS / 2);
        child.kill("SIGCONT");
        await sleep(500);
        proxy.set({});
        await goesOn(got);
      }
      await toTheEnd(got);
    } finally {
      await got.stop();
    }
    expect(child.exitCode).toBe(0);
  },
  180_000 + 3 * SLEEP_MS,
);
