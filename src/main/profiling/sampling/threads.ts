import { readFileSync } from "node:fs";
import { join } from "node:path";
import { childGroups, type GroupPaths } from "../envelope/index.ts";
import { isGone } from "./open-file.ts";

/** The busiest thread of a window. */
export interface BusyThread {
  service: string;
  name: string;
  hostCores: number;
}

const ticksPerSecond = 100;

/**
 * Finds the thread that was on a CPU for the longest, once a second. A quota on the group does not slow one thread, so
 * this is the only place where a loop shows that would need more than one core of the device.
 */
export class ThreadWatch {
  readonly #services: ReadonlyMap<string, () => readonly string[]>;
  /** CPU time in ms of every thread at the reading before. One that is new had none: it began inside the window. */
  #before = new Map<number, number>();
  #beforeMs: number | null = null;

  /** `services` gives, for each service, the folders whose `tasks` (v1) or `cgroup.threads` (v2) list its threads. */
  constructor(services: ReadonlyMap<string, () => readonly string[]>) {
    this.#services = services;
  }

  /** Reads all threads at the time `atMs` of any steady clock; null on the first reading and when nothing runs. */
  read(atMs: number): BusyThread | null {
    const now = new Map<number, number>();
    let busiest: { service: string; tid: number; usedMs: number } | null = null;
    for (const [service, folders] of this.#services) {
      for (const tid of folders().flatMap(readThreadIds)) {
        const totalMs = readThreadMs(tid);
        if (totalMs === null) continue;
        now.set(tid, totalMs);
        const usedMs = totalMs - (this.#before.get(tid) ?? 0);
        if (usedMs > (busiest?.usedMs ?? -1)) busiest = { service, tid, usedMs };
      }
    }
    const elapsedMs = this.#beforeMs === null ? null : atMs - this.#beforeMs;
    this.#before = now;
    this.#beforeMs = atMs;
    if (busiest === null || elapsedMs === null || elapsedMs <= 0) return null;
    const { service, tid, usedMs } = busiest;
    return { service, name: readName(tid), hostCores: Math.max(0, usedMs) / elapsedMs };
  }
}

/** The folders of a group and of every group below it, whose thread lists together are all of its threads. */
export function threadFolders(paths: GroupPaths): string[] {
  const folders: string[] = [];
  const walk = (folder: string) => {
    folders.push(folder);
    for (const child of childGroups(folder)) walk(join(folder, child));
  };
  walk(paths.memory);
  return folders;
}

function readThreadIds(folder: string): number[] {
  const text = readIfThere(join(folder, "tasks")) ?? readIfThere(join(folder, "cgroup.threads")) ?? "";
  return text
    .split("\n")
    .filter((line) => line !== "" && line !== "0")
    .map(Number);
}

/** CPU time of a thread in ms: from schedstat in ns, else from stat in ticks of 10 ms (proc(5)). */
function readThreadMs(tid: number): number | null {
  const schedstat = readIfThere(`/proc/${tid}/schedstat`);
  const onCpuNs = schedstat === null ? Number.NaN : Number(schedstat.split(" ")[0]);
  if (Number.isFinite(onCpuNs)) return onCpuNs / 1e6;
  const stat = readIfThere(`/proc/${tid}/task/${tid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? (ticks * 1000) / ticksPerSecond : null;
}

function readName(tid: number): string {
  return readIfThere(`/proc/${tid}/comm`)?.trim() ?? `thread ${tid}`;
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isGone(error) || (error instanceof Error && "code" in error && error.code === "EOPNOTSUPP")) return null;
    throw error;
  }
}
