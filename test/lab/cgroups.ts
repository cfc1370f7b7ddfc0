/** The cgroup that holds a whole device: its limits, its counters, its end. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rmdir, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { basename, join } from "node:path";
import { visibleCores } from "./device-plan.ts";
import { OWNER } from "./names.ts";
import { sleep } from "./run.ts";

const ROOT = "/sys/fs/cgroup";
const PERIOD_US = 100_000;

/** The lab is built on the v1 controllers; a machine with the unified hierarchy alone cannot carry it. */
export function checkCgroups(): void {
  if (existsSync(join(ROOT, "memory", "memory.limit_in_bytes"))) return;
  throw new Error(
    "The lab needs the cgroup v1 memory and cpu controllers under /sys/fs/cgroup, which this machine does not mount " +
      "(boot it with systemd.unified_cgroup_hierarchy=0).",
  );
}

/**
 * The v1 hierarchies mounted here, each given once ("cpu,cpuacct" may be one mount with two names), the named one of an
 * init system included: containerd reads no counters when a hierarchy its containers are in is not mounted.
 */
export function hierarchies(): string[] {
  const found: string[] = [];
  for (const line of readFileSync("/proc/self/mounts", "utf8").split("\n")) {
    const [, target, type] = line.split(" ");
    if (type !== "cgroup" || target === undefined || !target.startsWith(`${ROOT}/`)) continue;
    if (!found.includes(target)) found.push(target);
  }
  return found;
}

/** Mount options that give the v1 hierarchy mounted at a path. */
export function hierarchyOptions(target: string): string {
  for (const line of readFileSync("/proc/self/mounts", "utf8").split("\n")) {
    const [, at, , options] = line.split(" ");
    if (at !== target || options === undefined) continue;
    const named = options.split(",").find((one) => one.startsWith("name="));
    return named === undefined ? basename(target) : `none,${named}`;
  }
  return basename(target);
}

export function cgroupPath(index: number): string {
  return `${OWNER}/device-${index}`;
}

function controllerFile(controller: string, index: number, file: string): string {
  return join(ROOT, controller, cgroupPath(index), file);
}

export async function makeCgroups(index: number, memoryBytes: number, cpuCores: number): Promise<void> {
  const cores = Math.min(visibleCores(cpuCores), cpus().length);
  const first = cores === 1 ? index % cpus().length : 0;
  const cpuset = cores === 1 ? `${first}` : `0-${cores - 1}`;
  for (const hierarchy of hierarchies()) {
    const parent = join(hierarchy, OWNER);
    const own = join(hierarchy, cgroupPath(index));
    await mkdir(parent, { recursive: true });
    if (existsSync(join(parent, "cpuset.cpus"))) {
      for (const file of ["cpuset.cpus", "cpuset.mems"]) {
        await writeFile(join(parent, file), readFileSync(join(hierarchy, file)));
      }
    }
    await mkdir(own, { recursive: true });
    if (existsSync(join(own, "cpuset.cpus"))) {
      await writeFile(join(own, "cpuset.cpus"), cpuset);
      await writeFile(join(own, "cpuset.mems"), readFileSync(join(parent, "cpuset.mems")));
    }
  }
  await writeFile(controllerFile("memory", index, "memory.limit_in_bytes"), String(memoryBytes));
  const withSwap = controllerFile("memory", index, "memory.memsw.limit_in_bytes");
  if (existsSync(withSwap)) await writeFile(withSwap, String(memoryBytes));
}

/** Set once the device has started: starting three engines at a fraction of a core each would take long. */
export async function limitCpu(index: number, cpuCores: number): Promise<void> {
  const quota = Math.round(PERIOD_US * cpuCores);
  await writeFile(controllerFile("cpu", index, "cpu.cfs_period_us"), String(PERIOD_US));
  await writeFile(controllerFile("cpu", index, "cpu.cfs_quota_us"), String(quota));
}

/** The files into which a process writes its pid to become part of the device. */
export function procsFiles(index: number): string[] {
  return hierarchies().map((hierarchy) => join(hierarchy, cgroupPath(index), "cgroup.procs"));
}

function pidsBelow(folder: string): number[] {
  const own = readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
  const children = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...own, ...children.flatMap((entry) => pidsBelow(join(folder, entry.name)))];
}

/** Every process of a device, those of its containers included, as this machine numbers them. */
export function devicePids(index: number): number[] {
  return cgroupFolders().flatMap((folder) => pidsBelow(join(folder, `device-${index}`)));
}

/** Every process of every device. */
export function allDevicePids(): number[] {
  return cgroupFolders().flatMap(pidsBelow);
}

export interface DeviceCounters {
  memoryUsedBytes: number;
  pageCacheBytes: number;
  anonymousBytes: number;
  userNs: number;
  systemNs: number;
}

function keyed(path: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [key, value] = line.split(" ");
    if (key !== undefined && value !== undefined) found.set(key, Number(value));
  }
  return found;
}

export function readCounters(index: number): DeviceCounters {
  const number = (controller: string, file: string): number =>
    Number(readFileSync(controllerFile(controller, index, file), "utf8"));
  const memory = keyed(controllerFile("memory", index, "memory.stat"));
  return {
    memoryUsedBytes: number("memory", "memory.usage_in_bytes"),
    pageCacheBytes: memory.get("total_cache") ?? 0,
    anonymousBytes: memory.get("total_rss") ?? 0,
    userNs: number("cpuacct", "cpuacct.usage_user"),
    systemNs: number("cpuacct", "cpuacct.usage_sys"),
  };
}

async function removeTree(path: string): Promise<void> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(path, entry.name));
  for (let attempt = 0; existsSync(path); attempt++) {
    try {
      await rmdir(path);
    } catch (error) {
      if (attempt === 60) throw error;
      await sleep(50);
    }
  }
}

/** Removes every cgroup of the lab; its processes must have ended. */
export async function removeCgroups(): Promise<void> {
  for (const hierarchy of hierarchies()) await removeTree(join(hierarchy, OWNER));
}

/** The lab's folder in one hierarchy; every process of a device is in each of them. */
function cgroupFolders(): string[] {
  const folders = hierarchies().map((hierarchy) => join(hierarchy, OWNER));
  return folders.filter((folder) => existsSync(folder)).slice(0, 1);
}

export async function leftoverCgroups(): Promise<string[]> {
  const found: string[] = [];
  for (const hierarchy of hierarchies()) {
    for (const name of await readdir(hierarchy)) if (name.startsWith(OWNER)) found.push(join(hierarchy, name));
  }
  return found;
}
