/**
 * What is caught: memory spikes of 100 ms at 10 Hz and CPU bursts of 50 ms at 50 Hz by the real sampler, against `docker stats` in the
 * same run. `tsx test/bench/spikes.ts`. Needs root and the local engine with the image bayplan-lab/gateway:1.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { openLocalEngine } from "../../src/main/engines/index.ts";
import { createEnvelope } from "../../src/main/profiling/envelope/index.ts";
import { customBudget, parseBudgetText } from "../../src/main/profiling/index.ts";
import { openMeasureGroups } from "../../src/main/profiling/run/measure-groups.ts";
import { Sampler } from "../../src/main/profiling/sampling/index.ts";
import type { RunSample } from "../../src/shared/domain/index.ts";
import { DockerStats } from "../integration/truth-reference.ts";
import { docker } from "./engine-stats.ts";
import { judge, tell } from "./figures.ts";
import { composeText } from "./sampler-stack.ts";

const count = 25;
const mebibyte = 1024 * 1024;
/** What tells a spike of 64 MiB from what the program holds besides. */
const spikeOver = 48 * mebibyte;

/** Each prints a line before it begins, so that what really happened is known. */
const spikes = `
import mmap, time
for _ in range(${count}):
    time.sleep(0.9)
    print("spike", flush=True)
    m = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    for at in range(0, len(m), 4096): m[at] = 1
    time.sleep(0.1)
    m.close()
time.sleep(2)`;
/** 50 ms without a rest; one that others kept from its CPU says so, and is not counted. */
const bursts = `
import time
for _ in range(${count}):
    time.sleep(0.5)
    used, end = time.process_time(), time.monotonic() + 0.05
    while time.monotonic() < end: pass
    print("burst" if time.process_time() - used > 0.047 else "disturbed", flush=True)
time.sleep(2)`;

const engine = await openLocalEngine();
const info = await engine.info();
try {
  const memory = await watch(spikes, 100);
  const seen = edges(memory.samples.map((one) => Math.max(one.memoryBytes ?? 0, one.spikeBytes ?? 0) > spikeOver));
  tell("spikes", { made: memory.made, seen, dockerStats: edges(memory.stats.map((one) => one.bytes > spikeOver)) });
  judge("spikes", `of ${count} memory spikes of 100 ms seen, at 10 Hz`, seen, { atLeast: count });

  const cpu = await watch(bursts, 20);
  const shown = edges(coresOf(cpu.samples).map((cores) => cores >= 0.9));
  const most = Math.max(0, ...cpu.stats.map((one) => one.cores));
  tell("spikes", { made: cpu.made, shown, dockerStatsShowsAtMost: most });
  judge("spikes", "CPU bursts of 50 ms shown at 90 % or more at 50 Hz, over those made", shown / cpu.made, {
    atLeast: 0.9,
  });
} finally {
  engine.close();
}

/** Runs a program in an envelope of its own, with the sampler and `docker stats` beside it, to its end. */
async function watch(python: string, intervalMs: number) {
  const { services, remove } = await composeText(["spiky"]);
  const envelope = await createEnvelope({
    runId: `spikes-${process.pid}-${intervalMs}`,
    budget: customBudget(parseBudgetText("memory=512MiB,cpus=2")),
    services,
    host: { cpus: info.cpus, memoryBytes: info.memoryBytes, singleCoreScore: null, scoreSource: "not needed" },
    engine: info,
  });
  const stats = new DockerStats();
  let id = "";
  try {
    const groups = openMeasureGroups(envelope, ["spiky"]);
    if (groups === null) throw new Error("There are no cgroups to read.");
    const samples: RunSample[] = [];
    const startMs = performance.now();
    const sampler = new Sampler({
      target: 0,
      stack: groups.stack,
      services: groups.services,
      threadFolders: groups.threadFolders,
      pressure: groups.pressure,
      intervalMs,
      now: () => performance.now() - startMs,
      oomKills: () => 0,
      onSample: (sample) => samples.push(sample),
      onError: (error) => {
        throw error;
      },
    });
    const [service] = services;
    const parent = service === undefined ? null : envelope.place(service).cgroupParent;
    const placed = parent === null ? [] : ["--cgroup-parent", parent];
    id = docker("run", "-d", "--init", ...placed, "bayplan-lab/gateway:1", "python3", "-c", python);
    while (docker("inspect", "-f", "{{.State.Running}}", id) === "true") await sleep(500);
    sampler.stop();
    const made = docker("logs", id)
      .split("\n")
      .filter((line) => line !== "disturbed").length;
    return { samples, stats: stats.readings.filter((one) => id.startsWith(one.id)), made };
  } finally {
    await stats.stop();
    if (id !== "") docker("rm", "-f", id);
    await envelope.remove();
    remove();
  }
}

/** How often a series goes from no to yes. */
function edges(values: readonly boolean[]): number {
  return values.filter((value, at) => value && values[at - 1] !== true).length;
}

function coresOf(samples: readonly RunSample[]): number[] {
  return samples.map((sample, at) => {
    const before = samples[at - 1];
    if (before === undefined || sample.cpuSeconds === null || before.cpuSeconds === null) return 0;
    return ((sample.cpuSeconds - before.cpuSeconds) * 1000) / Math.max(1, sample.atMs - before.atMs);
  });
}
