import { parseCounter, parseFlatKeyed, requireKey } from "./flat-keyed.ts";
import type { MemorySplit } from "./memory-split.ts";

/** Parts of kernel memory that stand in `memory.stat` besides the slab; a kernel too old for one of them leaves it out. */
const kernelParts = ["kernel_stack", "pagetables", "sec_pagetables", "percpu", "vmalloc", "slab_unreclaimable"];

const what = "memory.stat (cgroup v2)";

/** Reads and splits a v2 `memory.stat`: see `splitMemoryV2`. */
export function parseMemoryStatV2(text: string): MemorySplit {
  return splitMemoryV2(parseFlatKeyed(text, what));
}

/**
 * Splits the pairs of a v2 `memory.stat` (Documentation/admin-guide/cgroup-v2.rst). Unreclaimable kernel memory is `kernel` less
 * `slab_reclaimable` where the kernel has the sum (5.18), else the sum of the parts; socket buffers stand beside it.
 */
export function splitMemoryV2(pairs: ReadonlyMap<string, number>): MemorySplit {
  const sum = pairs.get("kernel");
  const unreclaimable =
    sum === undefined
      ? kernelParts.reduce((bytes, part) => bytes + (pairs.get(part) ?? 0), 0)
      : Math.max(0, sum - (pairs.get("slab_reclaimable") ?? 0));
  return {
    anonBytes: requireKey(pairs, "anon", what),
    shmemBytes: requireKey(pairs, "shmem", what),
    kernelBytes: unreclaimable + (pairs.get("sock") ?? 0),
    fileBytes: requireKey(pairs, "file", what),
  };
}

/** `memory.max` (or `memory.high`, `memory.swap.max`) in bytes, null for `max`. */
export function parseLimitV2(text: string): number | null {
  return text.trim() === "max" ? null : parseCounter(text, "memory limit (cgroup v2)");
}

/** What `memory.events` has counted since the cgroup was made. */
export interface MemoryEventsV2 {
  /** Processes of this cgroup, or one below, killed by the OOM killer. */
  oomKills: number;
  /** How often the limit was hit and nothing could be reclaimed. */
  oom: number;
  /** How often usage was about to go over `memory.max`. */
  max: number;
}

export function parseMemoryEventsV2(text: string): MemoryEventsV2 {
  const what = "memory.events";
  const pairs = parseFlatKeyed(text, what);
  return {
    oomKills: requireKey(pairs, "oom_kill", what),
    oom: requireKey(pairs, "oom", what),
    max: requireKey(pairs, "max", what),
  };
}
