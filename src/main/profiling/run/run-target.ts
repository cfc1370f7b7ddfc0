import {
  AppError,
  type Budget,
  type EngineInfo,
  type OomKill,
  type Phase,
  type Rules,
  type RunEvent,
  type RunSample,
  type Service,
  type ServiceObservation,
  type Stack,
  type TargetObservation,
  WindowFold,
} from "../../../shared/domain/index.ts";
import type { Engine } from "../../engines/index.ts";
import { placeAsWritten, runLabel, type StackEvent, startStack } from "../../stacks/index.ts";
import { currentOwner } from "../../store/index.ts";
import { createEnvelope, type EnvelopeHandle, type EnvelopeHost } from "../envelope/index.ts";
import { Sampler } from "../sampling/index.ts";
import { RunClock } from "./clock.ts";
import { foreignPlatformOf } from "./foreign-platform.ts";
import { type MeasureGroups, openMeasureGroups } from "./measure-groups.ts";
import { OomWatch } from "./oom-watch.ts";
import { OwnThrottling } from "./own-throttling.ts";
import { UpTime } from "./up-time.ts";
import { throwIfCancelled, waitUnless } from "./wait.ts";
import { runWithoutEnvelope } from "./without-envelope.ts";

export interface TargetRun {
  runId: string;
  target: number;
  stack: Stack;
  budget: Budget;
  engine: Engine;
  engineInfo: EngineInfo;
  host: EnvelopeHost;
  rules: Rules;
  durationMs: number;
  warmUpMs: number;
  intervalMs: number;
  onSamples: (samples: RunSample[]) => void;
  onEvents: (events: RunEvent[]) => void;
  onPhase: (phase: Phase) => void;
  signal: AbortSignal;
}

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
  const target = new TargetMeasurement(run, envelope, deployed);
  try {
    await target.measure();
    const seen = target.observe();
    await envelope.remove();
    return await target.diagnose(seen);
  } finally {
    target.close();
    await envelope.remove();
  }
}

/** One target's run while it lasts. */
class TargetMeasurement {
  readonly #run: TargetRun;
  readonly #envelope: EnvelopeHandle;
  readonly #deployed: readonly Service[];
  readonly #clock = new RunClock();
  readonly #fold = new WindowFold();
  readonly #ups = new UpTime();
  readonly #oom: OomWatch;
  readonly #containers = new Map<string, string[]>();
  readonly #groups: MeasureGroups | null;
  readonly #throttling: OwnThrottling;
  #sampler: Sampler | null = null;
  #samplerError: { error: unknown } | null = null;
  /** What ends or starts from here on does so because it is being stopped. */
  #stopping = false;
  #second = 0;
  #startMs: number | null = null;
  #healthyMs: number | null = null;
  #steady: { fromMs: number; toMs: number } | null = null;
  #failedInside: string | null = null;
  #foreignPlatform: string | null = null;
  #swapPeakBytes: number | null = null;
  #memoryFull: { from: number | null; to: number | null } = { from: null, to: null };

  constructor(run: TargetRun, envelope: EnvelopeHandle, deployed: readonly Service[]) {
    this.#run = run;
    this.#envelope = envelope;
    this.#deployed = deployed;
    const names = deployed.map((service) => service.name);
    this.#groups = openMeasureGroups(envelope, names);
    const hasOwnLimit = (name: string) =>
      deployed.some((service) => service.name === name && service.limits.memoryBytes !== null);
    this.#oom = new OomWatch(
      { envelope: envelope.groups?.stack.name ?? null, containersOf: () => this.#containers, services: names },
      hasOwnLimit,
      (kill) => this.#tellKill(kill),
    );
    this.#throttling = new OwnThrottling(
      deployed.filter((service) => service.limits.cpuCores !== null).map((service) => service.name),
      (service) => this.#groups?.ownThrottling(service) ?? new Map(),
    );
  }

  /** Start, wait for health, warm up, steady, stop; then the last counters stand still until the envelope goes. */
  async measure(): Promise<void> {
    const { signal } = this.#run;
    throwIfCancelled(signal);
    const running = await this.#start();
    if (running === null) return this.#stopSampling();
    try {
      this.#foreignPlatform = await foreignPlatformOf(this.#run.engine, this.#run.engineInfo, this.#deployed);
      if (await this.#waitUntilHealthy(running.whenHealthy)) await this.#runSteady();
      // The quota's figures lie on the containers' groups, which end with them.
      this.#throttling.poll();
      this.#phase("stop", "Stopping");
      this.#stopping = true;
      await running.stop();
      this.#stopSampling();
    } finally {
      await running.remove({ volumes: true });
    }
    throwIfCancelled(signal);
  }

  close(): void {
    this.#sampler?.stop();
    this.#oom.close();
  }

  /** What was seen, with the kernel's last word on each group; before the envelope is removed. */
  observe(): TargetObservation {
    const final = this.#groups?.final(null) ?? null;
    const noGroups = "This machine shows no cgroups of the engine's containers.";
    const notMeasured: Record<string, string> = {};
    if (this.#groups === null) for (const key of measured) notMeasured[key] = noGroups;
    else if (this.#envelope.groups === null) {
      for (const key of ["memoryKernelPeakBytes", "throttledSeconds"]) {
        notMeasured[key] = "There was no envelope, and only a group around the stack has it.";
      }
    } else if (this.#envelope.envelope.limits.cpuQuotaCores === null) {
      notMeasured.throttledSeconds = "No CPU quota was in force.";
    }
    const hasQuota = this.#envelope.envelope.limits.cpuQuotaCores !== null;
    return {
      budget: this.#run.budget,
      envelope: this.#envelope.envelope,
      windows: this.#fold.windows,
      services: this.#deployed.map((service) => this.#observeService(service)),
      stack: {
        memoryKernelPeakBytes: final?.memoryKernelPeakBytes ?? null,
        spikePeakBytes: this.#sampler?.spikePeakBytes(null) ?? null,
        cpuSeconds: final?.cpuSeconds ?? null,
        throttledSeconds: hasQuota ? (final?.throttledSeconds ?? null) : null,
        swapPeakBytes: this.#swapPeakBytes,
        memoryFullShare: this.#memoryFullShare(),
        notMeasured,
      },
      oomKills: this.#oom.kills,
      times: {
        startMs: this.#startMs ?? 0,
        healthyMs: this.#healthyMs,
        steadyFromMs: this.#steady?.fromMs ?? null,
        steadyToMs: this.#steady?.toMs ?? null,
      },
      host: { cpus: this.#run.host.cpus },
      failedInside: this.#failedInside ?? this.#whyNotStaying(),
      withoutEnvelope: null,
      foreignPlatform: this.#foreignPlatform,
      loadGiven: this.#run.stack.services.some((service) => service.load) || this.#run.stack.loadDescription !== null,
    };
  }

  /** A stack that failed inside, and not for want of memory, runs once without the envelope. */
  async diagnose(seen: TargetObservation): Promise<TargetObservation> {
    if (seen.failedInside === null || seen.oomKills.length > 0 || seen.envelope.mode === "observe") return seen;
    const { stack, engine, runId, signal, rules } = this.#run;
    const withoutEnvelope = await runWithoutEnvelope({
      stack,
      engine,
      owner: currentOwner(),
      labels: { [runLabel]: runId },
      healthyWaitMs: rules.startupSeconds * secondMs,
      holdMs: holdWithoutEnvelopeMs,
      onProgress: (text) => this.#tell({ kind: "progress", text }),
      signal,
    });
    this.#tell({ kind: "note", text: withoutEnvelope.text });
    return { ...seen, withoutEnvelope };
  }

  async #start() {
    const { stack, engine, runId, signal } = this.#run;
    const inEnvelope = new Set(this.#deployed.map((service) => service.name));
    try {
      return await startStack({
        engine,
        stack,
        owner: currentOwner(),
        labels: { [runLabel]: runId },
        place: (service) => (inEnvelope.has(service.name) ? this.#envelope.place(service) : placeAsWritten(service)),
        onProgress: (text) => this.#tell({ kind: "progress", text }),
        onEvent: (event) => this.#onStackEvent(event),
        signal,
      });
    } catch (error) {
      throwIfCancelled(signal);
      // Before the first start it is about the file or the engine; after it, about how the stack behaves in here.
      if (!(error instanceof AppError) || error.code !== "engine-failed" || this.#startMs === null) throw error;
      this.#failedInside = error.message;
      return null;
    }
  }

  async #waitUntilHealthy(whenHealthy: Promise<void>): Promise<boolean> {
    const { signal, rules } = this.#run;
    this.#phase("healthy", "Waiting until every service is healthy");
    try {
      const done = whenHealthy.then(() => {
        this.#healthyMs ??= this.#clock.now();
      });
      await waitUnless(rules.startupSeconds * secondMs, signal, done);
    } catch (error) {
      throwIfCancelled(signal);
      if (!(error instanceof AppError) || error.code !== "engine-failed") throw error;
      this.#failedInside = error.message;
      return false;
    }
    if (this.#healthyMs !== null) return true;
    this.#failedInside = `It was not healthy after ${rules.startupSeconds} s.`;
    return false;
  }

  async #runSteady(): Promise<void> {
    const { warmUpMs, durationMs } = this.#run;
    if (warmUpMs > 0) {
      this.#phase("warm-up", `Warming up for ${Math.round(warmUpMs / secondMs)} s`);
      await this.#wait(warmUpMs);
    }
    this.#phase("steady", `Measuring for ${Math.round(durationMs / secondMs)} s`);
    const fromMs = this.#clock.now();
    this.#memoryFull.from = this.#groups?.memoryFullSeconds() ?? null;
    await this.#wait(durationMs);
    this.#memoryFull.to = this.#groups?.memoryFullSeconds() ?? null;
    this.#steady = { fromMs, toMs: this.#clock.now() };
  }

  /** Waits in short steps, so that a failed sampler or a stack that has ended for good is noticed. */
  async #wait(ms: number): Promise<void> {
    const endMs = this.#clock.now() + ms;
    for (let leftMs = ms; leftMs > 0; leftMs = endMs - this.#clock.now()) {
      await waitUnless(Math.min(leftMs, secondMs), this.#run.signal);
      if (this.#samplerError !== null) throw this.#samplerError.error;
      if (this.#deployed.length > 0 && this.#deployed.every((service) => this.#hasEndedForGood(service))) {
        this.#tell({ kind: "note", text: "Every service has ended, so there is nothing left to measure." });
        return;
      }
    }
  }

  #hasEndedForGood({ name, restart }: Service): boolean {
    if (this.#ups.isUp(name)) return false;
    return restart.policy === "no" || (restart.policy === "on-failure" && this.#ups.lastExit(name) === 0);
  }

  #startSampling(): void {
    const groups = this.#groups;
    if (groups === null || this.#sampler !== null) return;
    this.#sampler = new Sampler({
      target: this.#run.target,
      stack: groups.stack,
      services: groups.services,
      threadFolders: groups.threadFolders,
      intervalMs: this.#run.intervalMs,
      now: this.#clock.now,
      oomKills: (service) => this.#oom.count(service),
      onSample: (sample) => this.#onSample(sample),
      onError: (error) => {
        this.#samplerError = { error };
      },
    });
  }

  #stopSampling(): void {
    this.#oom.poll(this.#clock.now());
    this.#sampler?.stop();
    if (this.#samplerError !== null) throw this.#samplerError.error;
  }

  #onSample(sample: RunSample): void {
    this.#fold.add(sample);
    this.#oom.poll(sample.atMs);
    const second = Math.floor(sample.atMs / secondMs);
    if (second !== this.#second) {
      this.#second = second;
      this.#throttling.poll();
      const swap = this.#groups?.swapBytes() ?? null;
      if (swap !== null) this.#swapPeakBytes = Math.max(this.#swapPeakBytes ?? 0, swap);
    }
    this.#run.onSamples([sample]);
  }

  #onStackEvent(event: StackEvent): void {
    const atMs = this.#clock.fromWall(event.atMs);
    const { service, containerId, kind } = event;
    if (kind === "phase") {
      if (event.phase === null) return;
      if (event.phase === "create") this.#startSampling();
      this.#run.onPhase(event.phase);
      this.#tell({ kind, text: event.text, phase: event.phase, atMs });
      return;
    }
    if (service !== null && !this.#stopping && this.#deployed.some((one) => one.name === service)) {
      if (kind === "started" || kind === "restarted") this.#onStarted(service, containerId, kind === "restarted", atMs);
      if (kind === "exited") {
        this.#ups.ended(service, atMs, event.exitCode);
        this.#oom.containerEnded(service, event.exitCode, atMs);
      }
      if (kind === "oom-kill") {
        // On cgroup v1 every container below the limit hears of it: who was killed is told by the kernel's log.
        this.#oom.engineSaysOom(service);
        return;
      }
    }
    if (kind !== "oom-kill") this.#tell({ kind, text: event.text, service, atMs });
  }

  #onStarted(service: string, containerId: string | null, again: boolean, atMs: number): void {
    this.#startMs ??= atMs;
    this.#ups.started(service, atMs, again);
    if (containerId === null) return;
    const known = this.#containers.get(service) ?? [];
    if (!known.includes(containerId)) this.#containers.set(service, [...known, containerId]);
    if (this.#envelope.groups === null) void this.#find(service, containerId);
  }

  /** Without an envelope the container's group has to be looked for; one that has ended meanwhile is not an error. */
  async #find(service: string, containerId: string): Promise<void> {
    try {
      const { pid } = await this.#run.engine.inspectContainer(containerId);
      this.#groups?.containerStarted(service, pid);
    } catch (error) {
      if (!(error instanceof AppError)) this.#samplerError ??= { error };
    }
  }

  #observeService(service: Service): ServiceObservation {
    const { name, limits, restart } = service;
    const final = this.#groups?.final(name) ?? null;
    const notMeasured: Record<string, string> = {};
    if (final === null) for (const key of measured) notMeasured[key] = "This machine shows no cgroups of it.";
    const throttledSeconds = this.#throttling.seconds(name);
    if (throttledSeconds === null && limits.cpuCores !== null) {
      notMeasured.throttledSeconds = "Its container had ended before it was read.";
    }
    return {
      name,
      limits: { memoryBytes: limits.memoryBytes, cpuCores: limits.cpuCores },
      batch: service.batch,
      longRunning: !this.#isJob(service),
      restartPolicy: restart.policy,
      containers: this.#containers.get(name) ?? [],
      restarts: this.#ups.restarts(name),
      memoryKernelPeakBytes: final?.memoryKernelPeakBytes ?? null,
      spikePeakBytes: this.#sampler?.spikePeakBytes(name) ?? null,
      cpuSeconds: final?.cpuSeconds ?? null,
      throttledSeconds,
      oomKills: Math.max(this.#oom.count(name), final?.oomKills ?? 0),
      downShare: this.#steady === null ? 0 : this.#ups.downShare(name, this.#steady.fromMs, this.#steady.toMs),
      notMeasured,
    };
  }

  /** A service that ends by itself with 0 and is not started again, or that others wait for to complete. */
  #isJob(service: Service): boolean {
    const awaited = this.#run.stack.services.some((other) =>
      other.dependsOn.some((one) => one.service === service.name && one.condition === "service_completed_successfully"),
    );
    const mayEnd = service.restart.policy === "no" || service.restart.policy === "on-failure";
    return awaited || (mayEnd && this.#ups.lastExit(service.name) === 0 && !this.#ups.isUp(service.name));
  }

  /** It got healthy, but a service of it did not stay: a check that passes once does not make it run. */
  #whyNotStaying(): string | null {
    const steady = this.#steady;
    if (steady === null) return null;
    const down = this.#deployed.find(
      (service) =>
        !this.#isJob(service) &&
        this.#ups.downShare(service.name, steady.fromMs, steady.toMs) > this.#run.rules.downShareMax,
    );
    if (down === undefined) return null;
    const code = this.#ups.lastExit(down.name);
    const share = Math.round(100 * this.#ups.downShare(down.name, steady.fromMs, steady.toMs));
    return `${down.name} was down for ${share}% of the steady time (exit code ${code ?? "unknown"}).`;
  }

  #memoryFullShare(): number | null {
    const { from, to } = this.#memoryFull;
    if (from === null || to === null || this.#steady === null) return null;
    const seconds = (this.#steady.toMs - this.#steady.fromMs) / secondMs;
    return seconds > 0 ? (to - from) / seconds : null;
  }

  #phase(phase: Phase, text: string): void {
    this.#run.onPhase(phase);
    this.#tell({ kind: "phase", phase, text });
  }

  #tellKill(kill: OomKill): void {
    const where = { envelope: "the budget", "own-limit": "its own limit", machine: "this machine's memory" }[kill.at];
    const text = `The kernel killed ${kill.process ?? "a process"} of ${kill.service ?? "the stack"}: ${where} was used up`;
    this.#tell({ kind: "oom-kill", text, service: kill.service, atMs: kill.atMs });
  }

  #tell(event: Pick<RunEvent, "kind" | "text"> & Partial<RunEvent>): void {
    this.#run.onEvents([{ target: this.#run.target, atMs: this.#clock.now(), service: null, phase: null, ...event }]);
  }
}

const measured = ["memoryPeakBytes", "memoryKernelPeakBytes", "cpuSeconds", "throttledSeconds"];
