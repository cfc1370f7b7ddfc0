import { createServer } from "node:net";
import { connectAsync } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ContainerSpec, KantoThings, type KantoThingsOptions, openKanto } from "../../src/main/engines/index.ts";
import { connectSsh, type SshConnection } from "../../src/main/ssh/index.ts";
import { whyNot } from "../../src/shared/domain/index.ts";
import { DaemonMqtt, type DaemonMqttOptions } from "../lab/kanto/daemon-mqtt.ts";
import { type KantoDevice, makeKantoDevice } from "../lab/kanto/kanto-device.ts";
import { type Broker, freePort, startMosquitto } from "../lab/kanto/mosquitto.ts";
import { failureOf, serviceOf } from "./engines-fixture.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

let device: KantoDevice;
let server: SshServer;
let connection: SshConnection;
let broker: Broker;
let daemon: DaemonMqtt | null = null;
const opened: KantoThings[] = [];

async function connect(to: SshServer): Promise<SshConnection> {
  return connectSsh({
    target: { user: "root", host: "127.0.0.1", port: to.port },
    credentials: to.credentials,
    verifyHostKey: (key) => Promise.resolve(key.fingerprint === to.fingerprint),
  });
}

beforeAll(async () => {
  device = makeKantoDevice();
  broker = await startMosquitto();
  server = await startSshServer({ SetEnv: `SHLVL=5 "PATH=${device.path}"` });
  connection = await connect(server);
});

afterAll(async () => {
  connection.close();
  await server.stop();
  await broker.stop();
  device.remove();
});

afterEach(async () => {
  for (const things of opened.splice(0)) things.close();
  await daemon?.stop();
  daemon = null;
  for (const { container_id: id } of device.state.list()) device.state.remove(id, true);
});

async function open(
  options: Partial<DaemonMqttOptions> = {},
  timeouts: NonNullable<KantoThingsOptions["timeouts"]> = {},
): Promise<KantoThings> {
  daemon = await DaemonMqtt.start({ port: broker.port, state: device.state, ...options });
  const things = await KantoThings.open({ connection, broker: { host: "127.0.0.1", port: broker.port }, timeouts });
  opened.push(things);
  return things;
}

function spec(name: string, values: Partial<ContainerSpec> = {}): ContainerSpec {
  const limits = {
    memoryBytes: null,
    memoryReservationBytes: null,
    cpuPeriodUs: null,
    cpuQuotaUs: null,
    cpuset: null,
    pids: null,
  };
  return {
    name,
    image: "redis:7",
    service: serviceOf({ name }),
    labels: {},
    environment: {},
    ports: [],
    mounts: [],
    networks: [],
    limits,
    cgroupParent: null,
    ...values,
  };
}

describe("Kanto's MQTT side, through SSH", () => {
  it("creates with a configuration and shows the id, once the twin tells that it runs", async () => {
    const things = await open();
    expect(things.deviceId).toBe("edge:device");
    const created = await things.createWithConfig(
      spec("press", {
        environment: { A: "1" },
        mounts: [{ kind: "bind", source: "/data", target: "/d", readOnly: false, tmpfsBytes: null }],
        ports: [{ containerPort: 80, hostPort: 8080, hostAddress: null, protocol: "tcp" }],
        service: serviceOf({ name: "press", command: ["run"], restart: { policy: "on-failure", maximumRetries: 2 } }),
        limits: { ...spec("x").limits, memoryBytes: 64 * 1024 * 1024 },
      }),
      true,
    );
    expect(created).toEqual({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), name: "press", status: "RUNNING" });
    expect(device.state.find(created.id)).toMatchObject({
      container_name: "press",
      image: { name: "docker.io/library/redis:7" },
      config: { env: ["A=1"], cmd: ["run"] },
      mount_points: [{ source: "/data", destination: "/d", propagation_mode: "rprivate" }],
      host_config: {
        restart_policy: { type: "on-failure", maximum_retry_count: 2, retry_timeout: 30e9 },
        port_mappings: [{ proto: "tcp", container_port: 80, host_port: 8080, host_port_end: 8080, host_ip: "0.0.0.0" }],
        resources: { memory: "64m", memory_swap: "64m" },
      },
      state: { status: 2 },
    });
    const [request] = daemon?.requests ?? [];
    expect(request?.topic).toMatch(/^command\/\/edge:device:edge:containers\/req\/[0-9a-f-]{36}\/createWithConfig$/);
  });

  it("creates of an image alone, and finds the id by itself where Kanto gives none", async () => {
    const things = await open({ withoutId: true });
    const created = await things.create("ghcr.io/x/y:1", false);
    expect(created.status).toBe("CREATED");
    expect(device.state.find(created.id)?.image.name).toBe("ghcr.io/x/y:1");
  });

  it("pauses, resumes, stops, starts, renames, updates and removes, each confirmed", async () => {
    const things = await open();
    const { id } = await things.createWithConfig(spec("web"), true);
    const status = (): number | undefined => device.state.find(id)?.state.status;
    await things.pause(id);
    expect(status()).toBe(4);
    await things.resume(id);
    expect(status()).toBe(2);
    await things.stop(id, 1_000);
    expect(status()).toBe(3);
    await things.start(id);
    expect(status()).toBe(2);
    await things.rename(id, "web-2");
    expect(device.state.find(id)?.container_name).toBe("web-2");
    const none = { memoryBytes: null, memoryReservationBytes: null, cpuCores: null, restart: null };
    await things.update(id, { ...none, memoryBytes: 16 * 1024 * 1024 });
    expect(device.state.find(id)?.host_config.resources).toMatchObject({ memory: "16m" });
    expect((await failureOf(things.update(id, { ...none, cpuCores: 1 }))).code).toBe("unsupported");
    await things.remove(id, true);
    expect(device.state.find(id)).toBeNull();
  });

  it("gives the daemon's own words when it refuses", async () => {
    const things = await open();
    const { id } = await things.createWithConfig(spec("one"), false);
    const paused = await failureOf(things.pause(id));
    expect(paused.code).toBe("engine-failed");
    expect(paused.message).toContain(`container with ID = ${id} is not running`);
    expect((await failureOf(things.start("nobody"))).code).toBe("not-found");
    expect((await failureOf(things.createWithConfig(spec("one"), false))).code).toBe("conflict");
    expect((await failureOf(things.createWithConfig(spec("x", { labels: { a: "b" } }), false))).code).toBe(
      "unsupported",
    );
  });

  it("says that a container was created and not started, though Kanto agreed", async () => {
    const things = await open({}, { confirmMs: 500 });
    const error = await failureOf(things.createWithConfig(spec("lame", { image: "x.io/fails-to-start:1" }), true));
    expect(error.code).toBe("engine-failed");
    expect(error.message).toMatch(/lame was created \([0-9a-f-]{36}\), but Kanto has not started it/);
  });

  it("does not take an answer for a deed: what the twin does not tell is not confirmed", async () => {
    const things = await open({ mute: true }, { confirmMs: 300 });
    expect((await failureOf(things.createWithConfig(spec("quiet"), true))).code).toBe("timed-out");
  });

  it("measures until nobody reads, then tells the device to stop", async () => {
    const things = await open();
    const { id } = await things.createWithConfig(spec("measured"), true);
    const abort = new AbortController();
    for await (const { containers, atMs } of things.metrics(1_000, abort.signal)) {
      expect(containers).toEqual([
        { containerId: id, measurements: { "cpu.utilization": 12.5, "memory.used": 1_048_576 } },
      ]);
      expect(Math.abs(atMs - Date.now())).toBeLessThan(5_000);
      abort.abort();
    }
    expect(daemon?.measuring).toBe(false);
  });

  it("is not led astray by what others publish", async () => {
    const things = await open();
    const stranger = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
    const creating = things.createWithConfig(spec("calm"), true);
    for (const payload of ["", "{", "null", "[1]", '{"topic":1}', "\u0000".repeat(1000)]) {
      await stranger.publishAsync("e/tenant-1/edge:device:edge:containers", payload);
      await stranger.publishAsync("command//edge:device:edge:containers/res/other/200", payload);
      await stranger.publishAsync("edge/thing/response", payload);
    }
    expect((await creating).status).toBe("RUNNING");
    await stranger.endAsync();
  });
});

describe("a broker that is not well", () => {
  const tryOpen = async (port: number) =>
    failureOf(
      KantoThings.open({ connection, broker: { host: "127.0.0.1", port }, timeouts: { identityMs: 300 } }).then(
        (things) => things.close(),
      ),
    );

  it("is down", async () => {
    const error = await tryOpen(await freePort());
    expect([error.code, error.message.includes("Nothing answers at 127.0.0.1")]).toEqual(["unreachable", true]);
  });

  it("wants a login", async () => {
    const locked = await startMosquitto({ login: true });
    expect((await tryOpen(locked.port)).code).toBe("engine-denied");
    await locked.stop();
  });

  it("is none", async () => {
    const stranger = createServer((socket) => socket.end("SSH-2.0-x\r\n")).listen(0, "127.0.0.1");
    await new Promise((resolve) => stranger.once("listening", resolve));
    const address = stranger.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    expect((await tryOpen(port)).code).toBe("unreachable");
    stranger.close();
  });

  it("answers, but Kanto's connector does not run", async () => {
    daemon = await DaemonMqtt.start({ port: broker.port, state: device.state, nameless: true });
    expect((await tryOpen(broker.port)).message).toContain("does not say which device");
  });

  it("is behind a server that forwards nothing", async () => {
    const closed = await startSshServer({ AllowTcpForwarding: "no" });
    const own = await connect(closed);
    const error = await failureOf(
      KantoThings.open({ connection: own, broker: { host: "127.0.0.1", port: broker.port } }),
    );
    expect([error.code, error.hint?.includes("AllowTcpForwarding")]).toEqual(["unsupported", true]);
    own.close();
    await closed.stop();
  });

  it("goes away under a request, which is told why", async () => {
    const own = await startMosquitto();
    daemon = await DaemonMqtt.start({ port: own.port, state: device.state });
    const things = await KantoThings.open({ connection, broker: { host: "127.0.0.1", port: own.port } });
    await daemon.stop();
    const waiting = failureOf(things.create("x.io/y:1", true));
    await new Promise((resolve) => setTimeout(resolve, 200));
    await own.stop();
    expect((await waiting).code).toBe("unreachable");
    expect(things.ended).toBe(true);
    expect((await failureOf(things.create("x.io/y:1", true))).code).toBe("unreachable");
  });
});

describe("the engine with both sides", () => {
  it("pauses through MQTT what it lists through kanto-cm", async () => {
    daemon = await DaemonMqtt.start({ port: broker.port, state: device.state });
    const at = { host: "127.0.0.1", port: broker.port };
    const engine = await openKanto(connection, { broker: at, homeFolder: device.home, pollEveryMs: 200 });
    expect(whyNot(await engine.info(), "pause")).toBeNull();
    const id = await engine.createContainer(spec("both"));
    await engine.startContainer(id);
    await engine.pauseContainer(id);
    expect((await engine.listContainers())[0]?.state).toBe("paused");
    await engine.unpauseContainer(id);
    expect((await engine.listContainers())[0]?.state).toBe("running");
    engine.close();
  });

  it("can pause once a broker that was not there has come, and says so", async () => {
    const port = await freePort();
    const engine = await openKanto(connection, {
      broker: { host: "127.0.0.1", port },
      homeFolder: device.home,
      pollEveryMs: 200,
      lookForMqttEveryMs: 0,
    });
    try {
      expect(whyNot(await engine.info(), "pause")).toContain("out of reach");
      const late = await startMosquitto({ port });
      daemon = await DaemonMqtt.start({ port, state: device.state });
      await engine.ping();
      expect(whyNot(await engine.info(), "pause")).toBeNull();
      const id = await engine.createContainer(spec("late"));
      await engine.startContainer(id);
      await Promise.all([engine.pauseContainer(id), engine.ping()]);
      expect((await engine.listContainers())[0]?.state).toBe("paused");
      await daemon.stop();
      daemon = null;
      await late.stop();
    } finally {
      engine.close();
    }
  });
});
