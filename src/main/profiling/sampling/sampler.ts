import type { RunSample, ServiceSample } from "../../../shared/domain/index.ts";
import type { GroupReader, GroupReading } from "./group-reader.ts";
import { HostLoad } from "./host-load.ts";
import { SpikePeak } from "./spike-peak.ts";
import { ThreadWatch } from "./threads.ts";

/** What is sampled, and where readings go. */
export interface SamplerRequest {
  target: number;
  /** The sampler closes them. Services are read before the stack, so that a sum is of the same moment. */
  stack: GroupReader;
  services: ReadonlyMap<string, GroupReader>;
  /** For each service the folders whose threads are its own. */
  threadFolders: ReadonlyMap<string, () => readonly string[]>;
  intervalMs: number;
  /** The run's clock in ms; must never go back. */
  now: () => number;
  /** Kills seen so far, for each service; null where they cannot be counted. */
  oomKills: (service: string) => number | null;
  onSample: (sample: RunSample) => void;
  /** A file could not be understood or read for a reason other than that its group has gone. The sampler has stopped. */
  onError: (error: unknown) => void;
}

const secondMs = 1000;

interface Watched {
  reader: GroupReader;
  spikes: SpikePeak;
}

/**
 * Reads the groups of an envelope at a steady rate. A tick is due at a multiple of the interval from the start and not
 * an interval after the one before, so the rate does not drift; ticks that were missed are left out, never caught up.
 * Nothing is kept but the last reading: samples go to `onSample` at once.
 */
export class Sampler {
  readonly #request: SamplerRequest;
  readonly #stack: Watched;
  readonly #services: Map<string, Watched>;
  readonly #threads: ThreadWatch;
  readonly #load = new HostLoad();
  readonly #startMs: number;
  #timer: NodeJS.Timeout | null = null;
  #second = 0;
  #ticks = 0;
  #fromProcesses = 0;
  #stopped = false;

  /** Starts at once, with a first sample. */
  constructor(request: SamplerRequest) {
    this.#request = request;
    this.#stack = watch(request.stack);
    this.#services = new Map([...request.services].map(([name, reader]) => [name, watch(reader)]));
    this.#threads = new ThreadWatch(request.threadFolders);
    this.#startMs = request.now();
    this.#second = Math.floor(this.#startMs / secondMs);
    this.#tick();
  }

  /** What the kernel saw between readings; null where it cannot reset its peak. */
  spikePeakBytes(service: string | null): number | null {
    const watched = service === null ? this.#stack : this.#services.get(service);
    return watched?.spikes.peakBytes ?? null;
  }

  /** How many readings of the stack were told from its processes, since the kernel's figures did not add up. */
  get fromProcesses(): number {
    return this.#fromProcesses;
  }

  /** Takes a last sample and closes every file. May be called again. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    try {
      this.#sample();
    } catch (error) {
      this.#request.onError(error);
    }
    this.#close();
  }

  #tick(): void {
    try {
      this.#sample();
    } catch (error) {
      this.#stopped = true;
      this.#close();
      this.#request.onError(error);
      return;
    }
    const { now, intervalMs } = this.#request;
    const sinceStartMs = now() - this.#startMs;
    // A timer may fire a little early, which must not make a tick of its own.
    this.#ticks = Math.max(this.#ticks, Math.floor(sinceStartMs / intervalMs)) + 1;
    this.#timer = setTimeout(() => this.#tick(), Math.ceil(this.#ticks * intervalMs - sinceStartMs));
  }

  #sample(): void {
    const { now, onSample, oomKills, target } = this.#request;
    const services: Record<string, ServiceSample> = {};
    for (const [name, watched] of this.#services) {
      const { reading, spike } = read(watched);
      services[name] = {
        memoryBytes: reading?.memoryBytes ?? null,
        cacheBytes: reading?.cacheBytes ?? null,
        cpuSeconds: reading?.cpuSeconds ?? null,
        oomKills: oomKills(name),
        ...spike,
      };
    }
    const { reading: stack, spike } = read(this.#stack);
    if (stack?.fromProcesses === true) this.#fromProcesses += 1;
    const atMs = Math.round(now() * 100) / 100;
    const perSecond = this.#perSecond(atMs, stack?.cpuSeconds ?? null);
    onSample({
      target,
      atMs,
      memoryBytes: stack?.memoryBytes ?? null,
      cacheBytes: stack?.cacheBytes ?? null,
      cpuSeconds: stack?.cpuSeconds ?? null,
      throttledSeconds: stack?.throttledSeconds ?? null,
      services,
      ...spike,
      ...perSecond,
    });
  }

  /** What is read once a second only, at the first tick of each. */
  #perSecond(atMs: number, stackSeconds: number | null): Pick<RunSample, "busiestThread" | "otherHostCores"> {
    const second = Math.floor(atMs / secondMs);
    if (second === this.#second || stackSeconds === null) return { busiestThread: null, otherHostCores: null };
    this.#second = second;
    return { busiestThread: this.#threads.read(atMs), otherHostCores: this.#load.read(atMs, stackSeconds) };
  }

  #close(): void {
    for (const watched of [this.#stack, ...this.#services.values()]) watched.reader.close();
    this.#load.close();
  }
}

function watch(reader: GroupReader): Watched {
  return { reader, spikes: new SpikePeak() };
}

function read(watched: Watched): { reading: GroupReading | null; spike: { spikeBytes?: number } } {
  const reading = watched.reader.read();
  const spikeBytes = reading === null ? null : watched.spikes.add(reading);
  return { reading, spike: spikeBytes === null ? {} : { spikeBytes } };
}
