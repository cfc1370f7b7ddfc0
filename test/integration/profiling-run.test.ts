import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fitRun, loadModels, measureSpeedScore } from "../../src/main/profiling/index.ts";
import {
  AppError,
  type Budget,
  defaultRules,
  type ProfileResult,
  profileResultSchema,
  type RunRecord,
  type RunSample,
  runRecordSchema,
  type TargetObservation,
  targetObservationSchema,
} from "../../src/shared/domain/index.ts";
import {
  cat,
  custom,
  envelopeFolders,
  forgetOthersContainers,
  hold,
  leftContainers,
  ProfilingBench,
  spin,
} from "./profiling-bench.ts";

const bench = new ProfilingBench();
const mebibyte = 1024 * 1024;

beforeAll(() => forgetOthersContainers());
afterAll(() => bench.close());
afterEach(() => {
  expect(envelopeFolders(`test-${process.pid}-`)).toEqual([]);
  expect(leftContainers()).toEqual([]);
});

/** A board of `cores` cores, each a share as fast as one of this machine's. */
async function board(cores: number, share: number, memoryMib: number): Promise<Budget> {
  const score = await measureSpeedScore(bench.folder);
  if (score.value === null) throw new Error(score.source);
  const single = score.value * share;
  return {
    ...custom(`memory=${memoryMib}MiB,cpus=${cores}`),
    kind: "model",
    label: "board",
    name: "Board",
    cpus: cores,
    singleCoreScore: single,
    multiCoreScore: single * cores,
  };
}

/** The record of a run that has ended with that result. */
function runOf(result: ProfileResult): RunRecord {
  return runRecordSchema.parse({
    id: "run-1",
    stackName: "everywhere",
    file: "/compose.yaml",
    services: [],
    request: { file: "/compose.yaml", targets: [{ kind: "named", name: "board" }], durationMs: 1, warmUpMs: 0 },
    targets: [],
    status: "finished",
    phase: null,
    currentTarget: 0,
    startedAtMs: 0,
    endedAtMs: 1,
    verdict: result.verdict,
    failure: null,
    findings: [],
  });
}

describe("a measured run", () => {
  it("says of every board what it would be there", async () => {
    const stack = await bench.stack("everywhere", { holder: { python: hold(60) } });
    const observations: TargetObservation[] = [];
    const result = await bench.profile(stack, [await board(2, 0.3, 128)], {
      onObservation: (seen) => observations.push(targetObservationSchema.parse(JSON.parse(JSON.stringify(seen)))),
    });
    const peak = result.targets[0]?.stack.memoryPeakBytes ?? 0;
    expect(peak).toBeGreaterThan(60 * mebibyte);
    const models = await loadModels();
    const matrix = fitRun({ record: runOf(result), result, observations }, models, null);
    expect(matrix.cells).toHaveLength(models.length + 1);
    expect(matrix.cells[0]).toMatchObject({ projected: false, device: { label: "board" } });
    for (const { axes, budget, projected } of matrix.cells.slice(1)) {
      expect(projected).toBe(true);
      expect(axes.memory).toMatchObject({ value: peak, limit: budget.memoryBytes });
    }
    const asked = fitRun({ record: runOf(result), result, observations }, models, [custom("memory=32MiB,cpus=1")]);
    expect(asked.cells.map((cell) => cell.axes.memory?.verdict)).toEqual(["does-not-fit"]);
  });

  it("publishes what the kernel's files say, read by another program at the end of the run", async () => {
    const stack = await bench.stack("figures", { worker: { python: spin(0.4) }, holder: { python: hold(60) } });
    const seen: Record<string, { cpuSeconds: number; peakBytes: number }> = {};
    let readAtMs = 0;
    const samples: RunSample[] = [];
    const result = await bench.profile(stack, [custom("memory=256MiB,cpus=1")], {
      onSamples: (more) => samples.push(...more),
      onEvents: (events) => {
        if (!events.some((event) => event.phase === "stop")) return;
        const group = envelopeFolders(`test-${process.pid}-`).find((folder) => folder.includes("/memory/"));
        if (group === undefined) throw new Error("The envelope is not in the memory hierarchy.");
        readAtMs = performance.now();
        for (const service of ["worker", "holder"]) {
          seen[service] = {
            cpuSeconds: Number(cat(group.replace("/memory/", "/cpuacct/"), service, "cpuacct.usage")) / 1e9,
            peakBytes: Number(cat(group, service, "memory.max_usage_in_bytes")),
          };
        }
      },
    });
    profileResultSchema.parse(result);
    // Until they are stopped they go on: on a busy machine that takes a while.
    const stopSeconds = (performance.now() - readAtMs) / 1000;
    const services = result.targets[0]?.services ?? {};
    expect(Object.keys(services)).toEqual(["worker", "holder"]);
    for (const [name, kernel] of Object.entries(seen)) {
      const published = services[name];
      const cpuSeconds = published?.cpuSeconds ?? 0;
      const nearly = 0.02 * kernel.cpuSeconds + 0.02;
      expect(cpuSeconds).toBeGreaterThanOrEqual(kernel.cpuSeconds - nearly);
      expect(cpuSeconds).toBeLessThanOrEqual(kernel.cpuSeconds + nearly + stopSeconds);
      expect(Math.abs((published?.memoryKernelPeakBytes ?? 0) - kernel.peakBytes)).toBeLessThanOrEqual(mebibyte);
    }
    expect(Object.keys(seen)).toHaveLength(2);
    expect(seen.worker?.cpuSeconds).toBeGreaterThan(0.3);
    const holder = services.holder?.memoryPeakBytes ?? 0;
    expect(holder).toBeGreaterThan(60 * mebibyte);
    expect(holder).toBeLessThanOrEqual(services.holder?.memoryKernelPeakBytes ?? 0);
    // 10 Hz, in order.
    expect(samples.every((sample, index) => index === 0 || sample.atMs >= (samples[index - 1]?.atMs ?? 0))).toBe(true);
    expect(samples.length).toBeGreaterThan(30);
  });

  it("does not fit by a real OOM kill when it needs more than the budget, and fits a larger one: swapped, swapped", async () => {
    const stack = await bench.stack("oom", { eater: { python: hold(100) }, idle: { python: hold(1) } });
    const [small, large] = [custom("memory=64MiB,cpus=1"), custom("memory=256MiB,cpus=1")];
    const killsBefore = oomKillsOfMachine();
    const first = await bench.profile(stack, [small, large]);
    expect(oomKillsOfMachine()).toBe(killsBefore + 1);
    const [tooSmall, enough] = first.targets;
    expect(tooSmall?.axes.memory?.verdict).toBe("does-not-fit");
    expect(tooSmall?.verdict).toBe("does-not-fit");
    expect(tooSmall?.services.eater?.oomKills).toBe(1);
    expect(tooSmall?.services.idle?.oomKills).toBe(0);
    expect(tooSmall?.stack.oomKills).toBe(1);
    expect(tooSmall?.headline).toMatch(/^The kernel killed eater 1 time at the budget of 64 MiB/);
    expect(enough?.axes.memory?.verdict).toBe("fits");
    expect(enough?.stack.oomKills).toBe(0);
    expect(first.verdict).toBe("does-not-fit");
    const second = await bench.profile(stack, [large, small]);
    expect(second.targets.map((target) => target.axes.memory?.verdict)).toEqual(["fits", "does-not-fit"]);
  });

  it("calls a service's own limit too small when that is what killed it", async () => {
    const stack = await bench.stack("ownlimit", { eater: { python: hold(60), mem_limit: "32m", cpus: 0.5 } });
    const result = await bench.profile(stack, [custom("memory=256MiB,cpus=1")]);
    const target = result.targets[0];
    expect(target?.axes.memory?.reason).toMatch(/^Limit too small: the kernel killed eater .* 32 MiB/);
    expect(target?.services.eater?.limits).toEqual({ memoryBytes: 32 * mebibyte, cpuCores: 0.5 });
  });

  // Other work on this machine can take the CPU that the thread needs, so it is asked again before it counts as a failure.
  it("does not fit by one busy thread: half a host core against 4 cores x 0.25", { retry: 2 }, async () => {
    const stack = await bench.stack("thread", { spinner: { python: spin(0.5) } });
    const result = await bench.profile(stack, [await board(4, 0.25, 256)], { steadySeconds: 6 });
    const target = result.targets[0];
    expect(target?.envelope.limits.cpuQuotaCores).toBeCloseTo(1, 6);
    expect(target?.axes.memory?.verdict).toBe("fits");
    expect(target?.stack.busiestThread).toMatchObject({ service: "spinner", name: "python3" });
    expect(target?.axes.cpu?.verdict).toBe("does-not-fit");
    expect(target?.axes.cpu?.reason).toContain("Thread python3 of spinner");
    expect(target?.stack.busiestThread?.p95).toBeGreaterThan(1.5);
  });

  // A kernel may keep back what one CPU has counted of a group's cache until it counts again (seen with 6.18: usage 63 MiB,
  // memory.stat none of it). What then is cache and what is need cannot be told, and "tight" is the right answer.
  it("does not take the page cache for need: 200 MB written under 64 MiB", { retry: 3 }, async () => {
    const python = `
import os, time
with open("/tmp/f", "wb") as f:
    for _ in range(200): f.write(os.urandom(1024 * 1024))
time.sleep(1000)`;
    const stack = await bench.stack("cache", { writer: { python } });
    const result = await bench.profile(stack, [custom("memory=64MiB,cpus=1")]);
    const target = result.targets[0];
    expect(target?.axes.memory?.verdict).toBe("fits");
    expect(target?.stack.oomKills).toBe(0);
    expect(target?.stack.memoryKernelPeakBytes).toBeGreaterThan(60 * mebibyte);
    expect(target?.stack.memoryPeakBytes).toBeLessThan(40 * mebibyte);
  });

  it("sees a memory spike that is shorter than the time between two readings", async () => {
    const python = `
import mmap, time
time.sleep(2)
m = mmap.mmap(-1, 80 * 1024 * 1024, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
for at in range(0, len(m), 4096): m[at] = 1
m.close()
time.sleep(1000)`;
    const stack = await bench.stack("spike", { spiky: { python } });
    const result = await bench.profile(stack, [custom("memory=256MiB,cpus=2")], { intervalMs: 1000 });
    expect(result.targets[0]?.stack.memoryPeakBytes).toBeGreaterThan(80 * mebibyte);
    expect(result.targets[0]?.services.spiky?.memoryPeakBytes).toBeGreaterThan(80 * mebibyte);
  });
});

describe("a stack that fails", () => {
  it("inside and outside the envelope is broken here, and no fault of the device", async () => {
    const stack = await bench.stack("broken", { bad: { python: "import sys, time\ntime.sleep(0.5)\nsys.exit(3)" } });
    const result = await bench.profile(stack, [custom("memory=64MiB,cpus=1")]);
    expect(result.verdict).toBe("unknown");
    expect(result.targets[0]?.headline).toContain("The stack is broken here");
  });

  it("to get healthy inside, and does without the envelope, does not fit", async () => {
    const python = `
import time
x = 0
while time.process_time() < 0.4: x += 1
open("/tmp/ready", "w").close()
time.sleep(1000)`;
    const healthcheck = { test: ["CMD", "test", "-e", "/tmp/ready"], interval: "1s", timeout: "5s", retries: 100 };
    const stack = await bench.stack("slow", { slow: { python, healthcheck } });
    const rules = { ...defaultRules, startupSeconds: 10 };
    const result = await bench.profile(stack, [custom("memory=64MiB,cpus=0.02")], { rules });
    expect(result.targets[0]?.axes.startup?.verdict).toBe("does-not-fit");
    expect(result.verdict).toBe("does-not-fit");
    expect(result.targets[0]?.stack.startupSeconds).toBeNull();
  });
});

describe("where no envelope can be made", () => {
  it("observes only, and calls a fit what stays under 0.70 of the budget", async () => {
    const real = await bench.engine();
    const info = await real.info();
    const systemd = async () => ({ ...info, cgroupDriver: "systemd" as const });
    const engine = new Proxy(real, {
      get: (target, key) => {
        if (key === "info") return systemd;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const stack = await bench.stack("observed", { holder: { python: hold(60) } });
    const result = await bench.profile(stack, [custom("memory=128MiB,cpus=1"), custom("memory=80MiB,cpus=1")], {
      engine,
    });
    expect(result.targets.map((target) => target.envelope.mode)).toEqual(["observe", "observe"]);
    expect(result.targets[0]?.envelope.missing[0]).toContain("cgroup driver is systemd");
    expect(result.targets.map((target) => target.axes.memory?.verdict)).toEqual(["fits", "unknown"]);
    const [target] = result.targets;
    expect(target?.services.holder?.memoryPeakBytes).toBeGreaterThan(60 * mebibyte);
    expect(target?.services.holder?.memoryKernelPeakBytes).toBeGreaterThan(60 * mebibyte);
    expect(target?.stack.memoryKernelPeakBytes).toBeNull();
    expect(target?.stack.notMeasured.memoryKernelPeakBytes).toContain("no envelope");
    expect(target?.services.holder?.cpuSeconds).toBeGreaterThan(0);
  });
});

describe("one measuring run per engine", () => {
  it("refuses a second one and says who has it", async () => {
    const stack = await bench.stack("lock", { idle: { python: hold(1) } });
    let refused: unknown = null;
    let asked: Promise<void> | null = null;
    await bench.profile(stack, [custom("memory=64MiB,cpus=1")], {
      onEvents: (events) => {
        if (asked !== null || !events.some((event) => event.phase === "steady")) return;
        asked = bench.profile(stack, [custom("memory=64MiB,cpus=1")]).then(
          () => undefined,
          (error: unknown) => {
            refused = error;
          },
        );
      },
    });
    await asked;
    expect(refused).toBeInstanceOf(AppError);
    expect(refused).toMatchObject({ code: "conflict" });
    expect(String(refused)).toContain(`process ${process.pid}`);
  });
});

function oomKillsOfMachine(): number {
  return Number(/^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "utf8"))?.[1]);
}
