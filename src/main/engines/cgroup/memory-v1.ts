import { parseCounter, parseFlatKeyed, requireKey } from "./flat-keyed.ts";
import type { MemorySplit } from "./memory-split.ts";

/** v1 says "no limit" with the largest page-aligned number below 2^63; anything near it is none. */
const unlimitedBytes = 2 ** 62;

const what = "memory.stat (cgroup v1)";

/** Reads and splits a v1 `memory.stat`: see `splitMemoryV1`. */
export function parseMemoryStatV1(text: string, kernelMemoryBytes: number | null): MemorySplit {
  return splitMemoryV1(parseFlatKeyed(text, what), kernelMemoryBytes);
}

/**
 * Splits the pairs of a v1 `memory.stat` (Documentation/admin-guide/cgroup-v1/memory.rst). The `total_` lines are used,
 * which hold child cgroups too. The file has no kernel memory: `kernelMemoryBytes` is `memory.kmem.usage_in_bytes`, null
 * where the kernel has no such file (it then counts as 0, since its memory controller does not account for it).
 */
export function splitMemoryV1(pairs: ReadonlyMap<string, number>, kernelMemoryBytes: number | null): MemorySplit {
  return {
    anonBytes: requireKey(pairs, "total_rss", what),
    shmemBytes: requireKey(pairs, "total_shmem", what),
    kernelBytes: kernelMemoryBytes ?? 0,
    fileBytes: requireKey(pairs, "total_cache", what),
  };
}

/** `memory.limit_in_bytes` in bytes, null for no limit. */
export function parseLimitV1(text: string): number | null {
  const bytes = parseCounter(text, "memory.limit_in_bytes");
  return bytes >= unlimitedBytes ? null : bytes;
}

/** The kills that a v1 `memory.oom_control` has counted; null on kernels before 4.13, which do not count them. */
export function parseOomControlV1(text: string): number | null {
  return parseFlatKeyed(text, "memory.oom_control").get("oom_kill") ?? null;
}
