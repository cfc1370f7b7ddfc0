/** What /proc/meminfo and /proc/stat of a device say, made from the counters of its cgroup. */
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import type { DeviceCounters } from "./cgroups.ts";

export interface DeviceSize {
  memoryBytes: number;
  cpuCores: number;
  cores: number;
}

export function meminfoText(size: DeviceSize, counters: DeviceCounters): string {
  const used = Math.min(counters.memoryUsedBytes, size.memoryBytes);
  const cached = Math.min(counters.pageCacheBytes, used);
  const free = size.memoryBytes - used;
  const rows: [string, number][] = [
    ["MemTotal", size.memoryBytes],
    ["MemFree", free],
    ["MemAvailable", free + cached],
    ["Buffers", 0],
    ["Cached", cached],
    ["SwapCached", 0],
    ["Active", counters.anonymousBytes],
    ["Inactive", cached],
    ["SwapTotal", 0],
    ["SwapFree", 0],
    ["Dirty", 0],
    ["AnonPages", counters.anonymousBytes],
    ["Slab", Math.max(0, used - cached - counters.anonymousBytes)],
    ["SReclaimable", 0],
  ];
  return rows.map(([name, bytes]) => `${`${name}:`.padEnd(16)}${kib(bytes).padStart(8)} kB\n`).join("");
}

function kib(bytes: number): string {
  return String(Math.floor(bytes / 1024));
}

export interface HostTimes {
  btime: string;
  ctxt: string;
  processes: string;
}

const NS_PER_TICK = 10_000_000;

/**
 * The CPU time of a device since it was made. A device with half a core shows one core whose clock ticks half as often:
 * under full load it is 100% busy, and its busy ticks are still the ones its cgroup was charged. No column ever shrinks,
 * also not when a start or a burst uses more than the share.
 */
export class CpuClock {
  private idleTicks = 0;
  private lastMs: number | undefined;
  private lastUsedNs = 0;

  constructor(private readonly size: DeviceSize) {}

  /** The text of /proc/stat at a moment, given in milliseconds. */
  text(nowMs: number, counters: DeviceCounters, host: HostTimes): string {
    const usedNs = counters.userNs + counters.systemNs;
    if (this.lastMs !== undefined) {
      const given = ((nowMs - this.lastMs) / 10) * this.size.cpuCores;
      this.idleTicks += Math.max(0, given - (usedNs - this.lastUsedNs) / NS_PER_TICK);
    }
    this.lastMs = nowMs;
    this.lastUsedNs = usedNs;
    const { cores } = this.size;
    const line = (name: string, share: number): string => {
      const column = (ticks: number) => Math.floor(ticks / share);
      const user = column(counters.userNs / NS_PER_TICK);
      const system = column(counters.systemNs / NS_PER_TICK);
      return `${name} ${user} 0 ${system} ${column(this.idleTicks)} 0 0 0 0 0 0\n`;
    };
    let text = line("cpu ", 1);
    for (let core = 0; core < cores; core++) text += line(`cpu${core}`, cores);
    text += `intr 0\nctxt ${host.ctxt}\nbtime ${host.btime}\nprocesses ${host.processes}\n`;
    return `${text}procs_running 1\nprocs_blocked 0\nsoftirq 0 0 0 0 0 0 0 0 0 0 0\n`;
  }
}

/** In place, so that what is bound to the file stays bound; one write, so that a reader meets no half of it. */
export function overwrite(path: string, text: string): void {
  const file = openSync(path, "r+");
  try {
    const content = Buffer.from(text);
    writeSync(file, content, 0, content.length, 0);
    ftruncateSync(file, content.length);
  } finally {
    closeSync(file);
  }
}
