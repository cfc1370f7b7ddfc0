import { createHash } from "node:crypto";
import { availableParallelism, hostname, release, totalmem } from "node:os";
import {
  AppError,
  type Budget,
  busyWindowsShare,
  defaultRules,
  type EngineInfo,
  type Finding,
  type Gates,
  type HostReport,
  judgeTarget,
  type Load,
  type ProfileResult,
  type Rules,
  type RunEvent,
  type RunLogEntry,
  type RunRecord,
  type RunSample,
  type RunTarget,
  type Stack,
  type Substitution,
  type TargetObservation,
  type TargetResult,
  worstAnswer,
} from "../../shared/domain/index.ts";
import type { Engine } from "../engines/index.ts";
import { takeMachineLock } from "../store/index.ts";
import type { EnvelopeHost } from "./envelope/index.ts";
import { loadFindings } from "./load/index.ts";
import { runTarget } from "./run/run-target.ts";
import { throwIfCancelled } from "./run/wait.ts";
import { measureSpeedScore, type SpeedScore } from "./speed/speed-score.ts";

export interface ProfileRequest {
  stack: Stack;
  /** What loads it while it is measured; nothing unless given. Scripts start in the folder of the stack. */
  loads?: readonly Load[];
  /** One real run each, in this order. */
  targets: readonly Budget[];
  engine: Engine;
  /** Steady time, after warm-up, counted from healthy. */
  durationMs: number;
  warmUpMs: number;
  /** Where the speed score and the engine's lock are kept. */
  dataFolder: string;
  runId: string;
  findings: readonly Finding[];
  /** What is another thing here than the file says. */
  substitutions?: readonly Substitution[];
  /** Fields of the run's record that changed: phase, current target, what a target's budget is worth. */
  onRecord?: (change: Partial<RunRecord>) => void;
  onSamples?: (samples: RunSample[]) => void;
  onEvents?: (events: RunEvent[]) => void;
  /** What services printed, as far as it is kept. */
  onLogs?: (entries: RunLogEntry[]) => void;
  /** What was seen of a target, once it has been judged: a verdict on other budgets is made from it. */
  onObservation?: (seen: TargetObservation) => void;
  signal?: AbortSignal;
  rules?: Rules;
  /** What has to be reached besides; nothing unless given. */
  gates?: Gates;
  /** 100 ms unless told. */
  intervalMs?: number;
}

const defaultIntervalMs = 100;

/**
 * Runs a stack on the local engine inside each budget and judges what was seen. Gives a verdict also for a stack that
 * is killed or never gets healthy. Everything that was made is removed on every path.
 * @throws AppError `conflict` (another measuring run has the engine, the stack is already up, a port is in use),
 * `cancelled`, `bad-input`, and what the engine throws when it cannot run the stack at all.
 */
export async function profileStack(request: ProfileRequest): Promise<ProfileResult> {
  const signal = request.signal ?? new AbortController().signal;
  const { engine, stack, targets } = request;
  throwIfCancelled(signal);
  if (targets.length === 0) throw new AppError("bad-input", "There is no target to judge against.");
  if (stack.services.every((service) => service.load)) {
    throw new AppError("bad-input", `${stack.file} has no service to measure.`, {
      hint: "A service with `x-bayplan: {load: true}` only makes load; the others are what is measured.",
    });
  }
  const engineInfo = await engine.info();
  const lock = await takeEngineLock(engineInfo);
  try {
    return await profileAll(request, engineInfo, signal);
  } catch (error) {
    throwIfCancelled(signal);
    throw error;
  } finally {
    await lock.release();
  }
}

async function profileAll(
  request: ProfileRequest,
  engineInfo: EngineInfo,
  signal: AbortSignal,
): Promise<ProfileResult> {
  const rules = request.rules ?? defaultRules;
  const onEvents = request.onEvents ?? (() => undefined);
  const onRecord = request.onRecord ?? (() => undefined);
  const score = await scoreFor(request, signal);
  const host = hostFor(score);
  const live = request.targets.map((budget) => liveTarget(budget, score));
  const observations: TargetObservation[] = [];
  const results: TargetResult[] = [];
  for (const [target, budget] of request.targets.entries()) {
    onRecord({ currentTarget: target, phase: "prepare", targets: [...live] });
    const seen = await runTarget({
      runId: request.runId,
      target,
      stack: request.stack,
      loads: request.loads ?? [],
      budget,
      engine: request.engine,
      engineInfo,
      host,
      rules,
      durationMs: request.durationMs,
      warmUpMs: request.warmUpMs,
      intervalMs: request.intervalMs ?? defaultIntervalMs,
      onSamples: request.onSamples ?? (() => undefined),
      onEvents,
      onLogs: request.onLogs ?? (() => undefined),
      onPhase: (phase) => onRecord({ phase }),
      signal,
    });
    onRecord({ phase: "judge" });
    const result = judgeTarget(seen, rules, request.gates);
    observations.push(seen);
    request.onObservation?.(seen);
    results.push(result);
    live[target] = { ...liveTarget(budget, score), verdict: result.verdict };
    onRecord({ targets: [...live] });
  }
  return {
    schemaVersion: 1,
    verdict: worstAnswer(results.map((result) => result.verdict)),
    targets: results,
    rules,
    host: hostReport(engineInfo, host, observations),
    findings: [...request.findings, ...loadFindings(results)],
    substitutions: [...(request.substitutions ?? [])],
    runId: request.runId,
  };
}

/** One measuring run per engine at a time: two would take each other's load for the machine's. */
async function takeEngineLock(info: EngineInfo) {
  const id = createHash("sha256").update(info.socket).digest("hex").slice(0, 12);
  return takeMachineLock(`engine-${id}`, { waitMs: 0, what: `The engine at ${info.socket}` });
}

/** Only a budget in device cores needs this machine's score. */
async function scoreFor(request: ProfileRequest, signal: AbortSignal): Promise<SpeedScore> {
  if (request.targets.every((budget) => budget.kind === "custom" || budget.singleCoreScore === null)) {
    return { value: null, source: "No target needed it.", kernels: null };
  }
  return measureSpeedScore(request.dataFolder, {
    signal,
    onProgress: (text) =>
      request.onEvents?.([{ target: 0, atMs: 0, kind: "progress", service: null, phase: null, text }]),
  });
}

function hostFor(score: SpeedScore): EnvelopeHost {
  return {
    cpus: availableParallelism(),
    memoryBytes: totalmem(),
    singleCoreScore: score.value,
    scoreSource: score.source,
    kernels: score.kernels,
  };
}

function liveTarget(budget: Budget, score: SpeedScore): RunTarget {
  const ratio =
    budget.kind === "custom"
      ? 1
      : budget.singleCoreScore === null || score.value === null
        ? null
        : budget.singleCoreScore / score.value;
  return {
    label: budget.label,
    name: budget.name,
    memoryBytes: budget.memoryBytes,
    cpuCores: budget.cpuCores,
    deviceCoresPerHostCore: ratio === null ? null : 1 / ratio,
    verdict: null,
  };
}

function hostReport(info: EngineInfo, host: EnvelopeHost, observations: readonly TargetObservation[]): HostReport {
  const busy = observations.flatMap((seen) => busyWindowsShare(seen) ?? []);
  return {
    hostName: hostname(),
    cpus: host.cpus,
    memoryBytes: host.memoryBytes,
    kernel: release(),
    cgroupVersion: info.cgroupVersion,
    engine: `${info.kind} ${info.version}`,
    singleCoreScore: host.singleCoreScore,
    singleCoreScoreSource: host.scoreSource,
    ...(host.kernels == null ? {} : { kernels: { ...host.kernels } }),
    busyWindowsShare: busy.length === 0 ? null : Math.max(...busy),
  };
}
