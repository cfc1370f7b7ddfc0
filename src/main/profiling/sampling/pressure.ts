import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Pressure } from "../../../shared/domain/index.ts";
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
  return readIfThere(join(paths.memory, "memory.pressure"), (text) => parsePressure(text, "full"));
}

/** The same of every resource; null where the kernel has none of it. */
export function readPressure(paths: GroupPaths): Pressure | null {
  if (paths.version === 1) return null;
  const of = (resource: string, kind: "some" | "full") =>
    readIfThere(join(paths.memory, `${resource}.pressure`), (text) => parsePressure(text, kind));
  const pressure = {
    cpuSomeSeconds: of("cpu", "some"),
    memorySomeSeconds: of("memory", "some"),
    memoryFullSeconds: of("memory", "full"),
    ioSomeSeconds: of("io", "some"),
    ioFullSeconds: of("io", "full"),
  };
  return Object.values(pressure).every((value) => value === null) ? null : pressure;
}

/** Seconds of a line of PSI; null when it is not there. */
export function parsePressure(text: string, kind: "some" | "full"): number | null {
  const match = new RegExp(`^${kind} .*\\btotal=(\\d+)$`, "m").exec(text);
  return match === null ? null : Number(match[1]) / 1e6;
}

function readIfThere(path: string, parse: (text: string) => number | null): number | null {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (isGone(error) || (error instanceof Error && "code" in error && error.code === "EOPNOTSUPP")) return null;
    throw error;
  }
}
