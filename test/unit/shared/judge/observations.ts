import {
  type Budget,
  type Envelope,
  type RunWindow,
  type ServiceObservation,
  type TargetObservation,
  windowMs,
} from "../../../../src/shared/domain/index.ts";

export const mebibyte = 1024 * 1024;

/** A board of 4 cores, a quarter as fast as this machine's, with 724 MiB for stacks. */
export const budget: Budget = {
  label: "board",
  name: "Board",
  kind: "model",
  memoryBytes: 724 * mebibyte,
  memorySource: "test",
  cpuCores: 4,
  cpuSource: "test",
  cpus: 4,
  storageBytes: null,
  platform: "linux/amd64",
  singleCoreScore: 1000,
  multiCoreScore: 4000,
  hasSwap: false,
};

export const envelope: Envelope = {
  mode: "direct",
  limits: { memoryBytes: 724 * mebibyte, cpuQuotaCores: 1, cpuPeriodUs: 10_000, cpuset: null, swapBytes: 0 },
  speedRatio: 0.25,
  speedSource: "test",
  missing: [],
};

export function service(change: Partial<ServiceObservation> = {}): ServiceObservation {
  return {
    name: "broker",
    limits: { memoryBytes: null, cpuCores: null },
    batch: false,
    longRunning: true,
    restartPolicy: "unless-stopped",
    containers: ["c1"],
    restarts: 0,
    memoryKernelPeakBytes: 800 * mebibyte,
    spikePeakBytes: null,
    cpuSeconds: 10,
    throttledSeconds: null,
    oomKills: 0,
    downShare: 0,
    notMeasured: {},
    ...change,
  };
}

/** What one second was like: memory in MiB, host cores of the stack, of its busiest thread and of everything else. */
export interface Second {
  memoryMib?: number;
  hostCores?: number;
  threadCores?: number;
  otherCores?: number;
}

export function windowsOf(seconds: readonly Second[], name = "broker"): RunWindow[] {
  return seconds.map(({ memoryMib = 100, hostCores = 0.1, threadCores = 0.05, otherCores = 0.1 }, index) => ({
    fromMs: index * windowMs,
    toMs: (index + 1) * windowMs,
    memoryPeakBytes: memoryMib * mebibyte,
    cacheAtPeakBytes: 5 * mebibyte,
    memoryPeakAtMs: index * windowMs + 100,
    hostCores,
    throttledSeconds: 0,
    services: { [name]: { memoryPeakBytes: memoryMib * mebibyte, hostCores } },
    busiestThread: { service: name, name: "worker", hostCores: threadCores },
    otherHostCores: otherCores,
  }));
}

/** A quiet minute that fits, changed as a test wants it. */
export function observation(change: Partial<TargetObservation> & { seconds?: readonly Second[] } = {}) {
  const { seconds = Array.from({ length: 60 }, () => ({})), ...rest } = change;
  const seen: TargetObservation = {
    budget,
    envelope,
    windows: windowsOf(seconds),
    services: [service()],
    stack: {
      memoryKernelPeakBytes: 800 * mebibyte,
      spikePeakBytes: null,
      cpuSeconds: 10,
      throttledSeconds: 0,
      swapPeakBytes: 0,
      memoryFullShare: null,
      notMeasured: {},
    },
    storage: null,
    writes: null,
    oomKills: [],
    exits: [],
    logs: [],
    times: { startMs: 0, healthyMs: 0, steadyFromMs: 0, steadyToMs: seconds.length * windowMs },
    host: { cpus: 4 },
    failedInside: null,
    withoutEnvelope: null,
    foreignPlatform: null,
    loadGiven: true,
    loads: [],
    ...rest,
  };
  return seen;
}

/** `count` seconds like the one given, then as many as are left of 60 like the other. */
export function minute(count: number, first: Second, other: Second = {}): Second[] {
  return Array.from({ length: 60 }, (_, index) => (index < count ? first : other));
}
