import { AppError } from "../../../shared/domain/index.ts";
import {
  type MemorySplit,
  parseCounter,
  parseCpuacctUsageV1,
  parseLimitV1,
  parseLimitV2,
  parseQuotaCoresV1,
  parseQuotaCoresV2,
  splitMemoryV1,
  splitMemoryV2,
} from "../cgroup/index.ts";

/** One container as the device's counters have it; null is "could not be read". */
export interface RawContainer {
  cpuSeconds: number | null;
  cpuLimitCores: number | null;
  memory: MemorySplit | null;
  /** What the memory was read from: the cgroup's own counters, or the container's processes where those are off. */
  memorySource: "cgroup" | "rss";
  memoryLimitBytes: number | null;
}

/** One answer of the sampler: levels and counters, no differences yet. */
export interface RawReading {
  tick: number;
  /** Seconds since the device started, in steps of 10 ms. */
  uptimeSeconds: number;
  memoryTotalBytes: number;
  memoryAvailableBytes: number;
  /** CPU time of all CPUs since the start, in jiffies: all of it, and what was not idle. */
  totalJiffies: number;
  busyJiffies: number;
  containers: Map<string, RawContainer>;
}

export interface SamplerHeader {
  cgroupVersion: 1 | 2;
  cpus: number;
}

/** Reads the sampler's first line. Throws `engine-failed`, as everything here does: garbage is an error, never a zero. */
export function parseHeader(line: string): SamplerHeader {
  const match = /^h ([12]) ([1-9]\d*)$/.exec(line);
  if (match === null) throw garbage(line);
  return { cgroupVersion: match[1] === "2" ? 2 : 1, cpus: Number(match[2]) };
}

/** Reads the lines of one reading, from `t` to the one before `e`. */
export function parseReply(lines: readonly string[], version: 1 | 2): RawReading {
  const [tickLine = "", memoryLine = "", cpuLine = "", ...containerLines] = lines;
  const tick = /^t (\d+) (\d+\.\d+)$/.exec(tickLine);
  const memory = /^m (\d+) (\d+)$/.exec(memoryLine);
  const cpu = /^c ((?:\d+ ){3,}\d+)$/.exec(cpuLine.trimEnd());
  if (tick === null) throw garbage(tickLine);
  if (memory === null) throw garbage(memoryLine);
  if (cpu === null) throw garbage(cpuLine);
  // user nice system idle iowait irq softirq steal; guest time, behind them, is part of user already (proc(5)).
  const jiffies = (cpu[1] ?? "").split(" ").slice(0, 8).map(Number);
  const totalJiffies = jiffies.reduce((sum, value) => sum + value, 0);
  const containers = new Map<string, RawContainer>();
  for (const line of containerLines) {
    const [id, container] = parseContainer(line, version);
    if (containers.has(id)) throw garbage(line);
    containers.set(id, container);
  }
  return {
    tick: Number(tick[1]),
    uptimeSeconds: Number(tick[2]),
    memoryTotalBytes: Number(memory[1]) * 1024,
    memoryAvailableBytes: Number(memory[2]) * 1024,
    totalJiffies,
    busyJiffies: totalJiffies - (jiffies[3] ?? 0) - (jiffies[4] ?? 0),
    containers,
  };
}

function parseContainer(line: string, version: 1 | 2): [string, RawContainer] {
  const [kind, id = "", ...tokens] = line.split(" ");
  if (kind !== "k" || !/^[0-9a-f]{64}$/.test(id)) throw garbage(line);
  const values = new Map<string, string>();
  for (const token of tokens) {
    const at = token.indexOf("=");
    if (at < 1 || at === token.length - 1) throw garbage(line);
    values.set(token.slice(0, at), token.slice(at + 1));
  }
  return [id, version === 1 ? containerV1(values) : containerV2(values)];
}

/** A value that was read; null for `-` and for what the kernel does not have. */
function known(values: ReadonlyMap<string, string>, key: string): string | null {
  const value = values.get(key);
  return value === undefined || value === "-" ? null : value;
}

/** The counters that a memory.stat has: their names hold no dot, as those of the other files do. */
function statPairs(values: ReadonlyMap<string, string>): Map<string, number> {
  const pairs = new Map<string, number>();
  for (const [key, value] of values) {
    if (value !== "-" && !key.includes(".")) pairs.set(key, parseCounter(value, key));
  }
  return pairs;
}

function containerV1(values: ReadonlyMap<string, string>): RawContainer {
  const usage = known(values, "cpuacct.usage");
  const quota = known(values, "cpu.cfs_quota_us");
  const period = known(values, "cpu.cfs_period_us");
  const limit = known(values, "memory.limit_in_bytes");
  const kernel = known(values, "memory.kmem.usage_in_bytes");
  const kernelBytes = kernel === null ? null : parseCounter(kernel, "memory.kmem.usage_in_bytes");
  return {
    cpuSeconds: usage === null ? null : parseCpuacctUsageV1(usage),
    cpuLimitCores: quota === null || period === null ? null : parseQuotaCoresV1(quota, period),
    ...memoryOf(values, "total_rss", () => splitMemoryV1(statPairs(values), kernelBytes)),
    memoryLimitBytes: limit === null ? null : parseLimitV1(limit),
  };
}

function containerV2(values: ReadonlyMap<string, string>): RawContainer {
  const usage = known(values, "usage_usec");
  const quota = known(values, "cpu.max");
  const limit = known(values, "memory.max");
  return {
    cpuSeconds: usage === null ? null : parseCounter(usage, "cpu.stat") / 1e6,
    cpuLimitCores: quota === null || quota === "-/-" ? null : parseQuotaCoresV2(quota.replace("/", " ")),
    ...memoryOf(values, "anon", () => splitMemoryV2(statPairs(values))),
    memoryLimitBytes: limit === null ? null : parseLimitV2(limit),
  };
}

/** The cgroup's own figures when it has the key, else what its processes say, else nothing. */
function memoryOf(
  values: ReadonlyMap<string, string>,
  key: string,
  ofCgroup: () => MemorySplit,
): Pick<RawContainer, "memory" | "memorySource"> {
  if (known(values, key) !== null) return { memory: ofCgroup(), memorySource: "cgroup" };
  if (known(values, "pss_anon") === null) return { memory: null, memorySource: "cgroup" };
  const bytes = (name: string): number => parseCounter(known(values, name) ?? "0", name) * 1024;
  const shmemBytes = bytes("pss_shmem");
  return {
    memory: {
      anonBytes: bytes("pss_anon") + bytes("rss"),
      shmemBytes,
      kernelBytes: 0,
      fileBytes: bytes("pss_file") + shmemBytes,
    },
    memorySource: "rss",
  };
}

function garbage(line: string): AppError {
  return new AppError(
    "engine-failed",
    `The device's sampler says what cannot be read: ${JSON.stringify(line.slice(0, 120))}.`,
  );
}
