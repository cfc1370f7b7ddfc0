import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type DeviceReading, type Engine, openEngine, sampleDevice } from "../../src/main/engines/index.ts";
import { connectSsh, type SshConnection } from "../../src/main/ssh/index.ts";
import { EngineBench, failureOf } from "./engines-fixture.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

const mib = 1024 * 1024;
const unlimited = {
  memoryBytes: null,
  memoryReservationBytes: null,
  cpuPeriodUs: null,
  cpuQuotaUs: null,
  cpuset: null,
  pids: null,
};

let server: SshServer;
let connection: SshConnection;
let engine: Engine;
let bench: EngineBench;

function connect(): Promise<SshConnection> {
  return connectSsh({
    target: { user: "root", host: "127.0.0.1", port: server.port },
    credentials: server.credentials,
    verifyHostKey: async () => true,
  });
}

async function take(count: number, intervalMs = 500): Promise<DeviceReading[]> {
  const abort = new AbortController();
  const readings: DeviceReading[] = [];
  for await (const reading of sampleDevice({ connection, engine, intervalMs, signal: abort.signal })) {
    readings.push(reading);
    if (readings.length === count) abort.abort();
  }
  return readings;
}

beforeAll(async () => {
  server = await startSshServer();
  connection = await connect();
  engine = await openEngine({ connection, socketPath: "/var/run/docker.sock" });
  bench = new EngineBench(engine);
});

// A test that is tried again finds its names free.
afterEach(() => bench.clean());

afterAll(async () => {
  engine.close();
  connection.close();
  await server.stop();
});

describe("sampling a device", () => {
  it("measures what a container really holds and uses, apart from its cache and against its limits", async () => {
    const busy = await bench.run("busy", ["sh", "-c", "while :; do :; done"], {
      limits: { ...unlimited, cpuPeriodUs: 10_000, cpuQuotaUs: 1_500, memoryBytes: 64 * mib },
    });
    const held = "dd if=/dev/zero of=/dev/shm/held bs=1M count=24; dd if=/dev/zero of=/file bs=1M count=16; sleep 300";
    const holder = await bench.run("holder", ["sh", "-c", held]);
    await new Promise((resolve) => setTimeout(resolve, 800));
    const readings = await take(5);
    expect(readings[0]?.cpuCoresUsed).toBeNull();
    const last = readings.at(-1);
    const cpuOf = last?.containers.find((container) => container.containerId === busy);
    expect(cpuOf).toMatchObject({ memoryLimitBytes: 64 * mib, cpuLimitCores: 0.15 });
    const used = readings.slice(1).map((r) => r.containers.find((c) => c.containerId === busy)?.cpuCores ?? 0);
    const mean = used.reduce((sum, value) => sum + value, 0) / used.length;
    // A quota of 0.15 cores on a machine that may be busy: never more, and not next to nothing.
    expect(mean).toBeGreaterThan(0.05);
    expect(mean).toBeLessThan(0.18);
    const memoryOf = last?.containers.find((container) => container.containerId === holder);
    expect(memoryOf?.memoryBytes).toBeGreaterThan(24 * mib);
    expect(memoryOf?.memoryBytes).toBeLessThan(28 * mib);
    expect(memoryOf?.cacheBytes).toBeGreaterThan(14 * mib);
    expect(memoryOf?.cacheBytes).toBeLessThan(18 * mib);
    expect(memoryOf?.memoryLimitBytes).toBeNull();
    await engine.removeContainer(busy);
    await engine.removeContainer(holder);
  });

  it("measures the device as /proc has it", async () => {
    const [reading] = await take(1);
    const total = Number(/MemTotal:\s+(\d+)/.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]) * 1024;
    expect(reading?.memoryTotalBytes).toBe(total);
    expect(reading?.memoryUsedBytes).toBeGreaterThan(0);
    expect(reading?.memoryUsedBytes).toBeLessThan(total);
    expect(reading?.cpuCores).toBe(cpus().length);
  });

  it("takes in containers that come, and lets go of those that end", async () => {
    const abort = new AbortController();
    const sets: boolean[] = [];
    let id = "";
    const readings = sampleDevice({ connection, engine, intervalMs: 100, signal: abort.signal });
    for await (const reading of readings) {
      if (id === "") id = await bench.run("passing", ["sleep", "300"]);
      const found = reading.containers.find((container) => container.containerId === id);
      const measured = found !== undefined && found.memoryBytes !== null;
      if (sets.at(-1) !== measured) sets.push(measured);
      if (measured && sets.length === 2) await engine.removeContainer(id);
      if (sets.length === 3 || reading.atMs > Date.now() + 20_000) abort.abort();
    }
    expect(sets).toEqual([false, true, false]);
  });

  it("leaves no process on the device when it ends", async () => {
    const before = server.sessionPids().length;
    await take(2, 50);
    await expect.poll(() => server.sessionPids().length, { timeout: 3_000 }).toBeLessThanOrEqual(before);
  });

  it("ends with `timed-out` when the device falls silent, though the connection is well", async () => {
    const abort = new AbortController();
    const reading = (async () => {
      for await (const sample of sampleDevice({ connection, engine, intervalMs: 100, signal: abort.signal })) {
        if (sample.containers.length >= 0) stopSampler();
      }
    })();
    const error = await failureOf(reading);
    expect(error.code).toBe("timed-out");
    expect(connection.closed).toBe(false);
    expect((await connection.exec(["echo", "well"])).stdout).toBe("well\n");
    for (const pid of stopped.splice(0)) process.kill(pid, "SIGCONT");
  });

  it("ends with the connection's own reason when that is lost", async () => {
    const own = await connect();
    const ownEngine = await openEngine({ connection: own, socketPath: "/var/run/docker.sock" });
    const reading = (async () => {
      const abort = new AbortController();
      for await (const sample of sampleDevice({
        connection: own,
        engine: ownEngine,
        intervalMs: 50,
        signal: abort.signal,
      })) {
        if (sample.cpuCoresUsed !== null) own.close();
      }
    })();
    expect((await failureOf(reading)).code).toBe("unreachable");
  });
});

const stopped: number[] = [];

/** Freezes the sampler's shell, and it alone. */
function stopSampler(): void {
  for (const pid of server.sessionPids()) {
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("prefix_of()")) continue;
    process.kill(pid, "SIGSTOP");
    stopped.push(pid);
  }
}
