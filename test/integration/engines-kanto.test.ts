import { appendFileSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ContainerSpec, type Engine, type EngineEvent, openKanto } from "../../src/main/engines/index.ts";
import { connectSsh, type SshConnection } from "../../src/main/ssh/index.ts";
import { whyNot } from "../../src/shared/domain/index.ts";
import { type KantoDevice, makeKantoDevice } from "../lab/kanto/kanto-device.ts";
import { failureOf, serviceOf } from "./engines-fixture.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

let device: KantoDevice;
let server: SshServer;
let connection: SshConnection;
let engine: Engine;

beforeAll(async () => {
  device = makeKantoDevice();
  server = await startSshServer({ SetEnv: `SHLVL=5 "PATH=${device.path}"` });
  connection = await connectSsh({
    target: { user: "root", host: "127.0.0.1", port: server.port },
    credentials: server.credentials,
    verifyHostKey: (key) => Promise.resolve(key.fingerprint === server.fingerprint),
  });
});

afterAll(async () => {
  connection.close();
  await server.stop();
  device.remove();
});

beforeEach(async () => {
  engine = await openKanto(connection, { broker: null, homeFolder: device.home, pollEveryMs: 200 });
});

afterEach(() => {
  engine.close();
  device.setFault(null);
  for (const { container_id: id } of device.state.list()) device.state.remove(id, true);
});

function spec(name: string, values: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    name,
    image: "redis:7-alpine",
    service: serviceOf({ name, restart: { policy: "unless-stopped", maximumRetries: null } }),
    labels: {},
    environment: {},
    ports: [],
    mounts: [],
    networks: [],
    limits: {
      memoryBytes: null,
      memoryReservationBytes: null,
      cpuPeriodUs: null,
      cpuQuotaUs: null,
      cpuset: null,
      pids: null,
    },
    cgroupParent: null,
    ...values,
  };
}

async function linesOf(ids: string[], tail = 100): Promise<string[]> {
  const lines: string[] = [];
  const request = { containerIds: ids, tail, follow: false };
  for await (const batch of engine.logs(request, new AbortController().signal)) {
    lines.push(...batch.lines.map((line) => `${line.stream} ${line.text}`));
  }
  return lines;
}

describe("Kanto over SSH", () => {
  it("says who it is and what it cannot do, with the reason", async () => {
    const info = await engine.info();
    expect(info).toMatchObject({ kind: "kanto", version: "1.0.0", apiVersion: "1.0.0", platform: "linux/amd64" });
    expect(info.memoryBytes).toBeGreaterThan(1e8);
    expect(whyNot(info, "start")).toBeNull();
    expect(whyNot(info, "exec")).toContain("cannot run a command");
    expect(whyNot(info, "pause")).toContain("MQTT");
    await engine.ping();
    expect((await failureOf(engine.restartContainer("x", 1))).code).toBe("unsupported");
    expect((await failureOf(engine.pauseContainer("x"))).code).toBe("unsupported");
    expect((await failureOf(engine.listByLabel("a=b"))).code).toBe("unsupported");
  });

  it("lists nothing, and then what was created with every field that Kanto has", async () => {
    expect(await engine.listContainers()).toEqual([]);
    const id = await engine.createContainer(
      spec("press.db", {
        environment: { A: 'it\'s $HOME `x` "y"', EMPTY: "" },
        ports: [{ containerPort: 6379, hostPort: 16_379, hostAddress: "127.0.0.1", protocol: "tcp" }],
        mounts: [{ kind: "bind", source: "/data/db", target: "/data", readOnly: false, tmpfsBytes: null }],
        service: serviceOf({
          name: "db",
          command: ["redis-server", "--save", "60 1"],
          hostName: "db",
          restart: { policy: "on-failure", maximumRetries: 3 },
        }),
        limits: { ...spec("x").limits, memoryBytes: 1_000_000_00, memoryReservationBytes: 64 * 1024 * 1024 },
      }),
    );
    const stored = device.state.find(id);
    expect(stored).toMatchObject({
      image: { name: "docker.io/library/redis:7-alpine" },
      config: { env: ['A=it\'s $HOME `x` "y"', "EMPTY="], cmd: ["redis-server", "--save", "60 1"] },
      mount_points: [{ source: "/data/db", destination: "/data", propagation_mode: "rprivate" }],
      host_config: {
        restart_policy: { type: "on-failure", maximum_retry_count: 3, retry_timeout: 30_000_000_000 },
        resources: { memory: "97656.25k", memory_swap: "97656.25k", memory_reservation: "64m" },
      },
    });
    expect(await engine.listContainers()).toMatchObject([
      {
        id,
        name: "press.db",
        image: "docker.io/library/redis:7-alpine",
        state: "created",
        exitCode: null,
        memoryLimitBytes: 100_000_000,
        cpuLimitCores: null,
        ports: [{ containerPort: 6379, hostPort: 16_379, hostAddress: "127.0.0.1", protocol: "tcp" }],
      },
    ]);
  });

  it("starts, stops, renames, updates and removes; what is gone needs no removing", async () => {
    const id = await engine.createContainer(spec("web"));
    await engine.startContainer(id);
    expect(await engine.inspectContainer(id)).toMatchObject({ running: true, name: "web", exitCode: null });
    expect((await engine.listContainers())[0]?.state).toBe("running");
    await engine.renameContainer(id, "web-2");
    const restart = { policy: "always" as const, maximumRetries: null };
    const none = { memoryBytes: null, memoryReservationBytes: null, cpuCores: null, restart: null };
    await engine.updateContainer(id, { ...none, memoryBytes: 8 * 1024 * 1024, restart });
    expect(device.state.find(id)?.host_config).toMatchObject({
      resources: { memory: "8m", memory_swap: "8m" },
      restart_policy: { type: "always" },
    });
    expect((await failureOf(engine.updateContainer(id, { ...none, cpuCores: 1 }))).code).toBe("unsupported");
    await engine.stopContainer(id, 1_500);
    expect(await engine.inspectContainer(id)).toMatchObject({ running: false, exitCode: 137 });
    const again = await failureOf(engine.stopContainer(id, 1_500));
    expect([again.code, again.message]).toEqual([
      "engine-failed",
      `Container ${id}: Kanto refused: cannot perform stop operation for container: ${id}, with state: Stopped.`,
    ]);
    await engine.removeContainer(id);
    await engine.removeContainer(id);
    expect((await failureOf(engine.inspectContainer(id))).code).toBe("not-found");
    expect((await failureOf(engine.startContainer(id))).code).toBe("not-found");
  });

  it("refuses what Kanto cannot say, naming it, before the device is asked", async () => {
    const error = await failureOf(
      engine.createContainer(
        spec("lossy", {
          labels: { a: "b" },
          networks: [{ name: "field", aliases: ["x"] }],
          mounts: [{ kind: "volume", source: "data", target: "/data", readOnly: false, tmpfsBytes: null }],
          service: serviceOf({ name: "lossy", entrypoint: ["/x"], user: "1000" }),
          limits: { ...spec("x").limits, cpuQuotaUs: 5_000, cpuPeriodUs: 10_000 },
        }),
      ),
    );
    expect(error.code).toBe("unsupported");
    for (const field of ["entrypoint", "user", "labels", "networks", "volume data", "CPU limit"]) {
      expect(error.message).toContain(`${field} (`);
    }
    expect((await failureOf(engine.createContainer(spec("-x")))).code).toBe("bad-input");
    expect(device.state.list()).toEqual([]);
    await engine.createContainer(spec("twin"));
    expect((await failureOf(engine.createContainer(spec("twin")))).code).toBe("conflict");
  });

  it("makes events from what has changed between two looks", async () => {
    const abort = new AbortController();
    const seen: EngineEvent[] = [];
    const reading = (async () => {
      for await (const event of engine.events(abort.signal)) seen.push(event);
    })();
    // The first look is what later ones are compared with.
    await new Promise((resolve) => setTimeout(resolve, 600));
    const id = await engine.createContainer(spec("eventful"));
    await engine.startContainer(id);
    await expect.poll(() => seen.map(({ action }) => action)).toEqual(["create", "start"]);
    device.state.exit(id, 7);
    await expect.poll(() => seen.at(-1)).toMatchObject({ action: "die", exitCode: 7, containerId: id });
    await engine.removeContainer(id);
    await expect.poll(() => seen.at(-1)?.action).toBe("destroy");
    abort.abort();
    await reading;
  });
});

describe("Kanto's logs", () => {
  it("are read from their end, both streams, with their times; a container that never ran has none", async () => {
    const id = await engine.createContainer(spec("talker"));
    expect(await linesOf([id])).toEqual([]);
    await engine.startContainer(id);
    device.state.log(id, "stderr", "grün \u2028 \u001b[31mred\n", "2026-01-02T03:04:05.123456789Z");
    device.state.log(id, "stdout", "");
    expect(await linesOf([id])).toEqual(["stdout started", "stderr grün \u2028 \u001b[31mred", "stdout "]);
    expect(await linesOf([id], 1)).toEqual(["stdout "]);
    expect((await failureOf(linesOf(["gone"]))).code).toBe("not-found");
  });

  it("are followed through a rotation, without loss or doubling, until the container ends", async () => {
    const id = await engine.createContainer(spec("chatty"));
    await engine.startContainer(id);
    const file = device.state.logFile(device.state.find(id) ?? expect.fail());
    const texts: string[] = [];
    const ended: string[] = [];
    const reading = (async () => {
      const request = { containerIds: [id], tail: 10, follow: true };
      for await (const batch of engine.logs(request, new AbortController().signal)) {
        texts.push(...batch.lines.map(({ text }) => text));
        ended.push(...batch.ended);
      }
    })();
    await expect.poll(() => texts).toEqual(["started"]);
    for (let n = 1; n <= 50; n += 1) device.state.log(id, "stdout", `line ${n}\n`);
    renameSync(file, `${file}.1`);
    for (let n = 51; n <= 100; n += 1) device.state.log(id, "stdout", `line ${n}\n`);
    await expect.poll(() => texts.length, { timeout: 10_000 }).toBe(101);
    expect(texts.slice(1)).toEqual(Array.from({ length: 100 }, (_, at) => `line ${at + 1}`));
    device.state.log(id, "stdout", "last words\n");
    device.state.exit(id, 0);
    await reading;
    expect(texts.at(-1)).toBe("last words");
    expect(ended).toEqual([id]);
  });

  it("are found in a folder of their own, and show a line that is no JSON as it stands", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bayplan-kanto-log-"));
    const { container_id: id } = device.state.create({
      image: { name: "docker.io/library/x:1" },
      host_config: {
        log_config: { driver_config: { type: "json-file", max_files: 2, max_size: "1M", root_dir: folder } },
      },
    });
    device.state.start(id);
    appendFileSync(join(folder, id, "json.log"), '{"stream":"stdout","lo\n');
    const texts: string[] = [];
    const abort = new AbortController();
    for await (const batch of engine.logs({ containerIds: [id], tail: 10, follow: true }, abort.signal)) {
      texts.push(...batch.lines.map(({ text }) => text));
      if (texts.length === 2) abort.abort();
    }
    expect(texts).toEqual(["started", '{"stream":"stdout","lo']);
    rmSync(folder, { recursive: true });
  });

  it("that a container does not keep are refused, and beside others are said to be missing", async () => {
    const silent = device.state.create({
      image: { name: "docker.io/library/x:1" },
      host_config: { log_config: { driver_config: { type: "none" } } },
    }).container_id;
    expect((await failureOf(linesOf([silent]))).message).toContain("keeps no log");
    const id = await engine.createContainer(spec("talker"));
    await engine.startContainer(id);
    expect((await linesOf([silent, id])).sort()).toEqual(
      ["stderr [Kanto keeps no log", "stdout started"].map((start) => expect.stringContaining(start)),
    );
  });

  it("leave no process on the device", async () => {
    const id = await engine.createContainer(spec("left"));
    await engine.startContainer(id);
    const before = server.sessionPids().length;
    const abort = new AbortController();
    for await (const batch of engine.logs({ containerIds: [id], tail: 10, follow: true }, abort.signal)) {
      if (batch.lines.length > 0) abort.abort();
    }
    await expect.poll(() => server.sessionPids().length, { timeout: 5_000 }).toBeLessThanOrEqual(before);
  });
});

describe("a kanto-cm that is not well", () => {
  it.each([
    ["down", "no-engine", "does not answer"],
    ["denied", "engine-denied", "permission denied"],
    ["garbage", "engine-failed", "cannot be read"],
    ["cut", "engine-failed", "cannot be read"],
  ])("%s is %s", async (fault, code, words) => {
    await engine.createContainer(spec("one"));
    device.setFault(fault);
    const error = await failureOf(engine.listContainers());
    expect([error.code, error.message.includes(words)]).toEqual([code, true]);
    if (fault === "cut") return;
    expect((await failureOf(openKanto(connection, { broker: null }))).code).toBe(code);
  });

  it("keeps what it says that it removed", async () => {
    const id = await engine.createContainer(spec("stubborn"));
    device.setFault("keeps");
    expect((await failureOf(engine.removeContainer(id))).message).toContain("still there");
  });

  it("hangs, and is not waited for without end", async () => {
    device.setFault("hang");
    const startedAtMs = Date.now();
    const error = await failureOf(engine.ping());
    expect([error.code, error.message.includes("kanto-cm")]).toEqual(["timed-out", true]);
    expect(Date.now() - startedAtMs).toBeLessThan(20_000);
    await expect.poll(() => server.sessionPids().length, { timeout: 5_000 }).toBeLessThanOrEqual(2);
  });

  it("ends its events with the reason", async () => {
    const reading = (async () => {
      for await (const _ of engine.events(new AbortController().signal)) expect.fail();
    })();
    await new Promise((resolve) => setTimeout(resolve, 400));
    device.setFault("down");
    expect((await failureOf(reading)).code).toBe("no-engine");
  });
});
