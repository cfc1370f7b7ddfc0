/**
 * What a hundred devices with twenty containers each cost at 1 Hz: CPU of this process, in which a whole fleet runs, with
 * its sessions, its engines' events, the sampler and hub of each device, and what the contract checks and writes for a
 * face that watches all of them. The devices are SSH servers in a process of their own.
 *
 *   tsx test/bench/fleet-cpu.ts [--devices 100] [--containers 20] [--seconds 60]
 *
 * Prints one JSON object a line, and ends with 1 when the goal is missed.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { openFleet } from "../../src/main/devices/index.ts";
import { sampleBatchSchema } from "../../src/shared/contract/index.ts";
import { sleep, waitFor } from "../lab/run.ts";
import { judge, option, tell } from "./figures.ts";

const goalCores = 0.15;
const devices = option("devices", 100);
const containers = option("containers", 20);
const seconds = option("seconds", 60);
/**
 * The CPU is taken for stretches of this length, in each of which every engine is asked once for its containers. The
 * lowest counts: whoever else uses the machine makes the same work take more CPU time, never less.
 */
const stretchSeconds = 15;

const folder = mkdtempSync(join(tmpdir(), "bayplan-bench-"));
const loader = pathToFileURL(join(import.meta.dirname, "../../node_modules/tsx/dist/loader.mjs")).href;
const script = join(import.meta.dirname, "fleet-devices.ts");
const server = spawn(process.execPath, ["--import", loader, script, String(devices), String(containers), folder], {
  stdio: ["ignore", "pipe", "inherit"],
});
const stop = new AbortController();
try {
  const ports: number[] = [];
  const knownHosts: string[] = [];
  for await (const line of createInterface({ input: server.stdout })) {
    if (line === "ready") break;
    const [port, ...key] = line.split(" ");
    ports.push(Number(port));
    knownHosts.push(`[127.0.0.1]:${port} ${key.join(" ")}\n`);
  }
  if (ports.length !== devices) throw new Error("The devices did not start.");

  const home = join(folder, "home");
  mkdirSync(join(home, ".ssh"), { recursive: true });
  writeFileSync(join(home, ".ssh/known_hosts"), knownHosts.join(""));
  const fleet = await openFleet({
    dataFolder: join(folder, "data"),
    home,
    credentials: { privateKeys: [], agentSocket: null, password: "bench" },
    discover: false,
  });
  try {
    for (const port of ports) await fleet.add({ user: "root", host: "127.0.0.1", port }, null);
    await waitFor("all devices", 60_000, () => fleet.list().every(({ state }) => state === "online") || undefined);

    const sinceMs = Date.now();
    const count = { batches: 0, samples: 0, bytes: 0 };
    const reading = (async () => {
      for await (const given of fleet.samples(null, 1_000, stop.signal)) {
        const batch = sampleBatchSchema.parse(given);
        if (batch.dropped > 0) throw new Error(`${batch.dropped} samples were dropped.`);
        count.bytes += JSON.stringify(batch).length;
        count.batches += 1;
        count.samples += batch.samples.length;
      }
    })();
    await sleep(5_000);
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const before = { ...count, atMs: performance.now() };
    const cores: number[] = [];
    while (performance.now() - before.atMs < seconds * 1_000) {
      const from = { cpu: process.cpuUsage(), atMs: performance.now() };
      await Promise.race([sleep(stretchSeconds * 1_000), reading]);
      const { user, system } = process.cpuUsage(from.cpu);
      cores.push((user + system) / 1_000 / (performance.now() - from.atMs));
    }
    delay.disable();
    const took = (performance.now() - before.atMs) / 1_000;
    stop.abort();
    await reading;
    const left = fleet.list().filter(({ stateSinceMs }) => stateSinceMs > sinceMs);
    if (left.length > 0) throw new Error(`${left.length} devices did not stay online.`);
    const perSecond = (what: keyof typeof count): number => (count[what] - before[what]) / took;
    tell("fleet-cpu", {
      devices,
      containers,
      readingsPerSecond: Number(perSecond("samples").toFixed(1)),
      containerSamplesPerSecond: Math.round(perSecond("samples") * containers),
      kilobytesPerSecond: Math.round(perSecond("bytes") / 1_000),
      stretches: cores.map((one) => Number(one.toFixed(3))),
      loopDelayP99Ms: Number((delay.percentile(99) / 1e6).toFixed(1)),
      rssMegabytes: Math.round(process.memoryUsage().rss / 1e6),
    });
    judge("fleet-cpu", `cores for ${devices} devices of ${containers} containers`, Math.min(...cores), {
      atMost: goalCores,
    });
  } finally {
    stop.abort();
    await fleet.close();
  }
} finally {
  server.kill();
  rmSync(folder, { recursive: true });
}
