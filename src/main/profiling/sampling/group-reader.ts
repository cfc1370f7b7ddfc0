import { join } from "node:path";
import {
  cacheBytes,
  countedMemoryBytes,
  type MemorySplit,
  parseCounter,
  parseCpuacctUsageV1,
  parseCpuStatV1,
  parseCpuStatV2,
  parseMemoryStatV1,
  parseMemoryStatV2,
} from "../../engines/index.ts";
import type { GroupPaths } from "../envelope/index.ts";
import { OpenFile, openIfThere } from "./open-file.ts";
import { type MemoryParts, SecondSource } from "./settled-memory.ts";

/** One reading of one cgroup, children included. */
export interface GroupReading {
  memoryBytes: number;
  cacheBytes: number;
  cpuSeconds: number;
  /** Throttling by this group's own quota; null where the controller does not tell. */
  throttledSeconds: number | null;
  /** The kernel's highest usage since the reading before, cache included; null where it cannot be reset. */
  usagePeakBytes: number | null;
  /** True when need was told from cache by the processes, since the kernel's own figures did not add up. */
  fromProcesses?: boolean;
}

/** The files of one cgroup, kept open. `read` gives null once the group has gone. */
export interface GroupReader {
  /** False where the kernel cannot reset its peak, or it is not ours to reset: then a spike between readings is not seen. */
  readonly resetsPeak: boolean;
  read(): GroupReading | null;
  close(): void;
}

/** Opens the files of a cgroup. Throws as open(2) does when the group is not there. */
export function openGroup(paths: GroupPaths): GroupReader {
  return paths.version === 1 ? new GroupReaderV1(paths) : new GroupReaderV2(paths);
}

class GroupReaderV1 implements GroupReader {
  readonly #memory: OpenFile;
  readonly #kernel: OpenFile | null;
  readonly #cpu: OpenFile;
  readonly #stat: OpenFile | null;
  /**
   * The peak of memory + swap, which is reset after each reading. The group is ours, so nobody else misses it, and
   * `memory.max_usage_in_bytes`, the peak that people read, stays whole.
   */
  readonly #peak: OpenFile | null;
  readonly #second: SecondSource;

  constructor(paths: GroupPaths) {
    this.#memory = new OpenFile(join(paths.memory, "memory.stat"));
    this.#kernel = openIfThere(join(paths.memory, "memory.kmem.usage_in_bytes"));
    this.#cpu = new OpenFile(join(paths.cpuacct, "cpuacct.usage"));
    this.#stat = openIfThere(join(paths.cpu, "cpu.stat"));
    this.#peak = openIfThere(join(paths.memory, "memory.memsw.max_usage_in_bytes"), "r+");
    this.#second = new SecondSource(paths);
  }

  get resetsPeak(): boolean {
    return this.#peak !== null;
  }

  read(): GroupReading | null {
    const [parts, cpu] = [this.#readParts(), this.#cpu.read()];
    if (parts === null || cpu === null) return null;
    const stat = this.#stat?.read() ?? null;
    const peak = this.#peak?.read() ?? null;
    if (peak !== null) this.#peak?.write("0");
    const usagePeakBytes = peak === null ? null : parseCounter(peak, "memory.memsw.max_usage_in_bytes");
    return {
      ...this.#second.settle(parts, usagePeakBytes, () => this.#readParts()),
      cpuSeconds: parseCpuacctUsageV1(cpu),
      throttledSeconds: stat === null ? null : parseCpuStatV1(stat).throttledSeconds,
      usagePeakBytes,
    };
  }

  #readParts(): MemoryParts | null {
    const memory = this.#memory.read();
    if (memory === null) return null;
    const kernel = this.#kernel?.read() ?? null;
    const kernelBytes = kernel === null ? null : parseCounter(kernel, "memory.kmem.usage_in_bytes");
    return partsOf(parseMemoryStatV1(totalsOf(memory), kernelBytes), 0);
  }

  close(): void {
    for (const file of [this.#memory, this.#kernel, this.#cpu, this.#stat, this.#peak]) file?.close();
    this.#second.close();
  }
}

/**
 * The lines of a v1 memory.stat that are needed, which stand together (`total_cache` to `total_shmem`): reading 4 of 37
 * lines is most of what makes a sample cheap. The whole text where they do not.
 */
function totalsOf(text: string): string {
  const from = text.indexOf("total_cache ");
  const to = text.indexOf("total_mapped_file ");
  return from < 0 || to < from ? text : text.slice(from, to);
}

/** On v1 the kernel's own memory is one sum, so nothing stands beside it. */
function partsOf(split: MemorySplit, otherBytes: number): MemoryParts {
  return {
    memoryBytes: countedMemoryBytes(split),
    kernelBytes: split.kernelBytes,
    cacheBytes: cacheBytes(split),
    otherBytes,
  };
}

/** Reclaimable slab in a v2 memory.stat, in bytes. */
function reclaimableSlabOf(text: string): number {
  return Number(/^slab_reclaimable (\d+)$/m.exec(text)?.[1] ?? 0);
}

class GroupReaderV2 implements GroupReader {
  readonly #memory: OpenFile;
  readonly #cpu: OpenFile;
  /** Since Linux 6.12 a write resets the peak for reads through this same file only; before, it cannot be written. */
  readonly #peak: OpenFile | null;
  readonly #second: SecondSource;

  constructor(paths: GroupPaths) {
    this.#memory = new OpenFile(join(paths.memory, "memory.stat"));
    this.#cpu = new OpenFile(join(paths.cpu, "cpu.stat"));
    this.#peak = openIfThere(join(paths.memory, "memory.peak"), "r+");
    this.#second = new SecondSource(paths);
  }

  get resetsPeak(): boolean {
    return this.#peak !== null;
  }

  read(): GroupReading | null {
    const [parts, cpu] = [this.#readParts(), this.#cpu.read()];
    if (parts === null || cpu === null) return null;
    const peak = this.#peak?.read() ?? null;
    if (peak !== null) this.#peak?.write("reset");
    const usagePeakBytes = peak === null ? null : parseCounter(peak, "memory.peak");
    const { cpuSeconds, throttling } = parseCpuStatV2(cpu);
    return {
      ...this.#second.settle(parts, usagePeakBytes, () => this.#readParts()),
      cpuSeconds,
      throttledSeconds: throttling?.throttledSeconds ?? null,
      usagePeakBytes,
    };
  }

  #readParts(): MemoryParts | null {
    const memory = this.#memory.read();
    return memory === null ? null : partsOf(parseMemoryStatV2(memory), reclaimableSlabOf(memory));
  }

  close(): void {
    for (const file of [this.#memory, this.#cpu, this.#peak]) file?.close();
    this.#second.close();
  }
}
