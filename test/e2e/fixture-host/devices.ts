import {
  type Container,
  type Device,
  type DeviceFacts,
  deviceIdSchema,
  type EngineInfo,
  type Finding,
} from "../../../src/shared/domain/index.ts";

const mib = 1024 ** 2;
const start = Date.now();
const hour = 3_600_000;

export const engine: EngineInfo = {
  kind: "docker",
  version: "26.1.4",
  apiVersion: "1.45",
  socket: "/var/run/docker.sock",
  platform: "linux/arm64",
  cgroupVersion: 2,
  cgroupDriver: "systemd",
  cpus: 4,
  memoryBytes: 906 * mib,
  rootFolder: "/var/lib/docker",
};

/** A machine of the fixture with the load that it is given. */
export interface Machine {
  device: Device;
  memoryShare: number;
  cpuCores: number;
  containers: Container[];
}

function facts(name: string, model: string, memoryMiB: number, cores: number, celsius: number): DeviceFacts {
  return {
    hostName: name,
    model,
    boardSerial: "10000000a3f2c19e",
    machineId: "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    macAddresses: ["dc:a6:32:01:02:03"],
    osId: "debian",
    osName: "Debian 12",
    kernel: "6.6.31",
    arch: "arm64",
    cpuCores: cores,
    memoryTotalBytes: memoryMiB * mib,
    swapTotalBytes: 0,
    diskTotalBytes: 29 * 1024 * mib,
    diskFreeBytes: 11.2 * 1024 * mib,
    temperatureCelsius: celsius,
    uptimeSeconds: 41 * 86_400,
    cgroupVersion: 2,
    memoryControllerOn: true,
    engineSockets: [{ kind: "docker", path: "/var/run/docker.sock", canOpen: true }],
  };
}

export function finding(rule: string, severity: Finding["severity"], message: string, hint: string): Finding {
  return { rule, severity, message, hint, place: null };
}

const services = [
  ["broker", "eclipse-mosquitto:2", 32, null],
  ["bridge", "plant/modbus:0.9", null, null],
  ["dashboard", "plant/panel:5.0", 80, null],
  ["historian", "plant/historian:2.8", 464, 1.1],
  ["rules", "plant/rules:1.14", 192, null],
  ["recorder", "plant/recorder:1.2", null, null],
  ["agent", "plant/agent:3.3", 64, 0.2],
] as const;

function container(machine: string, index: number, change: Partial<Container> = {}): Container {
  const [name, image, memoryMiB, cpus] = services[index % services.length] ?? services[0];
  return {
    id: `${machine}-${index}`,
    name: `line-gateway-${name}-1`,
    image,
    state: "running",
    health: index === 0 ? "healthy" : "none",
    exitCode: null,
    oomKilled: false,
    restarts: 0,
    createdAtMs: start - 300 * hour,
    startedAtMs: start - 290 * hour,
    finishedAtMs: null,
    ports:
      index === 0
        ? [{ containerPort: 1883, hostPort: 1883, hostAddress: null, protocol: "tcp" }]
        : index === 2
          ? [{ containerPort: 3000, hostPort: 80, hostAddress: null, protocol: "tcp" }]
          : [],
    stack: index < 5 ? "line-gateway" : null,
    service: index < 5 ? name : null,
    memoryLimitBytes: memoryMiB === null ? null : memoryMiB * mib,
    cpuLimitCores: cpus,
    ...change,
  };
}

interface Plan {
  name: string;
  model: string;
  host: string;
  memoryMiB: number;
  cores: number;
  celsius: number;
  memoryShare: number;
  cpuCores: number;
  containers: Container[];
  findings?: Finding[];
  change?: Partial<Device>;
}

function machine(plan: Plan): Machine {
  const known = facts(plan.name, plan.model, plan.memoryMiB, plan.cores, plan.celsius);
  const device: Device = {
    id: deviceIdSchema.parse(`dev-${plan.name}`),
    name: plan.name,
    state: "online",
    trouble: null,
    stateSinceMs: start - hour,
    target: { user: "pi", host: plan.host, port: 22 },
    addresses: [plan.host],
    sources: ["mdns", "saved"],
    remembered: true,
    stale: false,
    hostKey: {
      trust: "pinned",
      offered: { type: "ssh-ed25519", fingerprint: "SHA256:q7Hk2vT9mBeZrXo8sJwLfYcN4uD1pVgA6iQx3tKhEcw" },
      pinned: { type: "ssh-ed25519", fingerprint: "SHA256:q7Hk2vT9mBeZrXo8sJwLfYcN4uD1pVgA6iQx3tKhEcw" },
    },
    facts: known,
    factsAtMs: start,
    engine: { ...engine, cpus: plan.cores, memoryBytes: plan.memoryMiB * mib },
    findings: plan.findings ?? [],
    lastSeenAtMs: start,
    ...plan.change,
  };
  return { device, memoryShare: plan.memoryShare, cpuCores: plan.cpuCores, containers: plan.containers };
}

function some(name: string, count: number, changes: Record<number, Partial<Container>> = {}): Container[] {
  return Array.from({ length: count }, (_, index) => container(name, index, changes[index]));
}

const stopped: Partial<Container> = {
  state: "exited",
  exitCode: 0,
  startedAtMs: null,
  finishedAtMs: start - 41 * 24 * hour,
};

/** A plant of devices in every state that the wall can show. */
export function plant(): Machine[] {
  return [
    machine({
      name: "oven-gateway",
      model: "UP Board 2 GB",
      host: "192.168.4.22",
      memoryMiB: 1833,
      cores: 4,
      celsius: 81,
      memoryShare: 0.95,
      cpuCores: 3.1,
      containers: some("oven", 7, {
        3: { state: "exited", exitCode: 137, oomKilled: true, startedAtMs: null, finishedAtMs: start - hour },
        4: { state: "restarting", restarts: 14 },
      }),
      findings: [
        finding(
          "device.oom-killed",
          "error",
          "historian was killed twice today for want of memory.",
          "Raise its limit or move it.",
        ),
        finding("device.disk-93-percent", "warning", "The disk is 93 % full.", "Remove unused images."),
        finding("device.logs-without-limit", "warning", "Two containers log without a limit.", "Set max-size."),
      ],
    }),
    machine({
      name: "press-line-07",
      model: "Raspberry Pi 3B+",
      host: "192.168.4.17",
      memoryMiB: 906,
      cores: 4,
      celsius: 63,
      memoryShare: 0.88,
      cpuCores: 1.2,
      containers: some("press07", 7, { 1: { health: "unhealthy" }, 5: stopped, 6: stopped }),
      findings: [
        finding(
          "device.logs-without-limit",
          "warning",
          "Two containers log without a limit: bridge and rules.",
          "Set max-size in /etc/docker/daemon.json.",
        ),
        finding("device.clock-41-s-off", "warning", "Its clock is 41 s behind.", "Start systemd-timesyncd."),
      ],
    }),
    machine({
      name: "revpi-4f21",
      model: "Revolution Pi Connect 4",
      host: "192.168.4.77",
      memoryMiB: 1900,
      cores: 4,
      celsius: 50,
      memoryShare: 0,
      cpuCores: 0,
      containers: [],
      change: {
        state: "connecting",
        remembered: false,
        facts: null,
        factsAtMs: null,
        engine: null,
        hostKey: {
          trust: "new",
          offered: { type: "ssh-ed25519", fingerprint: "SHA256:Vb3mNq8sKpTzX4cRwLd0HfYe7uJ2gAoI5tQx9iPkMwE" },
          pinned: null,
        },
        sources: ["mdns"],
        trouble: null,
      },
    }),
    machine({
      name: "bench-02",
      model: "Raspberry Pi 4B 2 GB",
      host: "192.168.1.42",
      memoryMiB: 1894,
      cores: 4,
      celsius: 52,
      memoryShare: 0.43,
      cpuCores: 0.6,
      containers: some("bench02", 4),
      findings: [
        finding(
          "device.memory-cgroup-off",
          "warning",
          "The memory controller is off, so limits do nothing.",
          "Add cgroup_enable=memory to the kernel's command line.",
        ),
      ],
    }),
    machine({
      name: "press-line-08",
      model: "Raspberry Pi 3B+",
      host: "192.168.4.18",
      memoryMiB: 906,
      cores: 4,
      celsius: 58,
      memoryShare: 0.61,
      cpuCores: 1.1,
      containers: some("press08", 7),
    }),
    machine({
      name: "press-line-09",
      model: "Raspberry Pi 3B+",
      host: "192.168.4.19",
      memoryMiB: 906,
      cores: 4,
      celsius: 56,
      memoryShare: 0.57,
      cpuCores: 0.9,
      containers: some("press09", 7),
    }),
    machine({
      name: "node-5b-a",
      model: "Radxa ROCK 5B 8 GB",
      host: "192.168.1.51",
      memoryMiB: 7885,
      cores: 8,
      celsius: 49,
      memoryShare: 0.18,
      cpuCores: 1.9,
      containers: some("node5b", 6),
    }),
    machine({
      name: "press-line-03",
      model: "Raspberry Pi 3B+",
      host: "192.168.4.13",
      memoryMiB: 906,
      cores: 4,
      celsius: 49,
      memoryShare: 0,
      cpuCores: 0,
      containers: [],
      change: {
        state: "key-changed",
        trouble: {
          code: "key-changed",
          message: "press-line-03 shows another host key than the one you trusted.",
          hint: "Compare the fingerprint with the device before you trust it.",
        },
        hostKey: {
          trust: "changed",
          pinned: { type: "ssh-ed25519", fingerprint: "SHA256:q7Hk2vT9mBeZrXo8sJwLfYcN4uD1pVgA6iQx3tKhEcw" },
          offered: { type: "ssh-ed25519", fingerprint: "SHA256:Zt5wLc2yRmKd8pQvXn0uSgEb4hJf7aVi1oTk6eYqPxM" },
        },
      },
    }),
    machine({
      name: "packer-02",
      model: "SIMATIC IOT2050",
      host: "192.168.4.41",
      memoryMiB: 1960,
      cores: 4,
      celsius: 49,
      memoryShare: 0,
      cpuCores: 0,
      containers: [],
      change: {
        state: "auth-failed",
        trouble: {
          code: "auth-failed",
          message: "192.168.4.41 refuses the user pi.",
          hint: "Give another user name, or put your key on the device.",
        },
      },
    }),
    machine({
      name: "label-01",
      model: "BeaglePlay",
      host: "192.168.4.44",
      memoryMiB: 1960,
      cores: 4,
      celsius: 49,
      memoryShare: 0.22,
      cpuCores: 0.1,
      containers: [],
      change: {
        state: "engine-down",
        engine: null,
        trouble: {
          code: "no-engine",
          message: "No container engine answers on label-01.",
          hint: "Start it: sudo systemctl start docker.",
        },
      },
    }),
    machine({
      name: "yard-camera",
      model: "Verdin iMX8M Plus 2 GB",
      host: "192.168.4.31",
      memoryMiB: 1900,
      cores: 4,
      celsius: 49,
      memoryShare: 0,
      cpuCores: 0,
      containers: [],
      change: {
        state: "unreachable",
        stale: true,
        stateSinceMs: start - 72 * 60_000,
        lastSeenAtMs: start - 72 * 60_000,
        trouble: {
          code: "unreachable",
          message: "No answer on port 22, and its address is not in the ARP table.",
          hint: "Look whether it has power and is on this network.",
        },
      },
    }),
  ];
}
