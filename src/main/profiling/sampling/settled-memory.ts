import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseCounter } from "../../engines/index.ts";
import type { GroupPaths } from "../envelope/index.ts";
import { readHeldBytes } from "./held-memory.ts";
import { type OpenFile, openIfThere } from "./open-file.ts";
import { threadFolders } from "./threads.ts";

/** The parts of a group's memory by the kernel's statistics, in bytes. */
export interface MemoryParts {
  /** What counts, kernel memory included. */
  memoryBytes: number;
  /** Of what counts: memory of the kernel itself, which no process shows. */
  kernelBytes: number;
  cacheBytes: number;
  /** What the group is charged for besides, and the kernel gives back: reclaimable slab. */
  otherBytes: number;
}

export interface SettledMemory {
  memoryBytes: number;
  cacheBytes: number;
  /** True when the kernel's figures did not add up and the processes were asked. */
  fromProcesses: boolean;
}

const mebibyte = 1024 * 1024;
/** What the kernel may keep back for each CPU: 64 pages of a charge, and as many of a statistic (mm/memcontrol.c). */
const perCpuBytes = 2 * 64 * 4096;

/**
 * Tells need from cache where a group is charged for more than its statistics explain: a kernel may leave out what one CPU has
 * counted until that CPU counts again (seen with 6.18: usage 63 MiB, `memory.stat` none of it, for as long as the processes
 * slept). What the processes hold at most is need; the rest is cache. `heldBytes` null: nobody can tell. Pure.
 */
export function settleMemory(
  parts: MemoryParts,
  usageBytes: number,
  heldBytes: number | null,
  toleranceBytes: number,
): SettledMemory {
  const { memoryBytes, kernelBytes, cacheBytes, otherBytes } = parts;
  const known = { memoryBytes, cacheBytes, fromProcesses: false };
  const explained = memoryBytes + cacheBytes + otherBytes;
  if (heldBytes === null || usageBytes - explained <= toleranceBytes) return known;
  const most = usageBytes - cacheBytes - otherBytes;
  const need = Math.max(memoryBytes, Math.min(most, heldBytes + kernelBytes));
  return { memoryBytes: need, cacheBytes: usageBytes - otherBytes - need, fromProcesses: true };
}

/** The second source of one group: asked only when the kernel's figures do not add up, so it costs nothing else. */
export class SecondSource {
  readonly #paths: GroupPaths;
  readonly #usage: OpenFile | null;
  readonly #toleranceBytes = 4 * mebibyte + availableParallelism() * perCpuBytes;

  constructor(paths: GroupPaths) {
    this.#paths = paths;
    this.#usage = openIfThere(join(paths.memory, paths.version === 1 ? "memory.usage_in_bytes" : "memory.current"));
  }

  /**
   * `peakBytes`, the highest usage since the reading before, is never below the usage now: when it is explained, all is.
   * The usage is read on both sides of the processes and the lower one counts, so that what comes or goes meanwhile is not
   * taken for cache. `again` reads the parts once more.
   */
  settle(parts: MemoryParts, peakBytes: number | null, again: () => MemoryParts | null): SettledMemory {
    const known = { memoryBytes: parts.memoryBytes, cacheBytes: parts.cacheBytes, fromProcesses: false };
    if (peakBytes === null || this.#isExplained(parts, peakBytes)) return known;
    const before = this.#readUsage();
    if (before === null || this.#isExplained(parts, before)) return known;
    const held = readHeldBytes(threadFolders(this.#paths));
    const after = this.#readUsage();
    const latest = again();
    if (after === null || latest === null) return known;
    return settleMemory(latest, Math.min(before, after), held, this.#toleranceBytes);
  }

  close(): void {
    this.#usage?.close();
  }

  #isExplained({ memoryBytes, cacheBytes, otherBytes }: MemoryParts, usageBytes: number): boolean {
    return usageBytes - memoryBytes - cacheBytes - otherBytes <= this.#toleranceBytes;
  }

  #readUsage(): number | null {
    const text = this.#usage?.read() ?? null;
    return text === null ? null : parseCounter(text, "memory usage");
  }
}
