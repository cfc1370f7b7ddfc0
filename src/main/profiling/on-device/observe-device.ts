import type {
  Budget,
  Envelope,
  Rules,
  Service,
  ServiceObservation,
  Stack,
  TargetObservation,
} from "../../../shared/domain/index.ts";
import { isJob, whyNotStaying } from "../run/observe-target.ts";
import type { DeviceRecorder } from "./device-recorder.ts";

/** How a run on a device went, besides what was recorded of it. Times are on the run's clock. */
export interface DeviceOutcome {
  healthyMs: number | null;
  steady: { fromMs: number; toMs: number } | null;
  failedInside: string | null;
  foreignPlatform: string | null;
}

interface Observed {
  stack: Stack;
  rules: Rules;
  budget: Budget;
  envelope: Envelope;
  /** As its engine says; the device's own count of them is taken where it was read. */
  cpus: number;
}

const mostExits = 50;
const noSpikes = "Spikes between two readings are not seen on a device; the kernel's peak has them, with the cache.";

/** What was seen of a run on a device. */
export function observeDevice(observed: Observed, recorder: DeviceRecorder, outcome: DeviceOutcome): TargetObservation {
  const { stack, budget, envelope } = observed;
  const deployed = stack.services.filter((service) => !service.load);
  const { steady, healthyMs } = outcome;
  return {
    budget,
    envelope,
    windows: recorder.fold.windows,
    services: deployed.map((service) => observeService(stack, service, recorder, outcome)),
    stack: {
      memoryKernelPeakBytes: null,
      spikePeakBytes: null,
      cpuSeconds: deployed.reduce((sum, { name }) => sum + recorder.cpuSecondsOf(name), 0),
      throttledSeconds: null,
      swapPeakBytes: recorder.swapPeakBytes,
      memoryFullShare: null,
      notMeasured: {
        memoryKernelPeakBytes: "Only a group around the stack has it, and there is none on a device.",
        throttledSeconds: "No CPU quota was in force.",
        spikePeakBytes: noSpikes,
        storage: "What a stack takes on the disk is measured on this machine's own engine only.",
        writes: "What is written to a device's card is not read.",
      },
    },
    storage: null,
    writes: null,
    oomKills: recorder.oomKills,
    exits: recorder.ups.exits.slice(0, mostExits),
    logs: [],
    times: {
      startMs: recorder.startMs ?? 0,
      healthyMs,
      steadyFromMs: steady?.fromMs ?? null,
      steadyToMs: steady?.toMs ?? null,
    },
    host: { cpus: recorder.cpus ?? observed.cpus },
    failedInside: outcome.failedInside ?? whyNotStaying(observed, deployed, recorder, outcome),
    withoutEnvelope: null,
    foreignPlatform: outcome.foreignPlatform,
    loads: [],
    loadGiven: stack.services.some((service) => service.load) || stack.loadDescription !== null,
  };
}

function observeService(
  stack: Stack,
  service: Service,
  recorder: DeviceRecorder,
  { steady }: DeviceOutcome,
): ServiceObservation {
  const { name, limits, restart } = service;
  const { ups } = recorder;
  const memoryKernelPeakBytes = recorder.kernelPeakOf(name);
  const hasLimit = limits.cpuCores !== null;
  const notMeasured: Record<string, string> = {};
  if (memoryKernelPeakBytes === null) notMeasured.memoryKernelPeakBytes = "The device's kernel does not say it.";
  return {
    name,
    limits: { memoryBytes: limits.memoryBytes, cpuCores: limits.cpuCores },
    batch: service.batch,
    longRunning: !isJob({ stack }, service, recorder),
    restartPolicy: restart.policy,
    containers: recorder.containers.get(name) ?? [],
    restarts: ups.restarts(name),
    memoryKernelPeakBytes,
    spikePeakBytes: null,
    cpuSeconds: recorder.cpuSecondsOf(name),
    throttledSeconds: hasLimit ? recorder.throttledSecondsOf(name) : null,
    oomKills: recorder.killsOf(name),
    downShare: steady === null ? 0 : ups.downShare(name, steady.fromMs, steady.toMs),
    notMeasured,
  };
}
