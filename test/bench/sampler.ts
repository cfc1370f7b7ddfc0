/**
 * What sampling costs: CPU per container-sample of the real sampler at 10 Hz, threads and host load included, against
 * the engine's stats stream (one connection a container) in the same run. `tsx test/bench/sampler.ts [containers] [seconds]`
 * Needs root and the local engine with the image bayplan-lab/busybox:1. Fails when the ratio is worse than the goal.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { openLocalEngine } from "../../src/main/engines/index.ts";
import { createEnvelope } from "../../src/main/profiling/envelope/index.ts";
import { customBudget, parseBudgetText } from "../../src/main/profiling/index.ts";
import { openMeasureGroups } from "../../src/main/profiling/run/measure-groups.ts";
import { Sampler } from "../../src/main/profiling/sampling/index.ts";
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
  const stats = await measureStats();
  const ratio = ours.msPerSample / stats.msPerSample;
  process.stdout.write(`${JSON.stringify({ bench: "sampler", containers, seconds, ours, stats, ratio, goal })}\n`);
  if (!(ratio <= goal)) process.exitCode = 1;
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

/** CPU of the engine, its containerd, the shims and this process while the stats of every container stream. */
async function measureStats() {
  const pids = enginePids();
  const idleBefore = cpuMsOf(pids);
  await sleep((seconds * 1000) / 3);
  const idleMs = (cpuMsOf(pids) - idleBefore) * 3;
  let samples = 0;
  const before = cpuMsOf(pids);
  const responses: IncomingMessage[] = [];
  const ownMs = await ownCpuMs(async () => {
    for (const id of ids) responses.push(await openStats(id, () => (samples += 1)));
    await sleep(seconds * 1000);
    for (const response of responses) response.destroy();
  });
  const engineMs = cpuMsOf(pids) - before - idleMs;
  return { hertz: samples / containers / seconds, samples, msPerSample: (engineMs + ownMs) / samples };
}

function openStats(id: string, onSample: () => void): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ socketPath: info.socket, path: `/containers/${id}/stats?stream=true` }, (response) => {
      // One JSON object a line; a chunk is at most one of them here.
      response.on("data", (chunk: Buffer) => {
        if (chunk.includes(10)) onSample();
      });
      response.on("error", () => response.destroy());
      resolve(response);
    }).on("error", reject);
  });
}

async function ownCpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The engine on this machine's own mounts (devices of the lab have theirs), its children, and the containers' shims. */
function enginePids(): number[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const own = readlinkSync("/proc/self/ns/mnt");
  const engines = all.filter((pid) => nameOf(pid) === "dockerd" && linkOf(`/proc/${pid}/ns/mnt`) === own);
  const children = all.filter((pid) => engines.includes(parentOf(pid)));
  const shims = docker("inspect", "-f", "{{.State.Pid}}", ...ids)
    .split("\n")
    .map((pid) => parentOf(Number(pid)));
  return [...engines, ...children, ...new Set(shims)];
}

function cpuMsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + threadsMs(pid), 0);
}

function threadsMs(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce(
    (sum, tid) => sum + Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, "utf8").split(" ")[0]) / 1e6,
    0,
  );
}

function nameOf(pid: number): string {
  return statOf(pid).name;
}

function parentOf(pid: number): number {
  return statOf(pid).parent;
}

function statOf(pid: number): { name: string; parent: number } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = stat.lastIndexOf(")");
    return { name: stat.slice(stat.indexOf("(") + 1, end), parent: Number(stat.slice(end + 2).split(" ")[1]) };
  } catch {
    // It ended since /proc was listed.
    return { name: "", parent: -1 };
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function docker(...args: string[]): string {
  return execFileSync("docker", args, { encoding: "utf8" }).trim();
}
