/**
 * Is what Bayplan measures true? Stacks of one known behaviour each; every figure is held against the kernel's own counters,
 * read with `cat`, and what `docker stats` would have said stands beside it.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ProfileRequest } from "../../src/main/profiling/index.ts";
import type { ProfileResult, RunEvent, RunSample, Stack, TargetResult } from "../../src/shared/domain/index.ts";
import {
  cat,
  custom,
  envelopeFolders,
  forgetOthersContainers,
  hold,
  leftContainers,
  ProfilingBench,
  type ServiceText,
} from "./profiling-bench.ts";
import * as loads from "./truth-loads.ts";
import { CatSampler, DockerEvents, DockerStats } from "./truth-reference.ts";

const bench = new ProfilingBench();
const mebibyte = 1024 * 1024;
const long = process.env.BAYPLAN_TEST_LONG === "1";

beforeAll(() => forgetOthersContainers());
afterAll(() => bench.close());
afterEach(() => {
  expect(envelopeFolders(`test-${process.pid}-`)).toEqual([]);
  expect(leftContainers()).toEqual([]);
});

interface Seen {
  target: TargetResult;
  samples: RunSample[];
  events: RunEvent[];
  kernel: CatSampler;
  engine: DockerEvents;
  stats: DockerStats;
  /** Wall time of the run's zero and of the moment before anything was stopped. */
  startWallMs: number;
  stopWallMs: number;
  /** `oom_kill` of each service's containers by the kernel, before they were stopped. */
  killed: Record<string, number>;
  /** Throttling of the envelope in seconds by the kernel, before anything was stopped. */
  throttledSeconds: number;
}

/** Runs a stack once, with a sampler of the test's own, `docker stats` and `docker events` beside it. */
async function watch(stack: Stack, budget: string, steadySeconds: number): Promise<Seen> {
  const services = stack.services.map((service) => service.name);
  const samples: RunSample[] = [];
  const events: RunEvent[] = [];
  const killed: Record<string, number> = {};
  const stats = new DockerStats();
  const engine = new DockerEvents(stack.name);
  let kernel: CatSampler | null = null;
  let startWallMs = Number.POSITIVE_INFINITY;
  let stopWallMs = 0;
  let throttledSeconds = Number.NaN;
  const onEvents: ProfileRequest["onEvents"] = (more) => {
    events.push(...more);
    if (kernel === null && more.some((event) => event.phase === "create")) {
      kernel = new CatSampler(memoryFolder(), services);
    }
    if (!more.some((event) => event.phase === "stop")) return;
    stopWallMs = Date.now();
    for (const service of services) killed[service] = killsOf(join(memoryFolder(), service));
    const stat = cat(memoryFolder().replace("/memory/", "/cpu/"), "cpu.stat");
    throttledSeconds = Number(/^throttled_time (\d+)$/m.exec(stat)?.[1]) / 1e9;
  };
  const onSamples: ProfileRequest["onSamples"] = (more) => {
    samples.push(...more);
    for (const { atMs } of more) startWallMs = Math.min(startWallMs, Date.now() - atMs);
  };
  let result: ProfileResult;
  try {
    result = await bench.profile(stack, [custom(budget)], { steadySeconds, onEvents, onSamples });
  } finally {
    for (const told of [stats, engine, kernel as CatSampler | null]) await told?.stop();
  }
  const [target] = result.targets;
  if (target === undefined || kernel === null) throw new Error("The run was not watched.");
  return { target, samples, events, kernel, engine, stats, startWallMs, stopWallMs, killed, throttledSeconds };
}

function memoryFolder(): string {
  const folder = envelopeFolders(`test-${process.pid}-`).find((one) => one.includes("/memory/"));
  if (folder === undefined) throw new Error("The envelope is not in the memory hierarchy.");
  return folder;
}

/** The kernel's count in the groups of a service's containers: on cgroup v1 it is theirs, and ends with them. */
function killsOf(folder: string): number {
  const containers = readdirSync(folder).filter((name) => statSync(join(folder, name)).isDirectory());
  return containers.reduce((sum, container) => {
    const text = cat(folder, container, "memory.oom_control");
    return sum + Number(/^oom_kill (\d+)$/m.exec(text)?.[1]);
  }, 0);
}

/** CPU seconds within 2 % and the peak within 1 MiB or 1 % of what `cat` read last before the group went. */
function expectKernelsFigures({ target, kernel }: Seen): void {
  for (const [name, published] of Object.entries(target.services)) {
    const { cpuSeconds, peakBytes } = kernel.last(name);
    expect(published.cpuSeconds, `${name}: CPU`).toBeGreaterThanOrEqual(0.98 * cpuSeconds);
    expect(published.cpuSeconds, `${name}: CPU`).toBeLessThanOrEqual(1.02 * cpuSeconds);
    const off = Math.abs((published.memoryKernelPeakBytes ?? 0) - peakBytes);
    expect(off, `${name}: kernel peak`).toBeLessThanOrEqual(Math.max(mebibyte, 0.01 * peakBytes));
    expect(published.memoryPeakBytes, `${name}: peak`).toBeLessThanOrEqual(published.memoryKernelPeakBytes ?? 0);
  }
}

/** What counts is the kernel's peak less at most the cache that was seen. */
function expectPeakIsNeed({ target, kernel }: Seen, service: string): void {
  const { peakBytes } = kernel.last(service);
  const least = peakBytes - kernel.mostCacheBytes(service) - Math.max(mebibyte, 0.01 * peakBytes);
  expect(target.services[service]?.memoryPeakBytes, `${service}: what counts`).toBeGreaterThanOrEqual(least);
}

/** CPU time over a span, from the samples of the run and from the readings of `cat` at the same moments. */
function expectSameCpuBetween({ samples, kernel, startWallMs }: Seen, service: string): void {
  const readings = kernel.readings.get(service) ?? [];
  const [first, last] = [readings.at(5), readings.at(-8)];
  if (first === undefined || last === undefined) throw new Error(`${service} was read too seldom.`);
  const ours = (atWallMs: number) => {
    const atMs = atWallMs - startWallMs;
    const after = samples.findIndex((sample) => sample.atMs >= atMs);
    const [a, b] = [samples[after - 1], samples[after]];
    const [from, to] = [a?.services[service]?.cpuSeconds ?? Number.NaN, b?.services[service]?.cpuSeconds ?? Number.NaN];
    const share = (atMs - (a?.atMs ?? 0)) / ((b?.atMs ?? 0) - (a?.atMs ?? 0));
    return from + share * (to - from);
  };
  const truth = last.cpuSeconds - first.cpuSeconds;
  const measured = ours(last.atWallMs) - ours(first.atWallMs);
  // The shell reads the clock before its files: some milliseconds of one core at most on either side.
  expect(Math.abs(measured - truth), `${service}: CPU of the span`).toBeLessThanOrEqual(0.02 * truth + 0.06);
}

/** Each of the engine's own events has one in the run, and the other way round, but for the last half second. */
function expectSameEvents({ events, engine, startWallMs, stopWallMs }: Seen, service: string): number {
  const until = stopWallMs - 500;
  const theirs = engine.events.filter(
    ({ action, container, atWallMs }) =>
      (action === "die" || action === "start") && container.includes(`-${service}-`) && atWallMs < until,
  );
  const ours = events.filter(
    ({ kind, service: of, atMs }) =>
      of === service && ["exited", "started", "restarted"].includes(kind) && atMs + startWallMs < until,
  );
  const told = (kind: string) => (kind === "exited" ? "die" : "start");
  expect(ours.map(({ kind }) => told(kind))).toEqual(theirs.map(({ action }) => action));
  return theirs.filter(({ action }) => action === "die").length;
}

/** The kernel's figures, Bayplan's and those of `docker stats`, for people to look at. */
function printTable({ target, kernel, stats, samples }: Seen, title: string): void {
  const mib = (bytes: number | null | undefined) => (bytes == null ? "-" : (bytes / mebibyte).toFixed(1));
  const cores = (value: number | undefined) => (value === undefined ? "-" : value.toFixed(2));
  const rows = Object.entries(target.services).map(([name, published]) => {
    const theirs = [...stats.most].find(([container]) => container.includes(`-${name}-`))?.[1];
    const { cpuSeconds, peakBytes } = kernel.last(name);
    return [
      name,
      cpuSeconds.toFixed(3),
      published.cpuSeconds?.toFixed(3) ?? "-",
      cores(mostCores(samples, name)),
      cores(theirs?.cores),
      mib(peakBytes),
      mib(published.memoryKernelPeakBytes),
      mib(published.memoryPeakBytes),
      mib(theirs?.memoryBytes),
      String(published.oomKills),
      String(published.restarts),
    ];
  });
  const head = ["service", "CPU s cat", "Bayplan", "max cores", "stats", "peak cat", "Bayplan", "counts", "stats"];
  const table = [[...head, "OOM", "restarts"], ...rows].map((row) => row.map((cell) => cell.padStart(10)).join(" "));
  process.stdout.write(`${title} (MiB; "stats" is the highest of \`docker stats\`)\n${table.join("\n")}\n`);
}

function mostCores(samples: readonly RunSample[], service: string): number {
  let most = 0;
  for (const [at, { atMs, services }] of samples.entries()) {
    const before = samples[at - 1];
    const from = before?.services[service]?.cpuSeconds ?? null;
    const to = services[service]?.cpuSeconds ?? null;
    if (before === undefined || from === null || to === null || atMs <= before.atMs) continue;
    most = Math.max(most, ((to - from) * 1000) / (atMs - before.atMs));
  }
  return most;
}

const behaviours: Record<string, ServiceText> = {
  holding: { python: hold(60) },
  short: { python: loads.spike(64, 50, 4) },
  medium: { python: loads.spike(64, 500, 4) },
  leaking: { python: loads.leak },
  parent: { python: loads.oomInChild(100), mem_limit: "48m" },
  forking: { python: loads.forkStorm },
  writing: { python: loads.diskWriter(120) },
  scratch: { python: loads.tmpfsWriter(40) },
  looping: { python: loads.endsAfter(0.7, 3), restart: "always" },
  ending: { python: loads.endsAfter(1.5, 0) },
};

describe("what is measured is true", () => {
  it("of memory spikes, a leak, an OOM kill in a child, a fork storm, a disk writer, a tmpfs, a restart loop and an end", async () => {
    const seen = await watch(await bench.stack("truth", behaviours), "memory=1GiB,cpus=2", long ? 60 : 8);
    printTable(seen, "Memory and events");
    expectKernelsFigures(seen);
    const { services } = seen.target;
    for (const name of ["holding", "short", "medium", "leaking", "forking", "looping", "ending"])
      expectPeakIsNeed(seen, name);
    for (const name of ["short", "medium"]) {
      expect(services[name]?.memoryPeakBytes, name).toBeGreaterThan(64 * mebibyte);
    }
    // Cache is no need, whatever the kernel's peak; a tmpfs is, though no process shows it.
    expect(seen.kernel.last("writing").peakBytes).toBeGreaterThan(100 * mebibyte);
    expect(services.writing?.memoryPeakBytes).toBeLessThan(40 * mebibyte);
    expect(services.scratch?.memoryPeakBytes).toBeGreaterThan(40 * mebibyte);
    // The kernel killed the child; the main process went on, so no container ended.
    expect(seen.killed.parent).toBe(1);
    expect(services.parent).toMatchObject({ oomKills: 1, restarts: 0 });
    const kills = seen.events.filter((event) => event.kind === "oom-kill");
    expect(kills.map((event) => [event.service, /python3.*its own limit/.test(event.text)])).toEqual([
      ["parent", true],
    ]);
    expect(expectSameEvents(seen, "parent")).toBe(0);
    expect(expectSameEvents(seen, "looping")).toBeGreaterThan(0);
    expect(expectSameEvents(seen, "ending")).toBe(1);
    const started = seen.engine.events.filter(
      ({ action, container, atWallMs }) =>
        action === "start" && container.includes("-looping-") && atWallMs < seen.stopWallMs,
    );
    expect(services.looping?.restarts).toBe(started.length - 1);
    // What stands still is the same for everybody.
    const [theirs] = [...seen.stats.most].filter(([name]) => name.includes("-holding-")).map(([, most]) => most);
    const held = services.holding?.memoryPeakBytes ?? 0;
    expect(Math.abs((theirs?.memoryBytes ?? 0) - held)).toBeLessThan(2 * mebibyte);
  });

  it("of CPU: 5 %, 30 %, 100 % and 1.7 cores, and bursts of 50 ms", async () => {
    const stack = await bench.stack("truthcpu", {
      five: { python: loads.spinners(1, 0.05) },
      thirty: { python: loads.spinners(1, 0.3) },
      hundred: { python: loads.spinners(1, 1) },
      "one-seven": { python: loads.spinners(2, 0.85) },
      bursting: { python: loads.bursts },
      limited: { python: loads.spinners(1, 1), cpus: 0.2, cpuset: "0-3" },
    });
    const seen = await watch(stack, "memory=512MiB,cpus=1.9", long ? 60 : 6);
    printTable(seen, "CPU");
    expectKernelsFigures(seen);
    for (const name of Object.keys(seen.target.services)) expectSameCpuBetween(seen, name);
    const sum = Object.keys(seen.target.services).reduce((all, name) => all + seen.kernel.last(name).cpuSeconds, 0);
    expect(Math.abs((seen.target.stack.cpuSeconds ?? 0) - sum)).toBeLessThanOrEqual(0.02 * sum);
    // The envelope's throttling is the stack's; a service has its own limit's, and null without one.
    expect(seen.target.stack.throttledSeconds).toBeGreaterThanOrEqual(seen.throttledSeconds);
    expect(seen.target.stack.throttledSeconds).toBeLessThan(seen.throttledSeconds + 1);
    expect(seen.target.services.limited?.throttledSeconds).toBeGreaterThan(0);
    expect(seen.target.services.hundred?.throttledSeconds).toBeNull();
    expect(seen.target.services.limited?.limits.cpuCores).toBe(0.2);
  });
});
