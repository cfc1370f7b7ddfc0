/**
 * What a hundred devices with twenty containers each cost at 1 Hz: CPU of this process, of which the SSH connections, the
 * samplers' answers, the differences and what the contract checks and writes for a face are all real. The devices are one
 * SSH server in a process of its own.
 *
 *   tsx test/bench/fleet-cpu.ts [--gate] [--devices 100] [--containers 20] [--seconds 20]
 *
 * Prints one JSON line. With `--gate` it ends with 1 when the goal is missed.
 */
import { spawn } from "node:child_process";
import { setMaxListeners } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { type Engine, sampleDevice } from "../../src/main/engines/index.ts";
import { connectSsh, type SshConnection } from "../../src/main/ssh/index.ts";
import { BoundedQueue } from "../../src/main/streams/index.ts";
import { sampleBatchSchema } from "../../src/shared/contract/index.ts";
import { type Container, type DeviceSample, deviceIdSchema } from "../../src/shared/domain/index.ts";
import { makeKey } from "../lab/device-files.ts";
import { sleep } from "../lab/run.ts";

const goalCores = 0.15;

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  const value = at < 0 ? fallback : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number.`);
  return value;
}

const devices = option("devices", 100);
const containers = option("containers", 20);
const seconds = option("seconds", 20);

/** The list of containers is asked for every 15 s and is none of what is measured: it is given here. */
function engineOf(): Engine {
  const list = Array.from({ length: containers }, (_, at) => ({
    id: at.toString(16).padStart(64, "0"),
    state: "running",
  }));
  const parts = {
    listContainers: async () => list as unknown as Container[],
    async *events(signal: AbortSignal) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    },
  };
  return parts as unknown as Engine;
}

const folder = mkdtempSync(join(tmpdir(), "bayplan-bench-"));
await makeKey(join(folder, "host"), "bench");
const loader = pathToFileURL(join(import.meta.dirname, "../../node_modules/tsx/dist/loader.mjs")).href;
const server = spawn(
  process.execPath,
  ["--import", loader, join(import.meta.dirname, "fleet-devices.ts"), String(containers), join(folder, "host")],
  { stdio: ["ignore", "pipe", "inherit"] },
);
const port = await new Promise<number>((resolve, reject) => {
  server.stdout.once("data", (text: Buffer) => resolve(Number(text.toString())));
  server.once("exit", () => reject(new Error("The devices ended at once.")));
});

const stop = new AbortController();
// One listener a device.
setMaxListeners(0, stop.signal);
const queue = new BoundedQueue<DeviceSample>(devices * 6);
const connections: SshConnection[] = [];
const ending: Promise<unknown>[] = [];
let batches = 0;
let samples = 0;
let bytes = 0;
try {
  for (let at = 0; at < devices; at += 10) {
    connections.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(10, devices - at) }, () =>
          connectSsh({
            target: { user: "root", host: "127.0.0.1", port },
            credentials: { privateKeys: [], agentSocket: null, password: "bench" },
            verifyHostKey: async () => true,
          }),
        ),
      )),
    );
  }
  for (const [at, connection] of connections.entries()) {
    const deviceId = deviceIdSchema.parse(`d-${at.toString(16).padStart(12, "0")}`);
    const pump = async (): Promise<void> => {
      for await (const one of sampleDevice({ connection, engine: engineOf(), intervalMs: 1_000, signal: stop.signal }))
        queue.push({ ...one, deviceId });
    };
    ending.push(pump());
    // As they come in life: not all in the same millisecond.
    await sleep(1_000 / devices);
  }
  const read = async (): Promise<void> => {
    for await (const first of queue) {
      const batch = sampleBatchSchema.parse({ samples: [first, ...queue.takeAll()], dropped: queue.takeDropped() });
      if (batch.dropped > 0) throw new Error(`${batch.dropped} samples were dropped.`);
      bytes += JSON.stringify(batch).length;
      batches += 1;
      samples += batch.samples.length;
    }
  };
  const reading = read();
  ending.push(reading);
  await sleep(3_000);
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const before = { cpu: process.cpuUsage(), samples, bytes, batches, atMs: performance.now() };
  await Promise.race([sleep(seconds * 1_000), ...ending]);
  const tookSeconds = (performance.now() - before.atMs) / 1_000;
  const cpu = process.cpuUsage(before.cpu);
  delay.disable();
  const cpuCores = (cpu.user + cpu.system) / 1e6 / tookSeconds;
  const met = cpuCores <= goalCores;
  console.log(
    JSON.stringify({
      bench: "fleet-cpu",
      devices,
      containers,
      readingsPerSecond: Number(((samples - before.samples) / tookSeconds).toFixed(1)),
      containerSamplesPerSecond: Math.round(((samples - before.samples) * containers) / tookSeconds),
      kilobytesPerSecond: Math.round((bytes - before.bytes) / 1_000 / tookSeconds),
      cpuCores: Number(cpuCores.toFixed(3)),
      goalCores,
      loopDelayP99Ms: Number((delay.percentile(99) / 1e6).toFixed(1)),
      rssMegabytes: Math.round(process.memoryUsage().rss / 1e6),
      met,
    }),
  );
  if (process.argv.includes("--gate") && !met) process.exitCode = 1;
} finally {
  stop.abort();
  queue.end();
  await Promise.allSettled(ending);
  for (const connection of connections) connection.close();
  server.kill();
  rmSync(folder, { recursive: true });
}
