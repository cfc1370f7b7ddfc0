import { readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../../shared/domain/index.ts";
import { childGroups } from "./child-groups.ts";
import type { CgroupMounts } from "./mounts.ts";

const patienceMs = 5_000;

/**
 * Removes the cgroup `name` and all below it from every hierarchy, and kills what still runs in it. An engine makes its
 * groups in all of them and leaves the parents behind, so they are taken away too. Gone already is fine. Throws
 * `timed-out` when the kernel still holds it after 5 s.
 */
export async function removeGroup(mounts: CgroupMounts, name: string): Promise<void> {
  const deadlineMs = Date.now() + patienceMs;
  for (const mount of mounts.all) {
    for (;;) {
      const left = tryRemove(join(mount, name));
      if (left === null) break;
      if (Date.now() > deadlineMs) {
        throw new AppError("timed-out", `The cgroup ${left} could not be removed.`, {
          hint: "Look in its cgroup.procs for what still runs there; the next start of Bayplan tries again.",
        });
      }
      await sleep(20);
    }
  }
}

/** Children first. Null when all is gone, else the folder that the kernel keeps. */
function tryRemove(folder: string): string | null {
  let left: string | null = null;
  for (const child of childGroups(folder)) left = tryRemove(join(folder, child)) ?? left;
  if (left !== null) return left;
  killAll(folder);
  try {
    rmdirSync(folder);
    return null;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    if (codeOf(error) === "EBUSY" || codeOf(error) === "ENOTEMPTY") return folder;
    throw error;
  }
}

function killAll(folder: string): void {
  for (const pid of readPids(folder)) {
    // 0 is a process outside this pid namespace: it has no number here and cannot be ours.
    if (pid <= 0) continue;
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if (codeOf(error) !== "ESRCH") throw error;
    }
  }
}

function readPids(folder: string): number[] {
  try {
    return readFileSync(join(folder, "cgroup.procs"), "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map(Number);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENODEV" || codeOf(error) === "EOPNOTSUPP") return [];
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : null;
}
