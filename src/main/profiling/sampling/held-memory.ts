import { readlinkSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { isGone, readIfThere } from "./open-file.ts";

/**
 * The most memory that the processes of some cgroup folders hold and the kernel cannot drop, by their own account, in bytes:
 * anonymous and shared pages (`/proc/PID/status`), what is swapped out, and all files of the tmpfs mounts that they see. What
 * several share counts for each, so it is an upper bound. Null when a process is out of sight.
 */
export function readHeldBytes(folders: readonly string[]): number | null {
  let bytes = 0;
  const tmpfs = new Map<string, number>();
  const namespaces = new Set<string>();
  for (const pid of folders.flatMap(processIds)) {
    // A process outside this pid namespace has no number here.
    if (pid === 0) return null;
    const status = readIfThere(`/proc/${pid}/status`);
    if (status === null) continue;
    bytes += heldBytesOf(status);
    const namespace = linkIfThere(`/proc/${pid}/ns/mnt`);
    if (namespace === null || namespaces.has(namespace)) continue;
    namespaces.add(namespace);
    for (const { device, folder } of tmpfsMounts(readIfThere(`/proc/${pid}/mountinfo`) ?? "")) {
      if (!tmpfs.has(device)) tmpfs.set(device, usedBytesOf(join(`/proc/${pid}/root`, folder)));
    }
  }
  return [...tmpfs.values()].reduce((sum, used) => sum + used, bytes);
}

/** Anonymous, shared and swapped memory of one process, in bytes, from `/proc/PID/status` (proc(5)). */
export function heldBytesOf(status: string): number {
  let kibibytes = 0;
  for (const [, value] of status.matchAll(/^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$/gm)) kibibytes += Number(value);
  return kibibytes * 1024;
}

/** The tmpfs mounts of a `/proc/PID/mountinfo`: the device tells two mounts of one file system. */
export function tmpfsMounts(mountInfo: string): { device: string; folder: string }[] {
  return mountInfo.split("\n").flatMap((line) => {
    const [before, after] = line.split(" - ");
    const [, , device, , folder] = before?.split(" ") ?? [];
    if (after?.split(" ")[0] !== "tmpfs" || device === undefined || folder === undefined) return [];
    return [{ device, folder: folder.replaceAll("\\040", " ") }];
  });
}

function usedBytesOf(folder: string): number {
  try {
    const { blocks, bfree, bsize } = statfsSync(folder);
    return (blocks - bfree) * bsize;
  } catch (error) {
    if (isGone(error) || isDenied(error)) return 0;
    throw error;
  }
}

function processIds(folder: string): number[] {
  const text = readIfThere(join(folder, "cgroup.procs")) ?? "";
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map(Number);
}

function linkIfThere(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (isGone(error) || isDenied(error)) return null;
    throw error;
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "EACCES" || error.code === "EPERM");
}
