import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseCounter, parseFlatKeyed } from "../../engines/index.ts";
import type { GroupPaths } from "../envelope/index.ts";
import { isGone } from "./open-file.ts";

/** Swap that a group uses now, in bytes; null where the kernel does not tell. */
export function readSwapBytes(paths: GroupPaths): number | null {
  if (paths.version === 2) {
    return readIfThere(join(paths.memory, "memory.swap.current"), (text) => parseCounter(text, "memory.swap.current"));
  }
  return readIfThere(
    join(paths.memory, "memory.stat"),
    (text) => parseFlatKeyed(text, "memory.stat (cgroup v1)").get("total_swap") ?? null,
  );
}

/**
 * Seconds in which every task of a group waited for memory, from PSI's `full … total=` in µs
 * (Documentation/accounting/psi.rst). Null on cgroup v1 and where PSI is off.
 */
export function readMemoryFullSeconds(paths: GroupPaths): number | null {
  return readIfThere(join(paths.memory, "memory.pressure"), (text) => {
    const match = /^full .*\btotal=(\d+)$/m.exec(text);
    return match === null ? null : Number(match[1]) / 1e6;
  });
}

function readIfThere(path: string, parse: (text: string) => number | null): number | null {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (isGone(error) || (error instanceof Error && "code" in error && error.code === "EOPNOTSUPP")) return null;
    throw error;
  }
}
