import type { SshConnection, SshProcess } from "../../ssh/index.ts";
import type { Engine } from "../engine.ts";
import { parseHeader, parseReply, type RawReading } from "./parse-reply.ts";
import { type DeviceReading, ReadingDiffer } from "./reading-differ.ts";
import { ReplyReader } from "./reply-reader.ts";
import { RunningContainers } from "./running-containers.ts";
import { samplerScript } from "./sampler-script.ts";

export type { DeviceReading } from "./reading-differ.ts";

/** How often a device is read, when that changes meanwhile. */
export interface Pace {
  intervalMs(): number;
  /** Calls back when the interval has become shorter, which holds for the reading that is waited for. The function given back ends that. */
  onFaster(listener: () => void): () => void;
}

export interface SampleDeviceOptions {
  connection: SshConnection;
  engine: Engine;
  /** Milliseconds, or a pace that may change; 1,000 unless told. A reading that takes longer delays the next one; none is made up. */
  intervalMs?: number | Pace;
  signal: AbortSignal;
}

/** A device that has not answered for this long is gone: the sampler is the watchdog of its connection. */
const silenceMs = 4_000;

/**
 * Reads a device and its running containers at an even pace, over one exec channel. Ends quietly when the signal
 * aborts. Throws `timed-out` when the device has not answered for 4 s, `engine-failed` when it answers what cannot be
 * read, and what the connection or the engine ended with.
 */
export async function* sampleDevice(options: SampleDeviceOptions): AsyncGenerator<DeviceReading, void, void> {
  let differ: ReadingDiffer | null = null;
  for await (const { reading, containerIds, cpus, atMs, arrivedAtMs } of readCounters(options)) {
    differ ??= new ReadingDiffer(cpus);
    yield differ.take(reading, containerIds, atMs, arrivedAtMs);
  }
}

/** One reading as the device's counters have it. */
export interface DeviceCounters {
  reading: RawReading;
  /** What was asked for: the containers that run. */
  containerIds: readonly string[];
  cpus: number;
  /** Wall clock of this machine. */
  atMs: number;
  /** A clock that never jumps. */
  arrivedAtMs: number;
}

/** The same with the counters themselves, for who needs exact sums. Throws as `sampleDevice` does. */
export async function* readCounters(options: SampleDeviceOptions): AsyncGenerator<DeviceCounters, void, void> {
  const { connection, engine, signal } = options;
  if (signal.aborted) return;
  let release = (): void => undefined;
  const stop = (): void => release();
  signal.addEventListener("abort", stop, { once: true });
  try {
    const containers = await RunningContainers.watch(engine);
    release = () => containers.close();
    const process = await connection.start(["sh", "-c", samplerScript]);
    release = () => {
      containers.close();
      process.close();
    };
    const pace = options.intervalMs ?? 1_000;
    yield* read(process, containers, typeof pace === "number" ? even(pace) : pace, signal);
  } catch (error) {
    if (!signal.aborted) throw endOf(connection) ?? error;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

function even(intervalMs: number): Pace {
  return { intervalMs: () => intervalMs, onFaster: () => () => undefined };
}

async function* read(
  process: SshProcess,
  containers: RunningContainers,
  pace: Pace,
  signal: AbortSignal,
): AsyncGenerator<DeviceCounters, void, void> {
  const replies = new ReplyReader(process);
  const header = parseHeader(await replies.line(performance.now() + silenceMs));
  let dueAtMs = performance.now();
  for (let tick = 1; !signal.aborted; tick += 1) {
    const changed = containers.takeNews();
    const ids = containers.ids;
    const list = changed ? ` ${ids.length === 0 ? "-" : ids.join(" ")}` : "";
    process.stream.write(`${tick}${list}\n`);
    const lines = await replies.until(`e ${tick}`, performance.now() + silenceMs);
    const reading = parseReply(lines, header.cgroupVersion);
    yield { reading, containerIds: ids, cpus: header.cpus, atMs: Date.now(), arrivedAtMs: performance.now() };
    const lastAtMs = dueAtMs;
    // After a delay the pace goes on from now: missed readings are not made up for.
    const due = (): number => Math.max(lastAtMs + pace.intervalMs(), performance.now());
    for (dueAtMs = due(); dueAtMs > performance.now() && !signal.aborted; dueAtMs = Math.min(dueAtMs, due())) {
      await pause(dueAtMs - performance.now(), pace, signal);
    }
  }
}

/** Until the time is over, the pace has become faster, or the signal. */
function pause(durationMs: number, pace: Pace, signal: AbortSignal): Promise<void> {
  if (durationMs <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stopListening();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, durationMs);
    const stopListening = pace.onFaster(done);
    signal.addEventListener("abort", done, { once: true });
  });
}

/** Why the connection ended, when it did: the better explanation of a sampler that fell silent. */
function endOf(connection: SshConnection): Error | null {
  let reason: Error | null = null;
  if (connection.closed) {
    connection.onClosed((why) => {
      reason = why;
    });
  }
  return reason;
}
