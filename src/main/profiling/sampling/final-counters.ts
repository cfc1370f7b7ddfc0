import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  parseCounter,
  parseCpuacctUsageV1,
  parseCpuStatV1,
  parseCpuStatV2,
  parseMemoryEventsV2,
} from "../../engines/index.ts";
import { childGroups, type GroupPaths } from "../envelope/index.ts";
import { isGone } from "./open-file.ts";

/** The kernel's own last word on a cgroup, read before it is removed. Null is a file that this kernel does not have. */
export interface FinalCounters {
  memoryKernelPeakBytes: number | null;
  cpuSeconds: number | null;
  throttledSeconds: number | null;
  /** v2 only, where it counts children too; on v1 the counter dies with the container. */
  oomKills: number | null;
}

/** Reads the final counters of a cgroup. */
export function readFinalCounters(paths: GroupPaths): FinalCounters {
  if (paths.version === 1) {
    return {
      memoryKernelPeakBytes: read(join(paths.memory, "memory.max_usage_in_bytes"), (text) =>
        parseCounter(text, "memory.max_usage_in_bytes"),
      ),
      cpuSeconds: read(join(paths.cpuacct, "cpuacct.usage"), parseCpuacctUsageV1),
      throttledSeconds: readThrottledSeconds(paths),
      oomKills: null,
    };
  }
  return {
    memoryKernelPeakBytes: read(join(paths.memory, "memory.peak"), (text) => parseCounter(text, "memory.peak")),
    cpuSeconds: read(join(paths.cpu, "cpu.stat"), (text) => parseCpuStatV2(text).cpuSeconds),
    throttledSeconds: readThrottledSeconds(paths),
    oomKills: read(join(paths.memory, "memory.events"), (text) => parseMemoryEventsV2(text).oomKills),
  };
}

/** Throttled seconds of each group directly below one, by its name: a container's own quota lies there. */
export function readChildThrottling(paths: GroupPaths): Map<string, number> {
  return new Map(
    childGroups(paths.cpu).flatMap((child) => {
      const seconds = readThrottledSeconds({ ...paths, cpu: join(paths.cpu, child) });
      return seconds === null ? [] : [[child, seconds] as const];
    }),
  );
}

/** Throttling of a group by its own quota in seconds; null when it has gone or has no such controller. */
export function readThrottledSeconds(paths: GroupPaths): number | null {
  return read(join(paths.cpu, "cpu.stat"), (text) =>
    paths.version === 1
      ? parseCpuStatV1(text).throttledSeconds
      : (parseCpuStatV2(text).throttling?.throttledSeconds ?? null),
  );
}

function read<T>(path: string, parse: (text: string) => T): T | null {
  try {
    return parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
}
