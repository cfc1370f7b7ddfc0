import {
  burstErrorShare,
  type Service,
  type ServiceObservation,
  type TargetObservation,
} from "../../../shared/domain/index.ts";
import { type EnvelopeHandle, ownCores } from "../envelope/index.ts";
import { logExcerpt } from "../logs/log-excerpt.ts";
import type { RunRecorder } from "./recorder.ts";
import type { RunOutcome, TargetRun } from "./target-run.ts";

const secondMs = 1000;
const fromGroups = ["memoryPeakBytes", "memoryKernelPeakBytes", "cpuSeconds", "throttledSeconds"];
const mostExits = 50;
const noGroups = "This machine shows no cgroups of the engine's containers.";

/** What was seen of a run, with the kernel's last word on each group; to be asked before the envelope is removed. */
export function observeTarget(
  run: TargetRun,
  envelope: EnvelopeHandle,
  deployed: readonly Service[],
  recorder: RunRecorder,
  outcome: RunOutcome,
): TargetObservation {
  const final = recorder.groups?.final(null) ?? null;
  const writes = writesOf(outcome, recorder);
  const exits = recorder.ups.exits.slice(0, mostExits);
  const storage = recorder.storage.outcome;
  const hasQuota = envelope.envelope.limits.cpuQuotaCores !== null;
  return {
    budget: run.budget,
    envelope: { ...envelope.envelope, burstErrorShare: burstErrorShare(envelope.envelope) },
    windows: recorder.fold.windows,
    services: deployed.map((service) => observeService(run, service, recorder, outcome)),
    stack: {
      memoryKernelPeakBytes: final?.memoryKernelPeakBytes ?? null,
      spikePeakBytes: recorder.spikePeakBytes(null),
      spikesMayBeMissed: recorder.spikesMayBeMissed,
      cpuSeconds: final?.cpuSeconds ?? null,
      throttledSeconds: hasQuota ? (final?.throttledSeconds ?? null) : null,
      swapPeakBytes: recorder.swapPeakBytes,
      memoryFullShare: memoryFullShare(outcome),
      notMeasured: {
        ...whyNotMeasured(envelope, recorder),
        ...(storage.seen === null ? { storage: storage.reason } : {}),
        ...(writes === null ? { writes: whyNoWrites(recorder, outcome) } : {}),
      },
    },
    storage: storage.seen,
    writes,
    oomKills: recorder.oom.kills,
    exits,
    logs: logExcerpt(recorder.logs.lines, { kills: recorder.oom.kills, exits, windows: recorder.fold.windows }),
    times: {
      startMs: recorder.startMs ?? 0,
      healthyMs: outcome.healthyMs,
      steadyFromMs: outcome.steady?.fromMs ?? null,
      steadyToMs: outcome.steady?.toMs ?? null,
    },
    host: { cpus: run.host.cpus },
    failedInside: outcome.failedInside ?? whyNotStaying(run, deployed, recorder, outcome),
    withoutEnvelope: null,
    foreignPlatform: outcome.foreignPlatform,
    loadGiven:
      run.loads.length > 0 || run.stack.services.some((service) => service.load) || run.stack.loadDescription !== null,
    loads: outcome.loads,
  };
}

function writesOf(
  { writtenBytes: { from, to }, steady }: RunOutcome,
  { ups }: RunRecorder,
): TargetObservation["writes"] {
  if (from === null || to === null || steady === null) return null;
  const hasEnds = ups.exits.some(({ atMs }) => atMs >= steady.fromMs && atMs <= steady.toMs);
  const missing = hasEnds ? "What a container wrote in the second before its end may be missing." : null;
  return { steadyBytes: Math.max(0, to - from), missing };
}

function whyNoWrites({ groups }: RunRecorder, { steady }: RunOutcome): string {
  if (groups === null) return noGroups;
  if (steady === null) return "The stack did not get to steady time.";
  return "Only root may read what processes of others write.";
}

function whyNotMeasured(envelope: EnvelopeHandle, recorder: RunRecorder): Record<string, string> {
  if (recorder.groups === null) return Object.fromEntries(fromGroups.map((key) => [key, noGroups]));
  if (envelope.groups === null) {
    const reason = "There was no envelope, and only a group around the stack has it.";
    return { memoryKernelPeakBytes: reason, throttledSeconds: reason };
  }
  return envelope.envelope.limits.cpuQuotaCores === null ? { throttledSeconds: "No CPU quota was in force." } : {};
}

function observeService(
  run: TargetRun,
  service: Service,
  recorder: RunRecorder,
  { steady }: RunOutcome,
): ServiceObservation {
  const { name, limits, restart } = service;
  const { groups, ups, oom, throttling, containers } = recorder;
  const final = groups?.final(name) ?? null;
  const notMeasured: Record<string, string> = {};
  if (final === null) for (const key of fromGroups) notMeasured[key] = noGroups;
  const throttledSeconds = throttling.seconds(name);
  if (throttledSeconds === null && ownCores(service) !== null) {
    notMeasured.throttledSeconds ??= "Its container had ended before it was read.";
  }
  return {
    name,
    limits: { memoryBytes: limits.memoryBytes, cpuCores: ownCores(service) },
    batch: service.batch,
    longRunning: !isJob(run, service, recorder),
    restartPolicy: restart.policy,
    containers: containers.get(name) ?? [],
    restarts: ups.restarts(name),
    memoryKernelPeakBytes: final?.memoryKernelPeakBytes ?? null,
    spikePeakBytes: recorder.spikePeakBytes(name),
    cpuSeconds: final?.cpuSeconds ?? null,
    throttledSeconds,
    oomKills: Math.max(oom.count(name), final?.oomKills ?? 0),
    downShare: steady === null ? 0 : ups.downShare(name, steady.fromMs, steady.toMs),
    notMeasured,
  };
}

/** A service that ends by itself with 0 and is not started again, or that others wait for to complete. */
export function isJob(run: Pick<TargetRun, "stack">, service: Service, { ups }: Pick<RunRecorder, "ups">): boolean {
  const isAwaited = run.stack.services.some((other) =>
    other.dependsOn.some((one) => one.service === service.name && one.condition === "service_completed_successfully"),
  );
  const mayEnd = service.restart.policy === "no" || service.restart.policy === "on-failure";
  return isAwaited || (mayEnd && ups.lastExit(service.name) === 0 && !ups.isUp(service.name));
}

/** It got healthy, but a service of it did not stay: a check that passes once does not make it run. */
export function whyNotStaying(
  run: Pick<TargetRun, "stack" | "rules">,
  deployed: readonly Service[],
  recorder: Pick<RunRecorder, "ups">,
  { steady }: Pick<RunOutcome, "steady">,
): string | null {
  if (steady === null) return null;
  for (const service of deployed) {
    const share = recorder.ups.downShare(service.name, steady.fromMs, steady.toMs);
    if (share <= run.rules.downShareMax || isJob(run, service, recorder)) continue;
    const code = recorder.ups.lastExit(service.name) ?? "unknown";
    return `${service.name} was down for ${Math.round(100 * share)}% of the steady time (exit code ${code}).`;
  }
  return null;
}

function memoryFullShare({ memoryFullSeconds: { from, to }, steady }: RunOutcome): number | null {
  if (from === null || to === null || steady === null) return null;
  const seconds = (steady.toMs - steady.fromMs) / secondMs;
  return seconds > 0 ? (to - from) / seconds : null;
}
