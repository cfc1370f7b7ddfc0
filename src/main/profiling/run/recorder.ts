import {
  AppError,
  type OomKill,
  type Phase,
  type RunEvent,
  type RunSample,
  type Service,
  WindowFold,
} from "../../../shared/domain/index.ts";
import { hideInLogs, type StackEvent } from "../../stacks/index.ts";
import { type EnvelopeHandle, ownCores } from "../envelope/index.ts";
import { RunLogs } from "../logs/run-logs.ts";
import { Sampler } from "../sampling/index.ts";
import { StorageWatch } from "../storage/storage-watch.ts";
import { RunClock } from "./clock.ts";
import { type MeasureGroups, openMeasureGroups } from "./measure-groups.ts";
import { OomWatch } from "./oom-watch.ts";
import { OwnThrottling } from "./own-throttling.ts";
import type { TargetRun } from "./target-run.ts";
import { UpTime } from "./up-time.ts";

const secondMs = 1000;
/** 20 Hz: at that rate 25 of 25 spikes of 100 ms were seen where the kernel's peak could not be reset. */
const withoutPeakMs = 50;

/** Everything that is recorded while one target runs: samples, ups and downs, kills, events. Whoever makes one closes it. */
export class RunRecorder {
  readonly clock = new RunClock();
  readonly fold = new WindowFold();
  readonly ups = new UpTime();
  readonly oom: OomWatch;
  readonly containers = new Map<string, string[]>();
  readonly throttling: OwnThrottling;
  readonly logs: RunLogs;
  readonly storage: StorageWatch;
  /** Null where this machine shows no cgroups. */
  readonly groups: MeasureGroups | null;
  /** When the first container was started; null before. */
  startMs: number | null = null;
  swapPeakBytes: number | null = null;
  readonly #run: TargetRun;
  readonly #deployed: readonly Service[];
  readonly #hasEnvelope: boolean;
  #sampler: Sampler | null = null;
  #failure: { error: unknown } | null = null;
  /** What ends or starts from here on does so because it is being stopped. */
  #stopping = false;
  #second = 0;

  constructor(run: TargetRun, envelope: EnvelopeHandle, deployed: readonly Service[]) {
    this.#run = run;
    this.#deployed = deployed;
    this.#hasEnvelope = envelope.groups !== null;
    const names = deployed.map((service) => service.name);
    this.groups = openMeasureGroups(envelope, names);
    const limited = deployed.filter((service) => service.limits.memoryBytes !== null).map((service) => service.name);
    this.oom = new OomWatch(
      { envelope: envelope.groups?.stack.name ?? null, containersOf: () => this.containers, services: names },
      (service) => limited.includes(service),
      (kill) => this.#tellKill(kill),
    );
    this.throttling = new OwnThrottling(
      deployed.filter((service) => ownCores(service) !== null).map((service) => service.name),
      (service) => this.groups?.ownThrottling(service) ?? new Map(),
    );
    this.logs = new RunLogs({
      target: run.target,
      engine: run.engine,
      fromWall: this.clock.fromWall,
      now: this.clock.now,
      hide: hideInLogs(run.stack.services),
      onEntries: run.onLogs,
      onUnreadable: (service, text) => this.tell({ kind: "note", text, service }),
    });
    this.storage = new StorageWatch({
      engine: run.engine,
      services: deployed,
      containersOf: () => this.containers,
      printed: (service) => this.logs.printed(service),
    });
  }

  /** What the kernel saw between readings of a service, or of the stack for null. */
  spikePeakBytes(service: string | null): number | null {
    return this.#sampler?.spikePeakBytes(service) ?? null;
  }

  /** True where the kernel does not tell what was between two readings. */
  get spikesMayBeMissed(): boolean {
    return this.groups?.stack.resetsPeak !== true;
  }

  phase(phase: Phase, text: string): void {
    this.#run.onPhase(phase);
    this.tell({ kind: "phase", phase, text });
  }

  tell(event: Pick<RunEvent, "kind" | "text"> & Partial<RunEvent>): void {
    this.#run.onEvents([{ target: this.#run.target, atMs: this.clock.now(), service: null, phase: null, ...event }]);
  }

  /** Throws what made the sampler stop, if anything did. */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** To be called before containers are stopped: some figures lie on their groups and end with them. */
  beforeStop(): void {
    this.#remember();
    this.#stopping = true;
  }

  /** Takes the last sample and the last kills. Throws what `throwIfFailed` does. */
  stopSampling(): void {
    this.oom.poll(this.clock.now());
    this.#sampler?.stop();
    this.throwIfFailed();
    const count = this.#sampler?.fromProcesses ?? 0;
    if (count > 0) this.tell({ kind: "note", text: doNotAddUp(count) });
  }

  async close(): Promise<void> {
    this.#sampler?.stop();
    this.oom.close();
    await this.logs.close();
  }

  onStackEvent(event: StackEvent): void {
    const atMs = this.clock.fromWall(event.atMs);
    const { service, kind } = event;
    if (kind === "phase") {
      if (event.phase === null) return;
      if (event.phase === "create") this.#startSampling();
      this.#run.onPhase(event.phase);
      this.tell({ kind, text: event.text, phase: event.phase, atMs });
      return;
    }
    const hasStarted = kind === "started" || kind === "restarted";
    if (hasStarted && service !== null && event.containerId !== null) this.logs.started(service, event.containerId);
    const isOurs = !this.#stopping && this.#deployed.some((one) => one.name === service);
    if (service !== null && isOurs) this.#note(event, service, atMs);
    // On cgroup v1 every container below a limit hears of a kill: who was killed is told by the kernel's log.
    if (kind !== "oom-kill") this.tell({ kind, text: event.text, service, atMs });
  }

  #note(event: StackEvent, service: string, atMs: number): void {
    if (event.kind === "started" || event.kind === "restarted") {
      this.#onStarted(service, event.containerId, event.kind === "restarted", atMs);
    }
    if (event.kind === "exited") {
      this.ups.ended(service, atMs, event.exitCode);
      this.oom.containerEnded(service, event.exitCode, atMs);
    }
    if (event.kind === "oom-kill") this.oom.engineSaysOom(service);
  }

  #onStarted(service: string, containerId: string | null, again: boolean, atMs: number): void {
    this.startMs ??= atMs;
    this.ups.started(service, atMs, again);
    if (containerId === null) return;
    const known = this.containers.get(service) ?? [];
    if (!known.includes(containerId)) this.containers.set(service, [...known, containerId]);
    if (!this.#hasEnvelope) void this.#find(service, containerId);
  }

  /** Without an envelope the container's group has to be looked for; one that has ended meanwhile is not an error. */
  async #find(service: string, containerId: string): Promise<void> {
    try {
      const { pid } = await this.#run.engine.inspectContainer(containerId);
      this.groups?.containerStarted(service, pid);
    } catch (error) {
      if (!(error instanceof AppError)) this.#failure ??= { error };
    }
  }

  #startSampling(): void {
    const { groups } = this;
    if (groups === null || this.#sampler !== null) return;
    this.#sampler = new Sampler({
      target: this.#run.target,
      stack: groups.stack,
      services: groups.services,
      threadFolders: groups.threadFolders,
      intervalMs: this.spikesMayBeMissed ? Math.min(this.#run.intervalMs, withoutPeakMs) : this.#run.intervalMs,
      now: this.clock.now,
      oomKills: (service) => this.oom.count(service),
      onSample: (sample) => this.#onSample(sample),
      onError: (error) => {
        this.#failure ??= { error };
      },
    });
  }

  #onSample(sample: RunSample): void {
    this.fold.add(sample);
    this.oom.poll(sample.atMs);
    const second = Math.floor(sample.atMs / secondMs);
    if (second !== this.#second) {
      this.#second = second;
      this.#remember();
    }
    this.#run.onSamples([sample]);
  }

  #remember(): void {
    this.throttling.poll();
    this.groups?.remember();
    const swap = this.groups?.swapBytes() ?? null;
    if (swap !== null) this.swapPeakBytes = Math.max(this.swapPeakBytes ?? 0, swap);
  }

  #tellKill(kill: OomKill): void {
    const where = { envelope: "the budget", "own-limit": "its own limit", machine: "this machine's memory" }[kill.at];
    const text = `The kernel killed ${kill.process ?? "a process"} of ${kill.service ?? "the stack"}: ${where} was used up`;
    this.tell({ kind: "oom-kill", text, service: kill.service, atMs: kill.atMs });
  }
}

function doNotAddUp(count: number): string {
  return `The kernel's memory figures did not add up in ${count} readings: there the processes told need from cache`;
}
