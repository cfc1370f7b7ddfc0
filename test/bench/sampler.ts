/**
 * What sampling costs: CPU per container-sample of the real sampler at 10 Hz, threads and host load included, against
 * the engine's stats stream (one connection a container) in the same run. `tsx test/bench/sampler.ts [containers] [seconds]`
 * Needs root and the local engine with the image bayplan-lab/busybox:1. Fails when the ratio is worse than the goal.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { openLocalEngine } from "../../src/main/engines/index.ts";
import { createEnvelope } from "../../src/main/profiling/envelope/index.ts";
import { customBudget, parseBudgetText } from "../../src/main/profiling/index.ts";
import { openMeasureGroups } from "../../src/main/profiling/run/measure-groups.ts";
import { Sampler } from "../../src/main/profiling/sampling/index.ts";
import { docker, measureStats, ownCpuMs } from "./engine-stats.ts";
import { judge, tell } from "./figures.ts";
import { composeText, serviceNames } from "./sampler-stack.ts";

const goal = 1 / 30;
const containers = Number(process.argv[2] ?? 10);
const seconds = Number(process.argv[3] ?? 15);
const names = serviceNames(containers);
const engine = await openLocalEngine();
const info = await engine.info();
const { services, remove: removeFile } = await composeText(names);
const envelope = await createEnvelope({
  runId: `bench-${process.pid}`,
  budget: customBudget(parseBudgetText("memory=1GiB,cpus=1")),
  services,
  host: { cpus: info.cpus, memoryBytes: info.memoryBytes, singleCoreScore: null, scoreSource: "not needed" },
  engine: info,
});
const ids: string[] = [];
try {
  for (const service of services) {
    const { cgroupParent } = envelope.place(service);
    const parent = cgroupParent === null ? [] : ["--cgroup-parent", cgroupParent];
    ids.push(docker("run", "-d", "--init", ...parent, "bayplan-lab/busybox:1", "sleep", "1000"));
  }
  const ours = await measureSampler();
  const stats = await measureStats(info.socket, ids, seconds);
  const ratio = ours.msPerSample / stats.msPerSample;
  tell("sampler", { containers, seconds, ours, stats, ratio });
  judge("sampler", `own CPU over docker stats, ${containers} containers`, ratio, { atMost: goal });
} finally {
  if (ids.length > 0) docker("rm", "-f", ...ids);
  await envelope.remove();
  removeFile();
  engine.close();
}

/** CPU of this process while the sampler runs, less what it uses without. */
async function measureSampler() {
  const idleMs = await ownCpuMs(() => sleep((seconds * 1000) / 3));
  const groups = openMeasureGroups(envelope, names);
  if (groups === null) throw new Error("There are no cgroups to read.");
  let samples = 0;
  let failure: unknown = null;
  let elapsedMs = 0;
  const startMs = performance.now();
  const usedMs = await ownCpuMs(async () => {
    const sampler = new Sampler({
      target: 0,
      stack: groups.stack,
      services: groups.services,
      threadFolders: groups.threadFolders,
      pressure: () => null,
      intervalMs: 100,
      now: () => performance.now() - startMs,
      oomKills: () => 0,
      onSample: (sample) => {
        samples += Object.keys(sample.services).length;
      },
      onError: (error) => {
        failure = error;
      },
    });
    await sleep(seconds * 1000);
    elapsedMs = performance.now() - startMs;
    sampler.stop();
  });
  if (failure !== null) throw failure;
  const hertz = (samples * 1000) / containers / elapsedMs;
  return { hertz, samples, msPerSample: (usedMs - idleMs * 3) / samples };
}
