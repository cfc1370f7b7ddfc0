import { AppError } from "../../../shared/domain/index.ts";
import { readCounters } from "../../engines/index.ts";
import { ContainerWatch } from "../../stacks/index.ts";
import type { DeviceRecorder } from "./device-recorder.ts";
import { type DeviceLink, type LiveDevice, reachAgain } from "./link.ts";
import { RunFacts } from "./run-facts.ts";

export interface SamplingRequest {
  link: DeviceLink;
  live: LiveDevice;
  recorder: DeviceRecorder;
  intervalMs: number;
  /** How long a lost connection may stay away. */
  gapMaxMs: number;
}

const secondMs = 1000;

/**
 * Reads a device for as long as a run lasts. When its connection breaks it waits for the next one, within bounds, marks
 * the gap and goes on. Whoever makes one stops it.
 */
export class DeviceSampling {
  readonly #request: SamplingRequest;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #live: LiveDevice;
  #facts: RunFacts | null = null;
  #factsAtMs = 0;
  /** In place of the watch of the one who started the stack, which has ended with its connection. */
  #watch: ContainerWatch | null = null;
  #gap: { fromMs: number } | null = null;
  #gapMs = 0;
  #failure: { error: unknown } | null = null;
  #firstReading: () => void = () => undefined;
  /** Resolves once the device has been read for the first time, and when that fails. */
  readonly started = new Promise<void>((resolve) => {
    this.#firstReading = resolve;
  });

  constructor(request: SamplingRequest) {
    this.#request = request;
    this.#live = request.live;
    this.#running = this.#run().catch((error: unknown) => {
      this.#failure ??= { error };
      this.#firstReading();
    });
  }

  /** The device as it is reached now. */
  get live(): LiveDevice {
    return this.#live;
  }

  /** How long nothing was read, in all, the gap that goes on included. */
  get gapMs(): number {
    return this.#gapMs + (this.#gap === null ? 0 : this.#request.recorder.clock.now() - this.#gap.fromMs);
  }

  /** True while nothing can be read. */
  get inGap(): boolean {
    return this.#gap !== null;
  }

  /** Throws what has ended the sampling, if anything has. */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** The last readings, then nothing more. Throws what `throwIfFailed` does. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#watch?.close();
    await this.#running;
    this.throwIfFailed();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#read(signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof AppError)) throw error;
        await this.#bridge(error, signal);
      }
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { recorder, intervalMs } = this.#request;
    this.#facts = await RunFacts.open(this.#live.connection);
    try {
      for await (const counters of readCounters({ ...this.#live, intervalMs, signal })) {
        recorder.onCounters(counters);
        this.#firstReading();
        if (performance.now() - this.#factsAtMs >= secondMs) await this.#readFacts();
      }
      // What a container's own group says ends with it: so once more before it is stopped.
      if (!this.#live.connection.closed) await this.#readFacts();
    } finally {
      this.#facts.close();
      this.#facts = null;
    }
  }

  async #readFacts(): Promise<void> {
    const { recorder } = this.#request;
    const found = await this.#facts?.ask(recorder.containerIds);
    this.#factsAtMs = performance.now();
    if (found !== undefined) recorder.onFacts(found, recorder.clock.now());
  }

  /** Until the device answers again. Throws `unreachable` when it stays away. */
  async #bridge(why: AppError, signal: AbortSignal): Promise<void> {
    const { link, recorder, gapMaxMs } = this.#request;
    const { connection } = this.#live;
    // The device answers on the same connection what cannot be read: that does not get better.
    if (!connection.closed && why.code === "engine-failed") throw why;
    const fromMs = recorder.clock.now();
    this.#gap = { fromMs };
    recorder.tell({ kind: "note", text: `Nothing more is read: ${why.message}` });
    this.#live = connection.closed
      ? await reachAgain(link, connection, { withinMs: gapMaxMs, signal })
      : await link.reach();
    recorder.onGap();
    await this.#catchUp();
    const gapMs = recorder.clock.now() - fromMs;
    this.#gap = null;
    this.#gapMs += gapMs;
    recorder.tell({ kind: "note", text: `It is read again, after a gap of ${(gapMs / secondMs).toFixed(1)} s` });
  }

  /** What has become of the containers meanwhile, and a watch of what becomes of them from here on. */
  async #catchUp(): Promise<void> {
    const { recorder } = this.#request;
    const { engine } = this.#live;
    this.#watch?.close();
    this.#watch = new ContainerWatch(engine, (event) => recorder.onStackEvent(event));
    for (const [service, ids] of recorder.containers) {
      for (const id of ids) {
        this.#watch.add(service, id);
        const { running, exitCode } = await engine.inspectContainer(id);
        if (!running && recorder.ups.isUp(service)) {
          recorder.ups.ended(service, recorder.clock.now(), exitCode);
          recorder.tell({
            kind: "exited",
            service,
            text: `${service} had ended meanwhile, with exit code ${exitCode}`,
          });
        }
      }
    }
  }
}
