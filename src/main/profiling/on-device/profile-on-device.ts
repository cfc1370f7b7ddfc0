import { createHash } from "node:crypto";
import {
  AppError,
  type Budget,
  bandOnDevice,
  type Device,
  defaultRules,
  type EngineInfo,
  type Envelope,
  type Finding,
  type Gates,
  judgeTarget,
  type ProfileResult,
  type Rules,
  type RunRecord,
  type RunTarget,
  type Service,
  type Stack,
  type TargetObservation,
  whyNot,
} from "../../../shared/domain/index.ts";
import { deviceEmulation } from "../../engines/index.ts";
import { type RunningStack, removeRun, runCopy, runLabel, startStack, withFilesOnDevice } from "../../stacks/index.ts";
import { currentOwner, takeMachineLock } from "../../store/index.ts";
import type { DeviceUse } from "../budget/index.ts";
import { foreignPlatformOf } from "../run/foreign-platform.ts";
import { throwIfCancelled, waitUnless } from "../run/wait.ts";
import { DeviceRecorder, type RecorderHooks } from "./device-recorder.ts";
import { DeviceSampling } from "./device-sampling.ts";
import { type DeviceLink, type LiveDevice, reachAgain } from "./link.ts";
import { measureUse } from "./measure-use.ts";
import { type DeviceOutcome, observeDevice } from "./observe-device.ts";
import { refuseWhatIsUp } from "./what-is-up.ts";

export interface DeviceProfileRequest extends RecorderHooks {
  stack: Stack;
  device: Device;
  link: DeviceLink;
  /** What the device has for one more stack, given what it uses now. */
  budgetOf: (use: DeviceUse) => Promise<Budget>;
  /** Measures although the same stack is up there already, beside it. */
  beside: boolean;
  durationMs: number;
  warmUpMs: number;
  runId: string;
  findings: readonly Finding[];
  onRecord: (change: Partial<RunRecord>) => void;
  onObservation: (seen: TargetObservation) => void;
  signal: AbortSignal;
  rules?: Rules;
  gates?: Gates;
  /** 100 ms unless told. */
  intervalMs?: number;
  /** How long the connection may stay away in the middle of it; 60 s unless told. */
  gapMaxMs?: number;
}

const defaultIntervalMs = 100;
const defaultGapMaxMs = 60_000;
const secondMs = 1000;

/**
 * Runs a stack on a device and judges it against what the device has. Its own machine is the envelope: nothing is limited but by the
 * stack's own limits. Everything that was made there is removed, except when the connection is lost for good: what then remains is the
 * caller's to remove with the next connection.
 * @throws AppError `conflict` (the stack is up there, another run measures there), `unsupported`, `unreachable`, `cancelled`, and what the
 * engine throws when it cannot run the stack at all.
 */
export async function profileOnDevice(request: DeviceProfileRequest): Promise<ProfileResult> {
  const { device, link, stack } = request;
  throwIfCancelled(request.signal);
  const id = createHash("sha256").update(device.id).digest("hex").slice(0, 12);
  const lock = await takeMachineLock(`device-${id}`, { waitMs: 0, what: `Measuring on ${device.name}` });
  try {
    const live = await link.reach();
    const info = await live.engine.info();
    const obstacle = whyNot(info, "labels");
    if (obstacle !== null) {
      throw new AppError("unsupported", `A stack cannot be measured on ${device.name}: ${obstacle}.`, {
        hint: "Measure it here against the device instead: bayplan profile FILE --device NAME",
      });
    }
    await refuseWhatIsUp(live.engine, { stack, device: device.name, beside: request.beside });
    request.onRecord({ phase: "prepare" });
    const budget = onItself(await request.budgetOf(await measureUse(live)), info);
    request.onRecord({ targets: [liveTarget(budget)] });
    return await measure(request, { live, info, budget });
  } catch (error) {
    throwIfCancelled(request.signal);
    throw error;
  } finally {
    await lock.release();
  }
}

/** What its CPU can do needs no score where it runs itself. */
function onItself(budget: Budget, info: EngineInfo): Budget {
  if (budget.cpuCores !== null) return budget;
  return { ...budget, cpuCores: info.cpus, cpus: info.cpus, cpuSource: `${info.cpus} CPUs of the device itself` };
}

interface Prepared {
  live: LiveDevice;
  info: EngineInfo;
  budget: Budget;
}

async function measure(request: DeviceProfileRequest, { live, info, budget }: Prepared): Promise<ProfileResult> {
  const rules = request.rules ?? defaultRules;
  const stack = runCopy(request.stack, request.runId);
  const deployed = stack.services.filter((service) => !service.load);
  const recorder = new DeviceRecorder(request, deployed);
  const sampling = new DeviceSampling({
    link: request.link,
    live,
    recorder,
    intervalMs: request.intervalMs ?? defaultIntervalMs,
    gapMaxMs: request.gapMaxMs ?? defaultGapMaxMs,
  });
  const outcome: DeviceOutcome = { healthyMs: null, steady: null, failedInside: null, foreignPlatform: null };
  try {
    await sampling.started;
    sampling.throwIfFailed();
    await run({ request, rules, stack, deployed, recorder, sampling, outcome, info });
  } finally {
    // What has ended the sampling is told below, unless the run has ended with a failure of its own.
    await sampling.stop().catch((error: unknown) => {
      if (!(error instanceof AppError)) throw error;
    });
  }
  throwIfCancelled(request.signal);
  sampling.throwIfFailed();
  request.onRecord({ phase: "judge" });
  const seen = observeDevice({ stack, rules, budget, envelope: envelopeOf(), cpus: info.cpus }, recorder, outcome);
  const result = judgeTarget(seen, rules, request.gates);
  request.onObservation(seen);
  request.onRecord({ targets: [{ ...liveTarget(budget), verdict: result.verdict }] });
  return {
    schemaVersion: 1,
    verdict: result.verdict,
    targets: [result],
    rules,
    host: hostReport(request.device, info, budget),
    findings: [...request.findings],
    substitutions: [],
    runId: request.runId,
  };
}

interface Running {
  request: DeviceProfileRequest;
  rules: Rules;
  stack: Stack;
  deployed: readonly Service[];
  recorder: DeviceRecorder;
  sampling: DeviceSampling;
  outcome: DeviceOutcome;
  info: EngineInfo;
}

/** Start, wait for health, warm up, steady, stop, remove. */
async function run(running: Running): Promise<void> {
  const { request, recorder, sampling, outcome, deployed, info } = running;
  let started: RunningStack | null = null;
  try {
    started = await start(running);
    if (started === null) return;
    outcome.foreignPlatform = await foreignPlatformOf(sampling.live.engine, info, deployed);
    if (await becameHealthy(running, started)) await runSteady(running);
    recorder.phase("stop", "Stopping");
    recorder.beforeStop();
    await sampling.stop();
  } finally {
    started?.close();
    // Under a connection that is lost it stays, and is removed with the next one.
    const { connection, engine } = sampling.live;
    if (!connection.closed) await removeRun(engine, request.runId);
  }
}

async function start({ request, stack, recorder, sampling, outcome }: Running): Promise<RunningStack | null> {
  const { connection, engine } = sampling.live;
  const onProgress = (text: string) => recorder.tell({ kind: "progress", text });
  try {
    return await withFilesOnDevice({ connection, stack, onProgress, signal: request.signal }, (placed) =>
      startStack({
        engine,
        stack: placed.stack,
        owner: currentOwner(),
        labels: { [runLabel]: request.runId },
        contents: placed.contents,
        emulation: deviceEmulation(connection),
        onProgress,
        onEvent: (event) => recorder.onStackEvent(event),
        signal: request.signal,
      }),
    );
  } catch (error) {
    throwIfCancelled(request.signal);
    if (connection.closed) throw lostBefore(request.device.name);
    // Before the first start it is about the file or the engine; after it, about how the stack behaves there.
    if (!(error instanceof AppError) || error.code !== "engine-failed" || recorder.startMs === null) throw error;
    outcome.failedInside = error.message;
    return null;
  }
}

async function becameHealthy(
  { request, rules, recorder, sampling, outcome }: Running,
  started: RunningStack,
): Promise<boolean> {
  recorder.phase("healthy", "Waiting until every service is healthy");
  try {
    const healthy = started.whenHealthy.then(() => {
      outcome.healthyMs ??= recorder.clock.now();
    });
    await waitUnless(rules.startupSeconds * secondMs, request.signal, healthy);
  } catch (error) {
    throwIfCancelled(request.signal);
    if (sampling.inGap || sampling.live.connection.closed) throw lostBefore(request.device.name);
    if (!(error instanceof AppError) || error.code !== "engine-failed") throw error;
    outcome.failedInside = error.message;
    return false;
  }
  if (outcome.healthyMs !== null) return true;
  outcome.failedInside = `It was not healthy after ${rules.startupSeconds} s.`;
  return false;
}

async function runSteady(running: Running): Promise<void> {
  const { request, recorder, outcome } = running;
  if (request.warmUpMs > 0) {
    recorder.phase("warm-up", `Warming up for ${Math.round(request.warmUpMs / secondMs)} s`);
    await waitMeasured(running, request.warmUpMs);
  }
  recorder.phase("steady", `Measuring for ${Math.round(request.durationMs / secondMs)} s`);
  const fromMs = recorder.clock.now();
  await waitMeasured(running, request.durationMs);
  outcome.steady = { fromMs, toMs: recorder.clock.now() };
}

/** Time in which nothing could be read does not count. */
async function waitMeasured({ request, recorder, sampling }: Running, ms: number): Promise<void> {
  const startMs = recorder.clock.now();
  const gapBeforeMs = sampling.gapMs;
  const leftMs = () => ms - (recorder.clock.now() - startMs - (sampling.gapMs - gapBeforeMs));
  while (leftMs() > 0) {
    await waitUnless(Math.min(leftMs(), secondMs), request.signal);
    sampling.throwIfFailed();
  }
  if (!sampling.inGap) return;
  await reachAgain(request.link, sampling.live.connection, {
    withinMs: request.gapMaxMs ?? defaultGapMaxMs,
    signal: request.signal,
  });
}

/** Its own machine is the envelope. */
function envelopeOf(): Envelope {
  return {
    mode: "device",
    limits: { memoryBytes: null, cpuQuotaCores: null, cpuPeriodUs: null, cpuset: null, swapBytes: null },
    speedRatio: 1,
    speedSource: "cores of the device itself",
    cpuBand: bandOnDevice,
    missing: [],
  };
}

function liveTarget(budget: Budget): RunTarget {
  return {
    label: budget.label,
    name: budget.name,
    memoryBytes: budget.memoryBytes,
    cpuCores: budget.cpuCores,
    deviceCoresPerHostCore: 1,
    verdict: null,
  };
}

function hostReport({ facts, name }: Device, info: EngineInfo, budget: Budget): ProfileResult["host"] {
  return {
    hostName: facts?.hostName ?? name,
    cpus: info.cpus,
    memoryBytes: facts?.memoryTotalBytes ?? info.memoryBytes,
    kernel: facts?.kernel ?? "unknown",
    cgroupVersion: info.cgroupVersion,
    engine: `${info.kind} ${info.version}`,
    singleCoreScore: budget.singleCoreScore,
    singleCoreScoreSource: budget.cpuSource,
    ...(budget.kernels === undefined ? {} : { kernels: budget.kernels }),
    busyWindowsShare: null,
  };
}

function lostBefore(name: string): AppError {
  return new AppError("unreachable", `The connection to ${name} was lost before the stack was healthy there.`, {
    hint: "What was started there is removed as soon as it answers again. Then measure anew.",
  });
}
