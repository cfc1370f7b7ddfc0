/** Is a stack in the envelope of a device what it is on that device? A device of the lab with caps of its own is the judge. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openEngine } from "../../src/main/engines/index.ts";
import { startStack } from "../../src/main/stacks/index.ts";
import { currentOwner } from "../../src/main/store/index.ts";
import type { Stack } from "../../src/shared/domain/index.ts";
import { cgroupPath } from "../lab/cgroups.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { sleep, waitFor } from "../lab/run.ts";
import { cat, custom, forgetOthersContainers, ProfilingBench } from "./profiling-bench.ts";

const mebibyte = 1024 * 1024;
const long = process.env.BAYPLAN_TEST_LONG === "1";
/** Around the edge: the cap over what the stack needs. */
const shares = long ? Array.from({ length: 20 }, (_, at) => 0.8 + (0.4 * at) / 19) : [0.85, 1.15];
const heldMib = 300;
const steadySeconds = 2;

const bench = new ProfilingBench();
let lab: Lab;
let isOurs = false;
let device: LabDevice;
let deviceLimitBytes = 0;

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 1, reuse: true });
  device = lab.ofKind("plain");
  deviceLimitBytes = Number(cat(folderOf("memory"), "memory.limit_in_bytes"));
  forgetOthersContainers();
});

afterAll(async () => {
  bench.close();
  setLimit(deviceLimitBytes);
  if (isOurs) await lab.down();
});

const folderOf = (controller: string) => join("/sys/fs/cgroup", controller, cgroupPath(device.index));

/** What counts of a cgroup, by the kernel's files: anonymous, shared and kernel memory. */
function countedBytes(folder: string): number {
  const stat = cat(folder, "memory.stat");
  const total = (key: string) => Number(new RegExp(`^total_${key} (\\d+)$`, "m").exec(stat)?.[1]);
  return total("rss") + total("shmem") + Number(cat(folder, "memory.kmem.usage_in_bytes"));
}

function setLimit(bytes: number): void {
  const [memory, withSwap] = ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"].map((file) =>
    join(folderOf("memory"), file),
  );
  if (memory === undefined || withSwap === undefined) return;
  // The one with swap may never be the smaller one.
  const raises = bytes > Number(readFileSync(memory, "utf8"));
  for (const file of raises ? [withSwap, memory] : [memory, withSwap]) writeFileSync(file, String(bytes));
}

interface OnDevice {
  killed: boolean;
  peakBytes: number;
  cpuSeconds: number;
}

/** A fixed amount of work, then memory that is touched piece by piece, then rest; it is healthy once it holds everything. */
const holder = (hashedMib: number) => ({
  python: `
import hashlib, time
piece = bytes(1 << 20)
digest = hashlib.sha256()
for _ in range(${hashedMib}): digest.update(piece)
held = []
for _ in range(${heldMib} // 4):
    held.append(bytearray(4 << 20))
    time.sleep(0.005)
open("/tmp/ready", "w").close()
print("holding", flush=True)
time.sleep(1000)`,
  stop_grace_period: "1s",
  healthcheck: { test: ["CMD", "test", "-e", "/tmp/ready"], interval: "1s", timeout: "10s", retries: 100 },
});

/** The stack on the device, by the runner that deploys there, under the same cap for all that is not the device's own. */
async function runOnDevice(stack: Stack, capBytes: number | null): Promise<OnDevice> {
  const engine = await openEngine({ socketPath: device.outsideEngineSocket });
  // A container's shim is the system's and not the stack's: so the system is weighed while an idle container runs.
  const idle = (await device.docker(["run", "-d", "--init", "bayplan-lab/busybox:1", "sleep", "1000"])).trim();
  try {
    await sleep(500);
    const systemBytes = countedBytes(folderOf("memory"));
    if (capBytes !== null) setLimit(Math.round((systemBytes + capBytes) / 4096) * 4096);
    await device.docker(["rm", "-f", idle]);
    const running = await startStack({ engine, stack, owner: currentOwner(), labels: {} });
    try {
      const id = (await device.docker(["ps", "-aq", "--no-trunc", "--filter", "name=bptest-"])).trim();
      return await untilSettled(id);
    } finally {
      await running.remove({ volumes: true });
    }
  } finally {
    await device.docker(["rm", "-f", idle]).catch(() => undefined);
    setLimit(deviceLimitBytes);
    engine.close();
  }
}

/** Until it holds everything or has been killed; the kernel's counters of its own group meanwhile. */
async function untilSettled(id: string): Promise<OnDevice> {
  const seen: OnDevice = { killed: false, peakBytes: 0, cpuSeconds: 0 };
  await waitFor("the stack on the device", 60_000, async () => {
    const said = await device.docker(["inspect", "-f", "{{.State.Running}} {{.State.ExitCode}}", id]);
    const [running, code] = said.trim().split(" ");
    if (running !== "true") {
      seen.killed = code === "137";
      return true;
    }
    readInto(seen, id);
    return (await device.docker(["logs", id])).includes("holding") ? true : undefined;
  });
  if (!seen.killed) {
    // As long as it runs on here: its health is asked meanwhile, which is CPU time of its own.
    await sleep(steadySeconds * 1000);
    readInto(seen, id);
  }
  return seen;
}

function readInto(seen: OnDevice, id: string): void {
  const parent = readdirSync(join(folderOf("memory"), "docker")).includes(id) ? "docker" : "";
  seen.peakBytes = Math.max(seen.peakBytes, countedBytes(join(folderOf("memory"), parent, id)));
  seen.cpuSeconds = Number(cat(folderOf("cpuacct"), parent, id, "cpuacct.usage")) / 1e9;
}

async function runInEnvelope(stack: Stack, capBytes: number): Promise<OnDevice> {
  const bytes = Math.round(capBytes / 4096) * 4096;
  const budget = { ...custom(`memory=1GiB,cpus=${device.cpuCores}`), memoryBytes: bytes };
  const { targets } = await bench.profile(stack, [budget], { steadySeconds });
  const [target] = targets;
  if (target === undefined) throw new Error("There is no target.");
  return {
    killed: (target.stack.oomKills ?? 0) > 0,
    peakBytes: target.services.holder?.memoryPeakBytes ?? Number.NaN,
    cpuSeconds: target.services.holder?.cpuSeconds ?? Number.NaN,
  };
}

// Fixed work takes more CPU time while others use the same caches: a run that was disturbed is tried again.
it("has the same peak within 5 % and the same CPU time within 10 %, and is killed where the device kills it", {
  retry: 1,
  timeout: 900_000,
}, async () => {
  const working = await bench.stack("fidelity", { holder: holder(1500) });
  const stack = await bench.stack("fidelity-edge", { holder: holder(0) });
  const there = await runOnDevice(working, null);
  const here = await runInEnvelope(working, 480 * mebibyte);
  const rows = [["cap/need", "peak here", "there", "CPU s here", "there", "killed here", "there"]];
  const add = (share: string, a: OnDevice, b: OnDevice) =>
    rows.push([
      share,
      ...[a.peakBytes, b.peakBytes].map((bytes) => (bytes / mebibyte).toFixed(1)),
      ...[a.cpuSeconds, b.cpuSeconds].map((seconds) => seconds.toFixed(2)),
      ...[a.killed, b.killed].map(String),
    ]);
  add("free", here, there);
  const differ: number[] = [];
  for (const share of shares) {
    const cap = share * there.peakBytes;
    const [local, remote] = [await runInEnvelope(stack, cap), await runOnDevice(stack, cap)];
    add(share.toFixed(3), local, remote);
    if (local.killed !== remote.killed) differ.push(share);
  }
  process.stdout.write(`${rows.map((row) => row.map((cell) => cell.padStart(12)).join(" ")).join("\n")}\n`);
  expect([here.killed, there.killed]).toEqual([false, false]);
  expect(Math.abs(here.peakBytes / there.peakBytes - 1)).toBeLessThanOrEqual(0.05);
  expect(Math.abs(here.cpuSeconds / there.cpuSeconds - 1)).toBeLessThanOrEqual(0.1);
  expect(differ).toEqual([]);
});
