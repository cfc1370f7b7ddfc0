/** Followed logs of a real device, over everything that breaks: each line once, in order, or a mark where some are gone. */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Device, LogBatch, LogExtent, LogMark, LogPage, LogQuery } from "../../src/shared/domain/index.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { run } from "../lab/run.ts";
import { openWorld, trustLabDevice, type World } from "./devices-world.ts";
import { busyboxImage } from "./engines-fixture.ts";
import { type Follower, Followers } from "./follow.ts";

let lab: Lab;
let isOurs = false;
let world: World;
let target: LabDevice;
let online: Device;
const followers = new Followers();

/** Of logs that are watched as one list of rows. */
const watching: AbortController[] = [];
const labels = ["com.docker.compose.project=numbers", "com.docker.compose.service=counter"];

/** Prints a number a line, some on the other output, from `from` on. */
function counter(from: number, pause: string): string[] {
  const line = `if [ $((i % 7)) = 0 ]; then echo $i >&2; else echo $i; fi; i=$((i+1)); ${pause}`;
  return ["sh", "-c", `i=${from}; while :; do ${line}; done`];
}

async function runCounter(name: string, command: readonly string[], options: string[] = []): Promise<string> {
  const withLabels = labels.flatMap((label) => ["--label", label]);
  const id = await target.docker(["run", "-d", "--name", name, ...withLabels, ...options, busyboxImage, ...command]);
  return id.trim();
}

/** What one reader has got so far. */
interface Got {
  /** As they came; two outputs that are written at once may change places on their way through the engine. */
  numbers: number[];
  byOutput: { stdout: number[]; stderr: number[] };
  marks: LogMark[];
  skipped: number;
  ended: string[];
  reader: Follower;
}

function follow(containerIds: readonly string[], tail = 10_000): Got {
  const request = { containerIds, tail, lagLines: null };
  const reader = followers.follow((signal) => world.fleet.logs(online.id, request, signal), take);
  const got: Got = { numbers: [], byOutput: { stdout: [], stderr: [] }, marks: [], skipped: 0, ended: [], reader };
  function take(batch: LogBatch): void {
    got.numbers.push(...batch.lines.map((line) => Number(line.text)));
    for (const line of batch.lines) got.byOutput[line.stream].push(Number(line.text));
    got.marks.push(...(batch.marks ?? []));
    got.skipped += batch.skipped;
    got.ended.push(...batch.ended);
  }
  return got;
}

async function untilNumber(got: Got, wanted: number, timeoutMs = 60_000): Promise<void> {
  await expect
    .poll(() => got.numbers.at(-1) ?? -1, { timeout: timeoutMs, interval: 50 })
    .toBeGreaterThanOrEqual(wanted);
}

/** Watches logs as one list of rows until it has so many, and holds it. */
async function watched(containerIds: readonly string[], rows: number, tail = 10_000): Promise<LogExtent> {
  const abort = new AbortController();
  watching.push(abort);
  const extents = world.fleet.watchLogs(online.id, { containerIds, tail }, abort.signal);
  abort.signal.addEventListener("abort", () => void extents.return());
  for (;;) {
    const { value, done } = await extents.next();
    if (done === true) throw new Error("The logs are not watched any longer.");
    if (value.end - value.first >= rows) return value;
  }
}

function textsOf({ rows }: LogPage): string[] {
  return rows.map((one) => (one.kind === "line" ? one.line.text : `(${one.mark.kind})`));
}

async function found(viewId: string, query: LogQuery): Promise<number[]> {
  const hits: number[] = [];
  const signal = AbortSignal.timeout(5_000);
  for await (const { rows } of world.fleet.searchLogs(online.id, { viewId, query, from: 0 }, signal))
    hits.push(...rows);
  return hits;
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((left, right) => left - right);
}

/** Every number from `from` on once, and those of each output in order. */
function expectWhole(got: Got, from: number): void {
  expect(ascending(got.numbers)).toEqual(Array.from({ length: got.numbers.length }, (_, index) => from + index));
  for (const numbers of Object.values(got.byOutput)) expect(numbers).toEqual(ascending(numbers));
  expect(got.reader.failure).toBeNull();
  expect(got.skipped).toBe(0);
}

const last = (got: Got): number => got.numbers.at(-1) ?? -1;
const kinds = (got: Got): string[] => got.marks.map((mark) => mark.kind);

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
  world = await openWorld({ clientKeyPath: lab.clientKeyPath });
  online = await trustLabDevice(world, target);
});

afterEach(async () => {
  for (const one of watching.splice(0)) one.abort();
  followers.endAll();
  await world.close();
  const left = (await target.docker(["ps", "-aq"])).split("\n").filter((id) => id !== "");
  if (left.length > 0) await target.docker(["rm", "-f", ...left]);
});

describe("followed logs", () => {
  test("go on after sessions were killed, sshd was down and the link was down: each line once, in order", async () => {
    const id = await runCounter("counter", counter(0, "usleep 400"));
    const got = follow([id]);
    await untilNumber(got, 500);
    for (let kill = 0; kill < 3; kill += 1) {
      const before = last(got);
      await target.sh("for p in $(pgrep -x sshd); do [ $p = $(cat /run/sshd.pid) ] || kill -9 $p; done");
      await untilNumber(got, before + 1_500);
    }
    await target.stopSshd();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await target.startSshd();
    await untilNumber(got, last(got) + 1_500);
    await target.setLink("down");
    await world.until(target.name, "gone", (one) => one.state !== "online", 15_000);
    await target.setLink("up");
    await untilNumber(got, last(got) + 3_000);
    expectWhole(got, 0);
    expect(kinds(got).filter((kind) => kind === "interrupted").length).toBeGreaterThanOrEqual(4);
    expect(kinds(got).at(-1)).toBe("resumed");
    expect(kinds(got)).not.toContain("gap");
  });

  test("go on when the engine was killed and comes back, with the container that it starts again", async () => {
    const command = [
      "sh",
      "-c",
      "i=$(cat /n 2>/dev/null || echo 0); while :; do echo $i; i=$((i+1)); echo $i >/n; usleep 20000; done",
    ];
    const id = await runCounter("counter", command, ["--restart", "always"]);
    const got = follow([id]);
    await untilNumber(got, 30);
    await target.killDockerd();
    await world.until(target.name, "without an engine", (one) => one.state === "engine-down", 15_000);
    const before = last(got);
    await target.startDockerd();
    await untilNumber(got, before + 50, 90_000);
    // What it printed while nobody collected it is lost on the device; what was collected comes once and in order.
    expect(got.reader.failure).toBeNull();
    expect(got.numbers).toEqual(ascending([...new Set(got.numbers)]));
    expect(kinds(got)).toContain("interrupted");
  });

  test("go on with the container that takes the place of a removed one, from its first line", async () => {
    const id = await runCounter("counter", counter(0, "usleep 3000"));
    const got = follow([id]);
    await untilNumber(got, 100);
    await target.docker(["rm", "-f", "counter"]);
    const reached = last(got);
    await runCounter("counter", counter(1_000_000, "usleep 3000"));
    await untilNumber(got, 1_000_100);
    const at = got.numbers.findIndex((number) => number >= 1_000_000);
    expect(at).toBeGreaterThanOrEqual(reached);
    expect(ascending(got.numbers.slice(0, at))).toEqual(Array.from({ length: at }, (_, i) => i));
    expect(ascending(got.numbers.slice(at))).toEqual(
      Array.from({ length: got.numbers.length - at }, (_, i) => i + 1_000_000),
    );
    const replaced = got.marks.find((mark) => mark.kind === "replaced");
    expect(replaced?.text).toContain("counter has a new container.");
    // While the link was away, too.
    await target.stopSshd();
    await target.docker(["rm", "-f", "counter"]);
    await runCounter("counter", counter(2_000_000, "usleep 3000"));
    await target.startSshd();
    await untilNumber(got, 2_000_100);
    const second = got.numbers.slice(got.numbers.findIndex((number) => number >= 2_000_000));
    expect(ascending(second)).toEqual(Array.from({ length: second.length }, (_, i) => i + 2_000_000));
    expect(got.marks.findLast((mark) => mark.kind === "replaced")?.missing).toBeNull();
    expect(kinds(got)).not.toContain("unreadable");
  });

  test("go on over a restart of the container, and say when it has ended", async () => {
    const command = [
      "sh",
      "-c",
      "i=$(cat /n 2>/dev/null || echo 0); for j in 1 2 3 4 5; do echo $i; i=$((i+1)); done; echo $i >/n",
    ];
    const id = await runCounter("counter", command);
    const got = follow([id]);
    await expect.poll(() => got.ended, { timeout: 10_000 }).toEqual([id]);
    await target.docker(["start", "counter"]);
    await expect.poll(() => got.ended, { timeout: 15_000 }).toEqual([id, id]);
    expect(got.numbers).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("that the device has let go of are a mark, not a silence", async () => {
    const rotated = ["--log-driver", "json-file", "--log-opt", "max-size=20k", "--log-opt", "max-file=2"];
    const id = await runCounter("counter", counter(0, "usleep 500"), rotated);
    const got = follow([id]);
    await untilNumber(got, 200);
    await target.stopSshd();
    const before = last(got);
    await expect
      .poll(async () => Number((await target.docker(["logs", "--tail", "1", "counter"])).trim() || "0"), {
        timeout: 60_000,
      })
      .toBeGreaterThan(before + 2_000);
    await target.startSshd();
    await untilNumber(got, before + 2_100);
    const sorted = ascending(got.numbers);
    const jumps = sorted.filter((number, index) => index > 0 && number !== (sorted[index - 1] ?? 0) + 1);
    expect(jumps).toHaveLength(1);
    expect(got.marks.filter((mark) => mark.kind === "gap")).toMatchObject([{ missing: null, containerId: id }]);
    expect(got.reader.failure).toBeNull();
  });

  test("that the disk here does not take are counted to the last one, and it goes on when there is room", async () => {
    const script = "seq 0 59999; while [ ! -e /go ]; do sleep 0.2; done; seq 60000 60099; sleep 1000";
    await world.close();
    const dataFolder = await mkdtemp(join(tmpdir(), "bayplan-small-"));
    const cache = join(dataFolder, "cache");
    await mkdir(cache);
    await run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", cache]);
    world = await openWorld({ clientKeyPath: lab.clientKeyPath, dataFolder });
    try {
      online = await trustLabDevice(world, target);
      const id = await runCounter("counter", ["sh", "-c", script]);
      const got = follow([id], 100_000);
      // It may first have missed a few between two that it took: those are counted at once.
      const texts = () => got.marks.map((mark) => mark.text).join("\n");
      await expect.poll(texts, { timeout: 30_000 }).toContain("the disk of this machine takes no more");
      await run(["mount", "-o", "remount,size=64m", cache]);
      await target.docker(["exec", "counter", "touch", "/go"]);
      await untilNumber(got, 60_099);
      // It may have taken a few more before it took none.
      const missing = got.marks.reduce((sum, mark) => sum + (mark.missing ?? 0), 0);
      expect(missing).toBeGreaterThan(0);
      expect(got.numbers.length + missing).toBe(60_100);
      expect(got.skipped).toBe(0);
      expect(got.numbers).toEqual(ascending([...new Set(got.numbers)]));
      expect(got.reader.failure).toBeNull();
    } finally {
      followers.endAll();
      await world.close();
      await run(["umount", cache]);
      await rm(dataFolder, { recursive: true, force: true });
    }
  });

  test("are kept while they are followed: pages by place, a search, and nothing left behind", async () => {
    const id = await runCounter("counter", ["sh", "-c", "seq 0 19999; echo Needle in it; sleep 1000"]);
    const printed = () => target.docker(["logs", "--tail", "1", "counter"]);
    await expect.poll(printed, { timeout: 30_000 }).toBe("Needle in it\n");
    const got = follow([id]);
    await expect.poll(() => got.numbers.length, { timeout: 30_000 }).toBe(10_000);
    const second = follow([id], 5);
    await expect.poll(() => second.numbers.length, { timeout: 10_000 }).toBe(5);
    const { viewId, end } = await watched([id], 10_000);
    const page = await world.fleet.logPage(online.id, { viewId, from: end - 3, count: 3 });
    expect(textsOf(page).at(-1)).toBe("Needle in it");
    const some = await world.fleet.logPage(online.id, { viewId, from: 5, count: 2 });
    expect(some.rows.map(({ row }) => row)).toEqual([5, 6]);
    const query = { text: "needle", regex: false, ignoreCase: true };
    expect(await found(viewId, query)).toEqual([end - 1]);
    const folder = join(world.dataFolder, "cache", "logs");
    expect(await readdir(folder)).toHaveLength(1);
    followers.endAll();
    await world.fleet.close();
    expect(await readdir(folder)).toEqual([]);
  });

  test("of several containers are one list by time, whichever is read first, with what happened between", async () => {
    const names = ["even", "odd"];
    const script = (name: string) =>
      `for i in $(seq 300); do echo ${name} $i; usleep 5000; done; until [ -e /more ]; do usleep 20000; done; ` +
      `echo ${name} last; sleep 1000`;
    const [even = "", odd = ""] = await Promise.all(names.map((name) => runCounter(name, ["sh", "-c", script(name)])));
    const { viewId, end } = await watched([even], 300);
    expect(end).toBe(300);
    // The one that is watched has the latest line of both: behind that has its place what happens next.
    const printedByOdd = async () => (await target.docker(["logs", odd])).trimEnd().split("\n").at(-1);
    await expect.poll(printedByOdd, { timeout: 30_000 }).toBe("odd 300");
    await target.docker(["exec", even, "touch", "/more"]);
    expect((await watched([even], 301)).end).toBe(301);
    await target.sh("for p in $(pgrep -x sshd); do [ $p = $(cat /run/sshd.pid) ] || kill -9 $p; done");
    await world.until(target.name, "gone", (one) => one.state !== "online", 15_000);
    await world.until(target.name, "online", (one) => one.state === "online", 15_000);
    // The other one's lines come when all of these are there already.
    const both = await watched([even, odd], 603);
    const page = await world.fleet.logPage(online.id, { viewId: both.viewId, from: 0, count: 1_000 });
    const times = page.rows.flatMap((one) => (one.kind === "line" ? [one.line.atMs] : []));
    expect(times).toEqual(ascending(times));
    for (const [name, id] of [["even", even] as const, ["odd", odd] as const]) {
      const own = page.rows.flatMap((one) =>
        one.kind === "line" && one.line.containerId === id ? [one.line.text] : [],
      );
      const counted = Array.from({ length: 300 }, (_, i) => `${name} ${i + 1}`);
      expect(own).toEqual(name === "even" ? [...counted, "even last"] : counted);
    }
    expect(textsOf(page).slice(-2)).toEqual(["(interrupted)", "(resumed)"]);
    const hits = await found(both.viewId, { text: "^(even|odd) 7$", regex: true, ignoreCase: false });
    expect(hits.map((row) => textsOf(page)[row])).toEqual(expect.arrayContaining(["even 7", "odd 7"]));
    expect(hits).toHaveLength(2);
    for (const one of watching.splice(0)) one.abort();
    await expect
      .poll(() => world.fleet.logPage(online.id, { viewId, from: 0, count: 1 }).catch((error: unknown) => error))
      .toMatchObject({ code: "not-found" });
  });
});
