import { readFileSync } from "node:fs";
import { type CgroupMounts, type GroupPaths, groupPaths } from "../envelope/index.ts";
import { type GroupReader, type GroupReading, openGroup } from "./group-reader.ts";
import { isGone } from "./open-file.ts";

interface Watched {
  paths: GroupPaths;
  reader: GroupReader;
  last: GroupReading | null;
}

/**
 * The containers of one service that has no group of its own, read as if it had: memory is the sum of those that live,
 * CPU time goes on from where a container ended. What a container used after its last reading is lost.
 */
export class ObservedGroup implements GroupReader {
  /** The groups are the engine's, and others may read their peaks. */
  readonly resetsPeak = false;
  readonly #containers = new Map<string, Watched>();
  #endedSeconds = 0;

  /** Adds the container whose first process is `pid`. False when it has ended already, or cannot be reached. */
  add(mounts: CgroupMounts, pid: number): boolean {
    const name = groupNameOf(mounts, pid);
    if (name === null || this.#containers.has(name)) return name !== null;
    try {
      const paths = groupPaths(mounts, name);
      this.#containers.set(name, { paths, reader: openGroup(paths), last: null });
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  get paths(): GroupPaths[] {
    return [...this.#containers.values()].map((container) => container.paths);
  }

  read(): GroupReading | null {
    const sum: GroupReading = {
      memoryBytes: 0,
      cacheBytes: 0,
      cpuSeconds: 0,
      throttledSeconds: null,
      usagePeakBytes: null,
    };
    for (const [name, container] of this.#containers) {
      const reading = container.reader.read();
      if (reading === null) {
        this.#endedSeconds += container.last?.cpuSeconds ?? 0;
        container.reader.close();
        this.#containers.delete(name);
        continue;
      }
      container.last = reading;
      sum.memoryBytes += reading.memoryBytes;
      sum.cacheBytes += reading.cacheBytes;
      sum.cpuSeconds += reading.cpuSeconds;
    }
    sum.cpuSeconds += this.#endedSeconds;
    return sum;
  }

  close(): void {
    for (const container of this.#containers.values()) container.reader.close();
  }
}

/** Several groups read as one. */
export class SumGroup implements GroupReader {
  readonly resetsPeak = false;
  readonly #parts: readonly GroupReader[];
  readonly #last = new Map<GroupReader, GroupReading>();

  constructor(parts: readonly GroupReader[]) {
    this.#parts = parts;
  }

  read(): GroupReading | null {
    const sum: GroupReading = {
      memoryBytes: 0,
      cacheBytes: 0,
      cpuSeconds: 0,
      throttledSeconds: null,
      usagePeakBytes: null,
    };
    for (const part of this.#parts) {
      const reading = part.read() ?? this.#last.get(part) ?? null;
      if (reading === null) continue;
      this.#last.set(part, reading);
      sum.memoryBytes += reading.memoryBytes;
      sum.cacheBytes += reading.cacheBytes;
      sum.cpuSeconds += reading.cpuSeconds;
    }
    return sum;
  }

  /** The parts belong to whoever made them. */
  close(): void {
    this.#last.clear();
  }
}

/** The cgroup of a process in the hierarchy of the memory controller, from /proc/PID/cgroup (cgroups(7)). */
function groupNameOf(mounts: CgroupMounts, pid: number): string | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch (error) {
    if (isGone(error)) return null;
    throw error;
  }
  for (const line of text.trim().split("\n")) {
    const [id, controllers = "", ...name] = line.split(":");
    const isIt = mounts.version === 2 ? id === "0" : controllers.split(",").includes("memory");
    if (isIt) return name.join(":");
  }
  return null;
}
