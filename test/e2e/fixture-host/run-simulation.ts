import {
  type Model,
  type ProfileResult,
  type RunEvent,
  type RunRecord,
  type RunRequest,
  type RunSample,
  runIdSchema,
  type ServiceResult,
  type TargetResult,
} from "../../../src/shared/domain/index.ts";
import { wave } from "./load.ts";

const mib = 1024 ** 2;
export const services = ["historian", "rules", "dashboard", "bridge", "broker"];
const levels = [242, 178, 61, 43, 12];

function stackSample(target: number, atMs: number): RunSample {
  const atS = atMs / 1000;
  const rise = Math.min(1, atS / 14) ** 1.5;
  const peak = 1 + 0.5 * Math.exp(-(((atS - 52) / 7) ** 2));
  const values = Object.fromEntries(
    services.map((name, index) => {
      const level = (levels[index] ?? 10) * rise * (index === 0 ? peak : 1) * (1 + 0.03 * wave(index, atS));
      const cpu = atS * 0.09 * (levels[index] ?? 10) * 0.002 + (index + 1) * 0.004 * (Math.sin(atS / 4 + index) + atS);
      return [name, { memoryBytes: level * mib, cacheBytes: level * mib * 0.2, cpuSeconds: cpu, oomKills: 0 }];
    }),
  );
  const sum = Object.values(values).reduce((total, value) => total + value.memoryBytes, 0);
  const cpu = Object.values(values).reduce((total, value) => total + value.cpuSeconds, 0);
  return {
    target,
    atMs,
    memoryBytes: sum,
    cacheBytes: sum * 0.2,
    cpuSeconds: cpu,
    throttledSeconds: 0,
    services: values,
    busiestThread: { service: "rules", name: "node", hostCores: 0.1 + 0.04 * wave(3, atS) },
    otherHostCores: 0.2,
  };
}

/** Samples of a run from one moment to another, four a second. */
export function samplesBetween(target: number, fromMs: number, toMs: number): RunSample[] {
  const samples: RunSample[] = [];
  for (let atMs = Math.ceil(fromMs / 250) * 250; atMs < toMs; atMs += 250) samples.push(stackSample(target, atMs));
  return samples;
}

export function eventsUntil(target: number, untilMs: number): RunEvent[] {
  const event = (
    atMs: number,
    kind: RunEvent["kind"],
    text: string,
    service: string | null = null,
    phase: RunEvent["phase"] = null,
  ): RunEvent => ({ target, atMs, kind, service, phase, text });
  return [
    event(0, "phase", "create", null, "create"),
    event(1_500, "phase", "start", null, "start"),
    event(2_000, "started", "started", "broker"),
    event(2_600, "started", "started", "historian"),
    event(4_000, "phase", "healthy", null, "healthy"),
    event(13_500, "healthy", "all 5 services are healthy"),
    event(14_000, "phase", "warm-up", null, "warm-up"),
    event(24_000, "phase", "steady", null, "steady"),
    event(41_000, "restarted", "bridge restarted after exit code 1", "bridge"),
  ].filter((entry) => entry.atMs <= untilMs);
}

export function newRecord(id: string, request: RunRequest, models: readonly Model[], startedAtMs: number): RunRecord {
  return {
    id: runIdSchema.parse(id),
    stackName: "line-gateway",
    file: request.file,
    services,
    request,
    targets: request.targets.map((target) => {
      const model = target.kind === "named" ? models.find((candidate) => candidate.id === target.name) : undefined;
      return {
        label: target.kind === "named" ? target.name : "custom",
        name: target.kind === "custom" ? "Custom" : (model?.name ?? target.name),
        memoryBytes: target.kind === "custom" ? target.memoryBytes : 724 * mib,
        cpuCores: target.kind === "custom" ? target.cpuCores : 3.54,
        deviceCoresPerHostCore: 3.7,
        verdict: null,
      };
    }),
    status: "running",
    phase: "create",
    currentTarget: 0,
    startedAtMs,
    endedAtMs: null,
    verdict: null,
    failure: null,
    findings: [],
  };
}

function serviceResult(index: number): ServiceResult {
  const peak = [365, 190, 61, 44, 12][index] ?? 1;
  return {
    memoryPeakBytes: peak * mib,
    memoryKernelPeakBytes: peak * 1.2 * mib,
    cpuSeconds: 12.4,
    deviceCpuCores: { p50: 0.3, p95: [0.88, 0.46, 0.06, 0.1, 0.04][index] ?? 0, p99: 0.9, max: 1.1 },
    throttledSeconds: index < 2 ? 4.1 / (index + 1) : null,
    oomKills: index === 1 ? null : 0,
    restarts: index === 3 ? 1 : 0,
    limits: {
      memoryBytes: [null, 256, null, 96, null][index] == null ? null : ([0, 256, 0, 96, 0][index] ?? 0) * mib,
      cpuCores: null,
    },
    containers: [`line-gateway-${services[index]}-1`],
    notMeasured: { oomKills: "The kernel gives no count here." },
  };
}

function targetResult(record: RunRecord, index: number): TargetResult {
  const target = record.targets[index];
  const verdict = (["tight", "fits", "does-not-fit", "unknown"] as const)[index % 4] ?? "unknown";
  const budgetBytes = [724, 1649, 233, 724][index % 4] ?? 724;
  const headline = {
    tight: "Memory peaked at 662 of 724 MiB and may reach 695. It fits, with 29 MiB to spare.",
    fits: "Memory peaks at 662 of 1,649 MiB and CPU at 1.46 of 4 cores. It fits, with 954 MiB to spare.",
    "does-not-fit": "Memory needs 662 MiB, the budget is 233 MiB: historian was killed 3 times.",
    unknown: "CPU: this machine was busy in 9 % of the seconds. Run again when it is idle.",
  }[verdict];
  return {
    device: { name: target?.name ?? "?", kind: "model", label: target?.label ?? `t${index}` },
    budget: {
      label: "rpi-3b-plus",
      name: "Raspberry Pi 3B+",
      kind: "model",
      memoryBytes: budgetBytes * mib,
      memorySource: "usable 924 MiB less 200 MiB for the system",
      cpuCores: 3.54,
      cpuSource: "7-zip multi over single",
      cpus: 4,
      storageBytes: null,
      platform: "linux/arm64",
      singleCoreScore: 1000,
      multiCoreScore: 3540,
      hasSwap: false,
    },
    envelope: {
      mode: "direct",
      limits: { memoryBytes: budgetBytes * mib, cpuQuotaCores: 0.96, cpuPeriodUs: 10_000, cpuset: "0-1", swapBytes: 0 },
      speedRatio: 0.27,
      speedSource: "7-zip on this machine, catalogue for the board",
      missing: ["This machine has 2 CPUs, the board has 4: threads share two here."],
    },
    verdict,
    headline,
    axes: {
      memory: {
        verdict,
        value: 662 * mib,
        low: 662 * mib,
        high: 695 * mib,
        limit: budgetBytes * mib,
        unit: "bytes",
        reason: "The peak of what counts, at 0:52.",
        evidence: [],
      },
      cpu: {
        verdict: "fits",
        value: 1.46,
        low: 1.46,
        high: 2.48,
        limit: 3.54,
        unit: "cores",
        reason: "95 % of seconds, band x 1.7.",
        evidence: [],
      },
      storage: {
        verdict: "fits",
        value: 1.9 * 1024 * mib,
        low: null,
        high: null,
        limit: 11.2 * 1024 * mib,
        unit: "bytes",
        reason: "Images and volumes.",
        evidence: [],
      },
      startup: {
        verdict: "fits",
        value: 34,
        low: null,
        high: null,
        limit: 120,
        unit: "seconds",
        reason: "All services healthy after 34 s.",
        evidence: [],
      },
      wear: {
        verdict: "fits",
        value: 1.3 * 1024 * mib,
        low: null,
        high: null,
        limit: null,
        unit: "bytesPerDay",
        reason: "1.3 GiB a day, about 6 years of a typical card.",
        evidence: [],
      },
    },
    stack: {
      memoryPeakBytes: 662 * mib,
      memoryLowBytes: 662 * mib,
      memoryHighBytes: 695 * mib,
      memoryKernelPeakBytes: 720 * mib,
      cacheAtPeakBytes: 40 * mib,
      cpuSeconds: 48,
      deviceCpuCores: { p50: 0.8, p95: 1.46, p99: 1.9, max: 2.2 },
      busiestThread: { service: "rules", name: "node", p95: 0.49, max: 0.71 },
      throttledSeconds: 0.4,
      saturatedShare: 0,
      oomKills: 0,
      startupSeconds: 34,
      steadySeconds: 120,
      notMeasured: {},
    },
    services: Object.fromEntries(services.map((name, at) => [name, serviceResult(at)])),
    advice: [
      { service: "historian", key: "mem_limit", current: null, proposed: "402m", reason: "1.1 x peak 365 MiB" },
      { service: "historian", key: "cpus", current: "6", proposed: "1.10", reason: "1.2 x p99, in device cores" },
      { service: "rules", key: "mem_limit", current: "256m", proposed: "209m", reason: "1.1 x peak 190 MiB" },
      { service: "rules", key: "logging", current: null, proposed: "max-size 10m", reason: "84 MB a day, no cap" },
    ],
    projected: false,
    notJudged: [{ axis: "growth", reason: "Needs 10 min steady, had 2:00" }],
  };
}

export function resultOf(record: RunRecord): ProfileResult {
  const targets = record.targets.map((_target, index) => targetResult(record, index));
  return {
    schemaVersion: 1,
    verdict: targets[0]?.verdict ?? "unknown",
    targets,
    rules: {
      fitsShare: 0.85,
      memoryBand: 1.05,
      cpuBand: 1.7,
      osShareBytes: 200 * mib,
      nominalMemoryShare: 0.85,
      observeOnlyMemoryShare: 0.7,
      saturationShare: 0.95,
      saturatedWindowsMax: 0.5,
      saturatedWindowsFits: 0.01,
      busyHostWindowsMax: 0.05,
      downShareMax: 0.2,
      minSteadySeconds: 30,
      startupSeconds: 120,
    },
    host: {
      hostName: "bench",
      cpus: 12,
      memoryBytes: 31.2 * 1024 * mib,
      kernel: "6.18",
      cgroupVersion: 2,
      engine: "Docker 28.1",
      singleCoreScore: 3700,
      singleCoreScoreSource: "measured",
      busyWindowsShare: 0.01,
    },
    findings: [],
    runId: record.id,
  };
}
