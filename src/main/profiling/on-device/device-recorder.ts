import {
  type OomKill,
  type Phase,
  type RunEvent,
  type RunSample,
  type Service,
  type ServiceSample,
  WindowFold,
} from "../../../shared/domain/index.ts";
import { cacheBytes, countedMemoryBytes, type DeviceCounters } from "../../engines/index.ts";
import type { StackEvent } from "../../stacks/index.ts";
import { RunClock } from "../run/clock.ts";
import { UpTime } from "../run/up-time.ts";
import { BusyThreads } from "./busy-threads.ts";
import type { ContainerFacts } from "./run-facts.ts";

/** Who is told what is recorded. */
export interface RecorderHooks {
  onSamples: (samples: RunSample[]) => void;
  onEvents: (events: RunEvent[]) => void;
  onPhase: (phase: Phase) => void;
}

/** The last that was seen of a container. Its counters outlive it here. */
interface Seen {
  service: string;
  /** What its counter says, and what those before it had come to. */
  counterSeconds: number;
  endedSeconds: number;
  facts: Omit<ContainerFacts, "threads"> | null;
}

const secondMs = 1000;

/** Everything that is recorded of a run on a device, from its own counters. */
export class DeviceRecorder {
  readonly clock = new RunClock();
  readonly fold = new WindowFold();
  readonly ups = new UpTime();
  readonly oomKills: OomKill[] = [];
  /** By service, in the order of their start. */
  readonly containers = new Map<string, string[]>();
  /** When the first container was started; null before. */
  startMs: number | null = null;
  swapPeakBytes: number | null = null;
  /** The CPUs that the device shows; null before the first reading. */
  cpus: number | null = null;
  readonly #hooks: RecorderHooks;
  readonly #deployed: readonly Service[];
  readonly #seen = new Map<string, Seen>();
  readonly #threads = new BusyThreads();
  #before: { counters: DeviceCounters; stackSeconds: number } | null = null;
  /** The busiest thread of the second before, until a sample has taken it along. */
  #busiest: RunSample["busiestThread"] = null;
  #stopping = false;

  constructor(hooks: RecorderHooks, deployed: readonly Service[]) {
    this.#hooks = hooks;
    this.#deployed = deployed;
  }

  get containerIds(): string[] {
    return [...this.#seen.keys()];
  }

  phase(phase: Phase, text: string): void {
    this.#hooks.onPhase(phase);
    this.tell({ kind: "phase", phase, text });
  }

  tell(event: Pick<RunEvent, "kind" | "text"> & Partial<RunEvent>): void {
    this.#hooks.onEvents([{ target: 0, atMs: this.clock.now(), service: null, phase: null, ...event }]);
  }

  /** What ends from here on does so because it is being stopped. */
  beforeStop(): void {
    this.#stopping = true;
  }

  /** The device's clock may be wrong: an event counts from when it is heard of. */
  onStackEvent(event: StackEvent): void {
    const { service, kind, phase } = event;
    const atMs = this.clock.now();
    if (kind === "phase") {
      if (phase !== null) this.phase(phase, event.text);
      return;
    }
    const isOurs = this.#deployed.some((one) => one.name === service);
    if (service !== null && isOurs && !this.#stopping) this.#note(event, service, atMs);
    this.tell({ kind, text: event.text, service });
  }

  #note({ kind, containerId, exitCode }: StackEvent, service: string, atMs: number): void {
    if (kind === "started" || kind === "restarted") {
      this.startMs ??= atMs;
      this.ups.started(service, atMs, kind === "restarted");
      if (containerId !== null && !this.#seen.has(containerId)) {
        this.containers.set(service, [...(this.containers.get(service) ?? []), containerId]);
        this.#seen.set(containerId, { service, counterSeconds: 0, endedSeconds: 0, facts: null });
      }
    }
    if (kind === "exited") this.ups.ended(service, atMs, exitCode);
    if (kind === "oom-kill") this.#addKill(service, atMs);
  }

  onCounters(counters: DeviceCounters): void {
    this.cpus = counters.cpus;
    const services: Record<string, ServiceSample> = {};
    for (const { name } of this.#deployed) services[name] = this.#serviceSample(name, counters);
    const all = Object.values(services);
    const stackSeconds = sum(all.map(({ cpuSeconds }) => cpuSeconds));
    const sample: RunSample = {
      target: 0,
      atMs: Math.round(this.clock.now() * 100) / 100,
      memoryBytes: sumOrNull(all.map(({ memoryBytes }) => memoryBytes)),
      cacheBytes: sumOrNull(all.map((one) => one.cacheBytes)),
      cpuSeconds: stackSeconds,
      throttledSeconds: null,
      services,
      busiestThread: this.#busiest,
      otherHostCores: this.#otherCores(counters, stackSeconds),
    };
    this.#busiest = null;
    this.fold.add(sample);
    this.#hooks.onSamples([sample]);
  }

  #serviceSample(name: string, { reading }: DeviceCounters): ServiceSample {
    let [memory, cache, cpuSeconds]: [number | null, number | null, number] = [0, 0, 0];
    for (const id of this.containers.get(name) ?? []) {
      const seen = this.#seen.get(id);
      const now = reading.containers.get(id);
      if (seen === undefined) continue;
      if (now?.cpuSeconds != null) count(seen, now.cpuSeconds);
      cpuSeconds += usedBy(seen);
      if (now === undefined) continue;
      memory = now.memory === null || memory === null ? null : memory + countedMemoryBytes(now.memory);
      cache = now.memory === null || cache === null ? null : cache + cacheBytes(now.memory);
    }
    return { memoryBytes: memory, cacheBytes: cache, cpuSeconds, oomKills: this.killsOf(name) };
  }

  /** CPU of the device that was not the stack's, about once a second: the kernel counts it in steps of 10 ms. */
  #otherCores(counters: DeviceCounters, stackSeconds: number): number | null {
    const before = this.#before;
    const elapsedMs = before === null ? 0 : counters.arrivedAtMs - before.counters.arrivedAtMs;
    if (before !== null && elapsedMs < secondMs) return null;
    this.#before = { counters, stackSeconds };
    if (before === null) return null;
    const total = counters.reading.totalJiffies - before.counters.reading.totalJiffies;
    const busy = Math.max(0, counters.reading.busyJiffies - before.counters.reading.busyJiffies);
    if (total <= 0) return null;
    const own = ((stackSeconds - before.stackSeconds) * secondMs) / elapsedMs;
    return Math.max(0, Math.min(1, busy / total) * counters.cpus - own);
  }

  onFacts(found: ReadonlyMap<string, ContainerFacts>, atMs: number): void {
    for (const [id, { threads: _, ...facts }] of found) {
      const seen = this.#seen.get(id);
      if (seen === undefined) continue;
      seen.facts = facts;
      const counted = sum(this.#factsOf(seen.service).map(({ oomKills }) => oomKills));
      while (this.killsOf(seen.service) < counted) this.#addKill(seen.service, this.clock.now());
    }
    const swaps = [...found.values()].flatMap(({ swapBytes }) => swapBytes ?? []);
    if (swaps.length > 0) this.swapPeakBytes = Math.max(this.swapPeakBytes ?? 0, sum(swaps));
    const busiest = this.#threads.take(found, atMs);
    if (busiest === null) return;
    const service = this.#seen.get(busiest.containerId)?.service ?? "";
    this.#busiest = { service, name: busiest.name, hostCores: busiest.cores };
  }

  /** Nothing was read for a time: the next reading begins anew. */
  onGap(): void {
    this.fold.gap();
    this.#threads.forget();
    this.#before = null;
  }

  killsOf(service: string): number {
    return this.oomKills.filter((kill) => kill.service === service).length;
  }

  cpuSecondsOf(service: string): number {
    return sum((this.containers.get(service) ?? []).map((id) => usedBy(this.#seen.get(id))));
  }

  /** The highest of its containers'; null where the kernel does not say. */
  kernelPeakOf(service: string): number | null {
    const peaks = this.#factsOf(service).flatMap(({ memoryKernelPeakBytes }) => memoryKernelPeakBytes ?? []);
    return peaks.length === 0 ? null : Math.max(...peaks);
  }

  throttledSecondsOf(service: string): number | null {
    return sumOrNull(this.#factsOf(service).map(({ throttledSeconds }) => throttledSeconds));
  }

  #factsOf(service: string): Omit<ContainerFacts, "threads">[] {
    return [...this.#seen.values()].flatMap((seen) =>
      seen.service === service && seen.facts !== null ? [seen.facts] : [],
    );
  }

  /** Whose limit it was: on the device itself what is not the service's own is the machine's, which is the budget. */
  #addKill(service: string, atMs: number): void {
    const own = this.#deployed.find(({ name }) => name === service)?.limits.memoryBytes ?? null;
    this.oomKills.push({ atMs, service, at: own === null ? "envelope" : "own-limit", process: null });
    const where = own === null ? "the device's memory" : "its own limit";
    this.tell({
      kind: "oom-kill",
      text: `The kernel killed a process of ${service}: ${where} was used up`,
      service,
      atMs,
    });
  }
}

/** A container that was started again has a new group, whose counter begins at 0; what the old one used stays used. */
function count(seen: Seen, counterSeconds: number): void {
  if (counterSeconds < seen.counterSeconds) seen.endedSeconds += seen.counterSeconds;
  seen.counterSeconds = counterSeconds;
}

function usedBy(seen: Seen | undefined): number {
  return seen === undefined ? 0 : seen.endedSeconds + seen.counterSeconds;
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

/** Null when there is none, or one was not measured. */
function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.length === 0 || values.includes(null) ? null : sum(values);
}
