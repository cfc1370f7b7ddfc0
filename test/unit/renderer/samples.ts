import {
  type Container,
  type Device,
  type DeviceFacts,
  deviceIdSchema,
  type RunRecord,
  type RunSample,
  runIdSchema,
  stackSelection,
} from "../../../src/shared/domain/index.ts";

/** A quiet online device, but for what a test changes. */
export function aDevice(change: Partial<Device> = {}): Device {
  return {
    id: deviceIdSchema.parse("d1"),
    name: "press-1",
    state: "online",
    trouble: null,
    stateSinceMs: 0,
    target: { user: "pi", host: "10.0.0.1", port: 22 },
    addresses: ["10.0.0.1"],
    sources: ["saved"],
    services: [],
    announcedModel: null,
    sshAlias: null,
    remembered: true,
    stale: false,
    hostKey: { trust: "pinned", offered: null, pinned: null },
    facts: null,
    factsAtMs: null,
    engine: null,
    findings: [],
    lastSeenAtMs: 0,
    ...change,
  };
}

/** What a small board says of itself, but for what a test changes. */
export function someFacts(change: Partial<DeviceFacts> = {}): DeviceFacts {
  return {
    hostName: "press-1",
    model: "Raspberry Pi 4 Model B Rev 1.4",
    boardSerial: "10000000a3c1f2d4",
    machineId: "5f3b1c2d4e5f60718293a4b5c6d7e8f9",
    macAddresses: ["dc:a6:32:01:02:03"],
    osId: "debian",
    osName: "Debian GNU/Linux 12 (bookworm)",
    kernel: "6.6.51",
    arch: "aarch64",
    cpuCores: 4,
    memoryTotalBytes: 4_000_000_000,
    swapTotalBytes: 0,
    diskTotalBytes: null,
    diskFreeBytes: null,
    temperatureCelsius: null,
    uptimeSeconds: null,
    compatible: ["raspberrypi,4-model-b", "brcm,bcm2711"],
    vendor: null,
    boardName: null,
    osVariant: null,
    imageName: null,
    cgroupVersion: 2,
    memoryControllerOn: true,
    engineSockets: [],
    ...change,
  };
}

/** A running container, but for what a test changes. */
export function aContainer(change: Partial<Container> = {}): Container {
  return {
    id: "c1",
    name: "line-broker-1",
    image: "broker:1",
    state: "running",
    health: "none",
    exitCode: null,
    oomKilled: false,
    restarts: 0,
    createdAtMs: 0,
    startedAtMs: 0,
    finishedAtMs: null,
    ports: [],
    stack: "line",
    service: "broker",
    memoryLimitBytes: null,
    cpuLimitCores: null,
    ...change,
  };
}

/** A reading of a stack of one service, but for what a test changes. */
export function aRunSample(atMs: number, change: Partial<RunSample> = {}): RunSample {
  return {
    target: 0,
    atMs,
    memoryBytes: null,
    cacheBytes: null,
    cpuSeconds: null,
    throttledSeconds: null,
    services: {},
    busiestThread: null,
    otherHostCores: null,
    ...change,
  };
}

/** A run of one service that goes on. */
export function aRunRecord(): RunRecord {
  return {
    id: runIdSchema.parse("r1"),
    stackName: "line",
    file: "/compose.yaml",
    files: ["/compose.yaml"],
    services: ["a"],
    request: {
      ...stackSelection("/compose.yaml"),
      targets: [{ kind: "named", name: "rpi-5" }],
      durationMs: 30_000,
      warmUpMs: 0,
    },
    on: null,
    targets: [],
    status: "running",
    phase: null,
    currentTarget: 0,
    startedAtMs: 0,
    endedAtMs: null,
    verdict: null,
    failure: null,
    findings: [],
    substitutions: [],
    series: null,
    origin: null,
    proves: null,
  };
}
