import { join } from "node:path";
import type { CpuWait } from "../../../shared/domain/index.ts";
import { childGroups, type GroupPaths } from "../envelope/index.ts";
import { readIfThere } from "./open-file.ts";

/** The busiest thread of a window. */
export interface BusyThread {
  service: string;
  name: string;
  hostCores: number;
}

/** What the threads of all services did in a window. */
export interface ThreadReading {
  /** Null when nothing runs. */
  busiest: BusyThread | null;
  /** How long they waited for a CPU; null where the kernel does not tell. */
  wait: CpuWait | null;
}

interface ThreadTimes {
  ranMs: number;
  /** Null where only ticks are told. */
  waitedMs: number | null;
}

const ticksPerSecond = 100;

/**
 * Finds the thread that was on a CPU for the longest, once a second. A quota on the group does not slow one thread, so
 * this is the only place where a loop shows that would need more than one core of the device.
 */
export class ThreadWatch {
  readonly #services: ReadonlyMap<string, () => readonly string[]>;
  /** The times of every thread at the reading before. One that is new had none: it began inside the window. */
  #before = new Map<number, ThreadTimes>();
  #beforeAt: { atMs: number; stackSeconds: number } | null = null;

  /** `services` gives, for each service, the folders whose `tasks` (v1) or `cgroup.threads` (v2) list its threads. */
  constructor(services: ReadonlyMap<string, () => readonly string[]>) {
    this.#services = services;
  }

  /**
   * Reads all threads at the time `atMs` of any steady clock; null on the first reading. `stackSeconds` is the CPU time of the whole
   * at that time: what of it is no thread's that lives was used by threads that have ended.
   */
  read(atMs: number, stackSeconds: number): ThreadReading | null {
    const now = new Map<number, ThreadTimes>();
    let busiest: { service: string; tid: number; usedMs: number } | null = null;
    const sum = { ranMs: 0, waitedMs: 0, mostMs: 0, isKnown: true };
    for (const [service, folders] of this.#services) {
      for (const tid of folders().flatMap(readThreadIds)) {
        const times = readThreadTimes(tid);
        if (times === null) continue;
        now.set(tid, times);
        const before = this.#before.get(tid);
        const usedMs = times.ranMs - (before?.ranMs ?? 0);
        const waitedMs = times.waitedMs === null ? null : times.waitedMs - (before?.waitedMs ?? 0);
        sum.ranMs += usedMs;
        sum.waitedMs += waitedMs ?? 0;
        sum.mostMs = Math.max(sum.mostMs, usedMs + (waitedMs ?? 0));
        sum.isKnown &&= waitedMs !== null;
        if (usedMs > (busiest?.usedMs ?? -1)) busiest = { service, tid, usedMs };
      }
    }
    const before = this.#beforeAt;
    this.#before = now;
    this.#beforeAt = { atMs, stackSeconds };
    if (before === null || atMs <= before.atMs) return null;
    const elapsedMs = atMs - before.atMs;
    const stackMs = (stackSeconds - before.stackSeconds) * 1000;
    const wait = {
      waitedCores: Math.max(0, sum.waitedMs) / elapsedMs,
      missedCores: Math.max(0, stackMs - sum.ranMs) / elapsedMs,
      threadCores: sum.mostMs / elapsedMs,
    };
    return { busiest: busiest === null ? null : named(busiest, elapsedMs), wait: sum.isKnown ? wait : null };
  }
}

function named(
  { service, tid, usedMs }: { service: string; tid: number; usedMs: number },
  elapsedMs: number,
): BusyThread {
  return { service, name: readName(tid), hostCores: Math.max(0, usedMs) / elapsedMs };
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

/**
 * The times of a thread: from schedstat in ns (time on a CPU, time runnable without one; Documentation/scheduler/sched-stats.rst), else
 * CPU time alone from stat in ticks of 10 ms (proc(5)).
 */
function readThreadTimes(tid: number): ThreadTimes | null {
  const [ran = Number.NaN, waited = Number.NaN] = (readIfThere(`/proc/${tid}/schedstat`) ?? "").split(" ").map(Number);
  if (ran > 0 && Number.isFinite(waited)) return { ranMs: ran / 1e6, waitedMs: waited / 1e6 };
  const stat = readIfThere(`/proc/${tid}/task/${tid}/stat`);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? { ranMs: (ticks * 1000) / ticksPerSecond, waitedMs: null } : null;
}

function readName(tid: number): string {
  return readIfThere(`/proc/${tid}/comm`)?.trim() ?? `thread ${tid}`;
}
