import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Envelope } from "../../../shared/domain/index.ts";
import type { GroupPaths } from "./group-paths.ts";

const v2Controllers = ["cpu", "cpuset", "memory", "pids"];

/** Makes a cgroup in each controller that is measured or limited. Its parent must exist. */
export async function makeGroup(paths: GroupPaths): Promise<void> {
  if (paths.version === 2) {
    handDownControllers(dirname(paths.memory));
    await mkdir(paths.memory);
    handDownControllers(paths.memory);
    return;
  }
  // `cpu` and `cpuacct` are one mount on most machines, and two on some.
  const folders = new Set([paths.memory, paths.cpu, paths.cpuacct, ...(paths.cpuset === null ? [] : [paths.cpuset])]);
  for (const folder of folders) await mkdir(folder);
  if (existsSync(join(paths.memory, "memory.use_hierarchy"))) {
    const file = join(paths.memory, "memory.use_hierarchy");
    // Always 1 on kernels since 5.11, where writing even the same value may be refused.
    if (readFileSync(file, "utf8").trim() !== "1") writeFileSync(file, "1");
  }
  // A v1 cpuset starts empty, and an empty one takes no process.
  if (paths.cpuset !== null) {
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      writeFileSync(join(paths.cpuset, file), readFileSync(join(dirname(paths.cpuset), file), "utf8").trim());
    }
  }
}

/** v2: children only have the controllers that their parent hands down. */
function handDownControllers(folder: string): void {
  const offered = readFileSync(join(folder, "cgroup.controllers"), "utf8").trim().split(/\s+/);
  const wanted = v2Controllers.filter((name) => offered.includes(name)).map((name) => `+${name}`);
  if (wanted.length > 0) writeFileSync(join(folder, "cgroup.subtree_control"), wanted.join(" "));
}

/** Writes the limits; what the kernel has no file for is added to `missing`. */
export function writeLimits(paths: GroupPaths, limits: Envelope["limits"], missing: string[]): void {
  if (paths.version === 1) writeLimitsV1(paths, limits, missing);
  else writeLimitsV2(paths, limits, missing);
}

function writeLimitsV1(paths: GroupPaths, limits: Envelope["limits"], missing: string[]): void {
  if (limits.memoryBytes !== null) {
    writeFileSync(join(paths.memory, "memory.limit_in_bytes"), String(limits.memoryBytes));
    if (limits.swapBytes !== null) {
      writeIfThere(
        join(paths.memory, "memory.memsw.limit_in_bytes"),
        String(limits.memoryBytes + limits.swapBytes),
        "swap limit: this kernel does not account for swap",
        missing,
      );
    }
  }
  if (limits.cpuQuotaCores !== null && limits.cpuPeriodUs !== null) {
    writeFileSync(join(paths.cpu, "cpu.cfs_period_us"), String(limits.cpuPeriodUs));
    writeFileSync(join(paths.cpu, "cpu.cfs_quota_us"), String(quotaUs(limits.cpuQuotaCores, limits.cpuPeriodUs)));
  }
  if (limits.cpuset !== null && paths.cpuset !== null) {
    writeFileSync(join(paths.cpuset, "cpuset.cpus"), limits.cpuset);
  }
}

function writeLimitsV2(paths: GroupPaths, limits: Envelope["limits"], missing: string[]): void {
  if (limits.memoryBytes !== null) {
    writeFileSync(join(paths.memory, "memory.max"), String(limits.memoryBytes));
    if (limits.swapBytes !== null) {
      writeIfThere(
        join(paths.memory, "memory.swap.max"),
        String(limits.swapBytes),
        "swap limit: this kernel has no swap controller",
        missing,
      );
    }
  }
  if (limits.cpuQuotaCores !== null && limits.cpuPeriodUs !== null) {
    const quota = quotaUs(limits.cpuQuotaCores, limits.cpuPeriodUs);
    writeFileSync(join(paths.cpu, "cpu.max"), `${quota} ${limits.cpuPeriodUs}`);
  }
  if (limits.cpuset !== null) writeFileSync(join(paths.memory, "cpuset.cpus"), limits.cpuset);
}

function quotaUs(cores: number, periodUs: number): number {
  return Math.max(1000, Math.round(cores * periodUs));
}

function writeIfThere(file: string, text: string, otherwise: string, missing: string[]): void {
  if (existsSync(file)) writeFileSync(file, text);
  else missing.push(otherwise);
}
