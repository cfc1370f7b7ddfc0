import type { ContainerSample, DeviceSample } from "../../../shared/domain/index.ts";
import { cacheBytes, countedMemoryBytes } from "../cgroup/index.ts";
import type { RawContainer, RawReading } from "./parse-reply.ts";

/** A reading of a device, before it is known whose: a DeviceSample without the id. */
export type DeviceReading = Omit<DeviceSample, "deviceId">;

/** From here on the device's own clock, which counts in steps of 10 ms, is more exact than the time of arrival. */
const uptimeMinSeconds = 0.5;

/**
 * The device's own CPU is counted in steps of 10 ms, and some kernels bring the count up to date only now and then: it is
 * measured over about this time, however often the device is read.
 */
const jiffiesOverMs = 900;

/** Makes samples of counters: CPU is what was used since the reading before. */
export class ReadingDiffer {
  readonly #cpus: number;
  #before: Arrived | null = null;
  /** Readings of the last second or so, oldest first. */
  readonly #recent: Arrived[] = [];

  constructor(cpus: number) {
    this.#cpus = cpus;
  }

  /**
   * `atMs`: wall clock; `arrivedAtMs`: a clock that never jumps. `containerIds`: what was asked for; a container that
   * the device could not find is in the sample with nothing measured.
   */
  take(reading: RawReading, containerIds: readonly string[], atMs: number, arrivedAtMs: number): DeviceReading {
    const before = this.#before;
    this.#before = { reading, arrivedAtMs };
    while ((this.#recent[1]?.arrivedAtMs ?? arrivedAtMs) <= arrivedAtMs - jiffiesOverMs) this.#recent.shift();
    const base = this.#recent[0]?.reading ?? null;
    this.#recent.push(this.#before);
    const uptimeSeconds = before === null ? 0 : reading.uptimeSeconds - before.reading.uptimeSeconds;
    const arrivalSeconds = before === null ? 0 : (arrivedAtMs - before.arrivedAtMs) / 1000;
    const elapsedSeconds = uptimeSeconds >= uptimeMinSeconds ? uptimeSeconds : arrivalSeconds;
    return {
      atMs,
      memoryUsedBytes: reading.memoryTotalBytes - reading.memoryAvailableBytes,
      memoryTotalBytes: reading.memoryTotalBytes,
      cpuCoresUsed: this.#deviceCores(reading, base),
      cpuCores: this.#cpus,
      containers: containerIds.map((id) =>
        sampleOf(id, reading.containers.get(id), before?.reading.containers.get(id), elapsedSeconds),
      ),
    };
  }

  /** The busy share of all jiffies, times the CPUs: exact whatever the interval was. */
  #deviceCores(reading: RawReading, before: RawReading | null): number | null {
    if (before === null) return null;
    const total = reading.totalJiffies - before.totalJiffies;
    // The kernel's iowait may run backwards (proc(5)): never report less than nothing.
    const busy = Math.max(0, reading.busyJiffies - before.busyJiffies);
    return total <= 0 ? null : Math.min(1, busy / total) * this.#cpus;
  }
}

interface Arrived {
  reading: RawReading;
  arrivedAtMs: number;
}

function sampleOf(
  containerId: string,
  now: RawContainer | undefined,
  before: RawContainer | undefined,
  elapsedSeconds: number,
): ContainerSample {
  const memory = now?.memory ?? null;
  return {
    containerId,
    memoryBytes: memory === null ? null : countedMemoryBytes(memory),
    cacheBytes: memory === null ? null : cacheBytes(memory),
    ...(now?.memorySource === "rss" ? { memorySource: "rss" as const } : {}),
    memoryLimitBytes: now?.memoryLimitBytes ?? null,
    cpuCores: coresUsed(now?.cpuSeconds ?? null, before?.cpuSeconds ?? null, elapsedSeconds),
    cpuLimitCores: now?.cpuLimitCores ?? null,
  };
}

/** Null after a restart: the counter of a new cgroup begins below the old one's. */
function coresUsed(now: number | null, before: number | null, elapsedSeconds: number): number | null {
  if (now === null || before === null || elapsedSeconds <= 0 || now < before) return null;
  return (now - before) / elapsedSeconds;
}
