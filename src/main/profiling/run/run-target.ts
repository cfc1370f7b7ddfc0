import { dirname } from "node:path";
import { AppError, type Service, type TargetObservation } from "../../../shared/domain/index.ts";
import { localEmulation } from "../../engines/index.ts";
import { placeAsWritten, type RunningStack, runLabel, startStack } from "../../stacks/index.ts";
import { currentOwner } from "../../store/index.ts";
import { createEnvelope, type EnvelopeHandle } from "../envelope/index.ts";
import { RunLoads } from "../load/index.ts";
import { foreignPlatformOf } from "./foreign-platform.ts";
import { observeTarget } from "./observe-target.ts";
import { RunRecorder } from "./recorder.ts";
import type { RunOutcome, TargetRun } from "./target-run.ts";
import { throwIfCancelled, waitUnless } from "./wait.ts";
import { runWithoutEnvelope } from "./without-envelope.ts";

const holdWithoutEnvelopeMs = 10_000;
const secondMs = 1000;

/**
 * Runs a stack once against one budget and gives what was seen. A stack that is killed, crashes or never gets healthy
 * inside is an observation like any other; what is thrown is what stands in the way of running at all: a missing image,
 * a port in use, no engine, `cancelled`. On every path all that was made is removed.
 */
export async function runTarget(run: TargetRun): Promise<TargetObservation> {
  const deployed = run.stack.services.filter((service) => !service.load);
  const envelope = await createEnvelope({
    runId: `${run.runId}-t${run.target}`,
    budget: run.budget,
    services: deployed,
    host: run.host,
    engine: run.engineInfo,
  });
  try {
    const recorder = new RunRecorder(run, envelope, deployed);
    try {
      const outcome = await measure(run, envelope, deployed, recorder);
      const seen = observeTarget(run, envelope, deployed, recorder, outcome);
      await envelope.remove();
      return await diagnose(run, seen, recorder);
    } finally {
      await recorder.close();
    }
  } finally {
    await envelope.remove();
  }
}

/** Start, wait for health, warm up, steady, stop; then the last counters stand still until the envelope goes. */
async function measure(
  run: TargetRun,
  envelope: EnvelopeHandle,
  deployed: readonly Service[],
  recorder: RunRecorder,
): Promise<RunOutcome> {
  const outcome: RunOutcome = {
    healthyMs: null,
    steady: null,
    failedInside: null,
    foreignPlatform: null,
    loads: [],
    memoryFullSeconds: { from: null, to: null },
    writtenBytes: { from: null, to: null },
  };
  const running = await start(run, envelope, recorder, outcome);
  if (running === null) {
    recorder.stopSampling();
    return outcome;
  }
  try {
    requireInside(envelope, recorder);
    outcome.foreignPlatform = await foreignPlatformOf(run.engine, run.engineInfo, deployed);
    if (await becameHealthy(run, running, recorder, outcome))
      await runLoaded(run, running, deployed, recorder, outcome);
    recorder.phase("stop", "Stopping");
    recorder.beforeStop();
    await running.stop();
    recorder.stopSampling();
    await recorder.logs.finish();
  } finally {
    await running.remove({ volumes: true });
  }
  throwIfCancelled(run.signal);
  return outcome;
}

async function start(
  run: TargetRun,
  envelope: EnvelopeHandle,
  recorder: RunRecorder,
  outcome: RunOutcome,
): Promise<RunningStack | null> {
  try {
    return await startStack({
      engine: run.engine,
      stack: run.stack,
      owner: currentOwner(),
      labels: { [runLabel]: run.runId },
      emulation: localEmulation,
      // What only makes load is no part of the stack: it runs outside.
      place: (service) => (service.load ? placeAsWritten(service) : envelope.place(service)),
      onProgress: (text) => recorder.tell({ kind: "progress", text }),
      onEvent: (event) => recorder.onStackEvent(event),
      signal: run.signal,
    });
  } catch (error) {
    throwIfCancelled(run.signal);
    // Before the first start it is about the file or the engine; after it, about how the stack behaves in here.
    if (!(error instanceof AppError) || error.code !== "engine-failed" || recorder.startMs === null) throw error;
    outcome.failedInside = error.message;
    return null;
  }
}

/** A container outside its group would be measured as nothing, and nothing always fits. */
function requireInside(envelope: EnvelopeHandle, recorder: RunRecorder): void {
  if (envelope.groups === null) return;
  for (const name of recorder.containers.keys()) {
    // Starting alone takes CPU time, and the group keeps it when the container has ended already.
    if ((recorder.groups?.final(name).cpuSeconds ?? 0) > 0) continue;
    throw new AppError("unsupported", `The engine did not start ${name} in the cgroup that it was given.`, {
      hint: "Bayplan can only measure on an engine of this machine that takes a CgroupParent.",
    });
  }
}

async function becameHealthy(
  run: TargetRun,
  running: RunningStack,
  recorder: RunRecorder,
  outcome: RunOutcome,
): Promise<boolean> {
  recorder.phase("healthy", "Waiting until every service is healthy");
  try {
    const healthy = running.whenHealthy.then(() => {
      outcome.healthyMs ??= recorder.clock.now();
    });
    await waitUnless(run.rules.startupSeconds * secondMs, run.signal, healthy);
  } catch (error) {
    throwIfCancelled(run.signal);
    if (!(error instanceof AppError) || error.code !== "engine-failed") throw error;
    outcome.failedInside = error.message;
    return false;
  }
  if (outcome.healthyMs !== null) return true;
  outcome.failedInside = `It was not healthy after ${run.rules.startupSeconds} s.`;
  return false;
}

/** Warm-up and steady time under the load that was asked for. Whatever happens, the load ends before the stack is stopped. */
async function runLoaded(
  run: TargetRun,
  running: RunningStack,
  deployed: readonly Service[],
  recorder: RunRecorder,
  outcome: RunOutcome,
): Promise<void> {
  if (run.loads.length === 0) return runSteady(run, deployed, recorder, outcome, null);
  recorder.phase("load", "Starting the load");
  const loads = await RunLoads.start({
    loads: run.loads,
    folder: dirname(run.stack.file),
    services: run.stack.services,
    engine: run.engine,
    running,
    now: recorder.clock.now,
    tell: (text, service) => recorder.tell({ kind: "load", text, service }),
    signal: run.signal,
  });
  try {
    await runSteady(run, deployed, recorder, outcome, loads);
  } finally {
    outcome.loads = await loads.stop();
    recorder.tell({ kind: "load", text: "The load has ended" });
  }
}

async function runSteady(
  run: TargetRun,
  deployed: readonly Service[],
  recorder: RunRecorder,
  outcome: RunOutcome,
  loads: RunLoads | null,
): Promise<void> {
  const { warmUpMs, durationMs } = run;
  if (warmUpMs > 0) {
    recorder.phase("warm-up", `Warming up for ${Math.round(warmUpMs / secondMs)} s`);
    await waitWhileRunning(run, deployed, recorder, warmUpMs);
  }
  await recorder.storage.begin(run.signal);
  recorder.phase("steady", `Measuring for ${Math.round(durationMs / secondMs)} s`);
  const fromMs = recorder.clock.now();
  loads?.mark();
  outcome.writtenBytes.from = recorder.writtenBytes();
  outcome.memoryFullSeconds.from = recorder.groups?.memoryFullSeconds() ?? null;
  await waitWhileRunning(run, deployed, recorder, durationMs);
  outcome.writtenBytes.to = recorder.writtenBytes();
  outcome.memoryFullSeconds.to = recorder.groups?.memoryFullSeconds() ?? null;
  outcome.steady = { fromMs, toMs: recorder.clock.now() };
  await recorder.storage.end(run.signal);
}

/** Waits in short steps, so that a failed sampler or a stack that has ended for good is noticed. */
async function waitWhileRunning(
  run: TargetRun,
  deployed: readonly Service[],
  recorder: RunRecorder,
  ms: number,
): Promise<void> {
  const endMs = recorder.clock.now() + ms;
  for (let leftMs = ms; leftMs > 0; leftMs = endMs - recorder.clock.now()) {
    await waitUnless(Math.min(leftMs, secondMs), run.signal);
    recorder.throwIfFailed();
    if (deployed.every((service) => hasEndedForGood(service, recorder))) {
      recorder.tell({ kind: "note", text: "Every service has ended, so there is nothing left to measure." });
      return;
    }
  }
}

function hasEndedForGood({ name, restart }: Service, { ups }: RunRecorder): boolean {
  if (ups.isUp(name)) return false;
  return restart.policy === "no" || (restart.policy === "on-failure" && ups.lastExit(name) === 0);
}

/** A stack that failed inside, and not for want of memory, runs once without the envelope. */
async function diagnose(run: TargetRun, seen: TargetObservation, recorder: RunRecorder): Promise<TargetObservation> {
  if (seen.failedInside === null || seen.oomKills.length > 0 || seen.envelope.mode === "observe") return seen;
  const withoutEnvelope = await runWithoutEnvelope({
    stack: run.stack,
    engine: run.engine,
    owner: currentOwner(),
    labels: { [runLabel]: run.runId },
    healthyWaitMs: run.rules.startupSeconds * secondMs,
    holdMs: holdWithoutEnvelopeMs,
    onProgress: (text) => recorder.tell({ kind: "progress", text }),
    signal: run.signal,
  });
  recorder.tell({ kind: "note", text: withoutEnvelope.text });
  return { ...seen, withoutEnvelope };
}
