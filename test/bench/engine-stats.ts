/** What the engine's own stats cost, for the benchmarks of both samplers. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

export interface SamplingCost {
  hertz: number;
  samples: number;
  /** CPU milliseconds for one container, once. */
  msPerSample: number;
}

/** CPU of the engine, its containerd, the shims and this process while the stats of every container stream. */
export async function measureStats(socket: string, ids: readonly string[], seconds: number): Promise<SamplingCost> {
  const pids = enginePids(ids);
  const idleBefore = cpuMsOf(pids);
  await sleep((seconds * 1000) / 3);
  const idleMs = (cpuMsOf(pids) - idleBefore) * 3;
  let samples = 0;
  const before = cpuMsOf(pids);
  const responses: IncomingMessage[] = [];
  const ownMs = await ownCpuMs(async () => {
    for (const id of ids) responses.push(await openStats(socket, id, () => (samples += 1)));
    await sleep(seconds * 1000);
    for (const response of responses) response.destroy();
  });
  const engineMs = cpuMsOf(pids) - before - idleMs;
  return { hertz: samples / ids.length / seconds, samples, msPerSample: (engineMs + ownMs) / samples };
}

function openStats(socket: string, id: string, onSample: () => void): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ socketPath: socket, path: `/containers/${id}/stats?stream=true` }, (response) => {
      // One JSON object a line; a chunk is at most one of them here.
      response.on("data", (chunk: Buffer) => {
        if (chunk.includes(10)) onSample();
      });
      response.on("error", () => response.destroy());
      resolve(response);
    }).on("error", reject);
  });
}

/** The CPU that this process uses meanwhile. */
export async function ownCpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The engine on this machine's own mounts (devices of the lab have theirs), its children, and the containers' shims. */
function enginePids(ids: readonly string[]): number[] {
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

/** The CPU that these processes have used, in milliseconds. */
export function cpuMsOf(pids: readonly number[]): number {
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

/** The docker client on the local engine. */
export function docker(...args: string[]): string {
  return execFileSync("docker", args, { encoding: "utf8" }).trim();
}
