/** What the built command line does on a device with Kanto, with its MQTT side and without. */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import {
  containerSchema,
  createdContainerSchema,
  deviceSchema,
  failureSchema,
  findingSchema,
  whyNot,
} from "../../src/shared/domain/index.ts";
import { DaemonMqtt } from "../lab/kanto/daemon-mqtt.ts";
import { type KantoDevice, makeKantoDevice } from "../lab/kanto/kanto-device.ts";
import { type Broker, startMosquitto } from "../lab/kanto/mosquitto.ts";
import { bayplan, type CommandResult } from "./bayplan-command.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;

let folder: string;
let device: KantoDevice;
let broker: Broker;
let daemon: DaemonMqtt;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "bayplan-cli-kanto-"));
  device = makeKantoDevice();
  broker = await startMosquitto();
  daemon = await DaemonMqtt.start({ port: broker.port, state: device.state });
});

afterAll(async () => {
  await daemon?.stop();
  await broker?.stop();
  device.remove();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(() => {
  for (const { container_id: id } of device.state.list()) device.state.remove(id, true);
});

/** A machine with Kanto, logged in to by the built command line. */
function machine(brokerPort: () => number | null) {
  let server: SshServer;
  let address: string;
  // Both are this machine: in one data folder they would be one device that moved.
  let home: string;
  const run = (args: string[]): Promise<CommandResult> =>
    bayplan(args, { home, env: { BAYPLAN_SSH_KEY: join(server.folder, "id") } });
  beforeAll(async () => {
    home = mkdtempSync(join(folder, "home-"));
    server = await startSshServer({ SetEnv: `SHLVL=5 "PATH=${device.path}"` }, device.prepare(brokerPort()));
    address = `root@127.0.0.1:${server.port}`;
    await run(["devices", "add", address]);
    const trusted = await run(["devices", "trust", address, "--fingerprint", server.fingerprint]);
    expect([trusted.code, trusted.stderr]).toEqual([0, expect.anything()]);
  });
  afterAll(() => server.stop());
  return {
    run: (verb: string, ...words: string[]) => run(["--json", verb, address, ...words]),
    upDown: (verb: string, file: string, ...words: string[]) => run(["--json", verb, file, "--on", address, ...words]),
    async change(verb: string, ...words: string[]): Promise<z.infer<typeof containerSchema>> {
      const result = await run(["--json", verb, address, ...words]);
      expect([verb, result.code, result.stdout]).toEqual([verb, 0, expect.anything()]);
      return z.object({ container: containerSchema }).parse(JSON.parse(result.stdout)).container;
    },
    async create(...words: string[]): Promise<z.infer<typeof createdContainerSchema>> {
      const result = await run(["--json", "create", address, ...words]);
      expect([result.code, result.stdout]).toEqual([0, expect.anything()]);
      return createdContainerSchema.parse(JSON.parse(result.stdout));
    },
    async refusal(verb: string, ...words: string[]): Promise<z.infer<typeof failureSchema>> {
      const result = await run(["--json", verb, address, ...words]);
      expect(result.code).not.toBe(0);
      return z.object({ error: failureSchema }).parse(JSON.parse(result.stdout)).error;
    },
    async engine() {
      const result = await run(["--json", "devices"]);
      const { devices } = z.object({ devices: z.array(deviceSchema) }).parse(JSON.parse(result.stdout));
      const found = devices.find(({ target }) => target.port === server.port)?.engine;
      if (found == null) throw new Error(result.stdout);
      return found;
    },
    /** On a terminal (script(1)): answers its question, and gives what it said. */
    async onTerminal(words: string[], answer: string): Promise<string> {
      const cli = join(import.meta.dirname, "../../out/main/cli.js");
      const [verb = "", ...rest] = words;
      const line = [process.execPath, cli, verb, address, ...rest].join(" ");
      const env = { ...process.env, BAYPLAN_HOME: home, BAYPLAN_SSH_KEY: join(server.folder, "id"), NO_COLOR: "1" };
      const child = spawn("script", ["-qec", line, "/dev/null"], { env, stdio: ["pipe", "pipe", "inherit"] });
      let text = "";
      let isAnswered = false;
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
        if (isAnswered || !text.includes("[y/N]")) return;
        isAnswered = true;
        child.stdin.write(`${answer}\r`);
      });
      await new Promise((resolve) => child.once("close", resolve));
      return text;
    },
  };
}

function fileOf(container: object): string {
  const file = join(folder, "container.json");
  writeFileSync(file, JSON.stringify(container));
  return file;
}

function running(name: string): string {
  const { container_id: id } = device.state.create({
    container_name: name,
    image: { name: "docker.io/library/redis:7" },
  });
  device.state.start(id);
  return id;
}

/** The operations that came over MQTT, without who asked. */
function operations(): string[] {
  return daemon.requests.map(({ topic }) => topic.split("/").at(-1) ?? "");
}

describe("with its broker", () => {
  const kanto = machine(() => broker.port);

  test("pause and unpause go over MQTT, the rest through kanto-cm", async () => {
    const id = running("press");
    daemon.requests.length = 0;
    expect(await kanto.change("pause", "press", "--yes")).toMatchObject({ id, state: "paused" });
    expect((await kanto.change("unpause", "press")).state).toBe("running");
    expect(operations()).toEqual(["pause", "resume"]);
    expect((await kanto.change("rename", "press", "press-2")).name).toBe("press-2");
    const args = ["--memory", "64MiB", "--restart", "on-failure:2"];
    expect((await kanto.change("update", "press-2", ...args)).memoryLimitBytes).toBe(64 * 1024 * 1024);
    expect(device.state.find(id)?.host_config.restart_policy).toMatchObject({
      type: "on-failure",
      maximum_retry_count: 2,
    });
    expect((await kanto.change("stop", "press-2", "--yes")).state).toBe("exited");
    expect((await kanto.change("start", "press-2")).state).toBe("running");
    expect(JSON.parse((await kanto.run("remove", "press-2", "--yes")).stdout)).toMatchObject({ removed: true });
    expect(device.state.list()).toEqual([]);
    expect(operations()).toEqual(["pause", "resume"]);
  });

  test("what Kanto cannot do is refused with the sentence of its capabilities, unasked", async () => {
    running("press");
    const engine = await kanto.engine();
    const restart = await kanto.refusal("restart", "press");
    expect(restart).toMatchObject({ code: "unsupported", message: whyNot(engine, "restart") });
    expect(restart.hint).toContain("Stop it");
    const cpus = await kanto.refusal("update", "press", "--memory", "64MiB", "--cpus", "0.5");
    expect(cpus).toMatchObject({ code: "unsupported", message: whyNot(engine, "cpu-limit") });
    expect(device.state.list()[0]?.host_config.resources, "half of a change").toBeNull();
  });

  test("a person is asked first, and a no leaves everything as it is", async () => {
    const id = running("press");
    const no = await kanto.onTerminal(["pause", "press"], "n");
    expect(no).toMatch(/Pause press on .+\? \[y\/N\]/);
    expect(device.state.find(id)?.state.status).toBe(2);
    const yes = await kanto.onTerminal(["pause", "press"], "y");
    expect(yes).toContain("press is paused.");
    expect(device.state.find(id)?.state.status).toBe(4);
  });

  test("create of an image goes through ContainerFactory and shows the UUID that it gives", async () => {
    daemon.requests.length = 0;
    const { container, confirmedBy } = await kanto.create("redis:7");
    expect(operations()).toEqual(["create"]);
    expect(container.id).toMatch(uuid);
    expect([container.state, container.image, confirmedBy]).toEqual([
      "running",
      "docker.io/library/redis:7",
      "container-feature",
    ]);
    const named = await kanto.create("redis:7", "--name", "cache", "--no-start");
    expect([named.container.name, named.container.state]).toEqual(["cache", "created"]);
    expect(operations()).toEqual(["create", "createWithConfig"]);
  });

  test("create of a file in Kanto's own JSON carries every field of it, also one that kanto-cm get printed", async () => {
    daemon.requests.length = 0;
    const file = fileOf({
      container_name: "press",
      image: { name: "docker.io/library/redis:7" },
      host_name: "line-1",
      mount_points: [{ source: "/data", destination: "/d", propagation_mode: "rshared" }],
      config: { env: ["A=1"], cmd: ["redis-server"] },
      host_config: {
        restart_policy: { type: "on-failure", maximum_retry_count: 3, retry_timeout: 5e9 },
        port_mappings: [{ container_port: 6379, host_port: 16_379 }],
        resources: { memory: "64M" },
      },
    });
    const { container } = await kanto.create(file);
    expect(container).toMatchObject({ name: "press", state: "running", memoryLimitBytes: 64 * 1024 * 1024 });
    const stored = device.state.find(container.id);
    expect(stored).toMatchObject({
      host_name: "line-1",
      mount_points: [{ source: "/data", destination: "/d", propagation_mode: "rshared" }],
      config: { env: ["A=1"], cmd: ["redis-server"] },
      host_config: {
        restart_policy: { type: "on-failure", maximum_retry_count: 3, retry_timeout: 5e9 },
        port_mappings: [
          { proto: "tcp", container_port: 6379, host_ip: "0.0.0.0", host_port: 16_379, host_port_end: 16_379 },
        ],
        resources: { memory: "64M" },
      },
    });
    const again = await kanto.create(fileOf(stored ?? {}), "--name", "press-copy", "--no-start");
    expect(again.container.id).not.toBe(container.id);
    expect(device.state.find(again.container.id)).toMatchObject({
      mount_points: stored?.mount_points,
      host_config: stored?.host_config,
    });
    expect(operations()).toEqual(["createWithConfig", "createWithConfig"]);
  });

  test("what MQTT has no word for goes by kanto-cm, and what is not Kanto's is refused with its place", async () => {
    daemon.requests.length = 0;
    const hooked = { container_name: "hooked", image: { name: "redis:7" }, io_config: { stdin_once: true } };
    const { container, confirmedBy } = await kanto.create(fileOf(hooked));
    expect([container.name, container.state, confirmedBy]).toEqual(["hooked", "running", "engine"]);
    expect(operations()).toEqual([]);
    const odd = await kanto.refusal("create", fileOf({ image: { name: "redis:7" }, host_config: { cpus: 2 } }));
    expect(odd).toMatchObject({ code: "bad-input", message: expect.stringMatching(/cpus.*\(host_config\)/) });
  });

  test("a container that was created and does not start is told of with its id, and stays to be looked at", async () => {
    const { code, message } = await kanto.refusal("create", "x.io/fails-to-start:1", "--name", "lame");
    const id = device.state.list()[0]?.container_id ?? "none";
    expect([code, message]).toEqual(["engine-failed", expect.stringContaining(`lame was created (${id})`)]);
  }, 60_000);
});

describe("a compose stack", () => {
  const kanto = machine(() => null);
  const compose = (text: string): string => {
    const file = join(folder, "compose.yaml");
    writeFileSync(file, text);
    return file;
  };
  const gateway = `name: gateway
services:
  web:
    image: nginx:1
    depends_on: { db: { condition: service_healthy } }
    mem_limit: 64m
    ports: ["8080:80"]
  db:
    image: redis:7
    cpus: 0.5
    volumes: ["data:/data", "/etc/hostname:/host:ro"]
volumes: { data: {} }
`;

  test("that would lose something is refused with each thing and its reason, and nothing is made", async () => {
    const said = await kanto.upDown("up", compose(gateway));
    expect(said.code).toBe(2);
    const { error } = z.object({ error: failureSchema }).parse(JSON.parse(said.stdout));
    expect(error).toMatchObject({ code: "unsupported", hint: expect.stringContaining("--accept-losses") });
    expect(error.message).toContain("db without networks, network aliases, volume gateway_data");
    expect(error.message).toMatch(/web without .*waiting for the health of db/);
    expect(said.stderr).toContain("db: without CPU limit, since Kanto has no such field");
    expect(device.state.list()).toEqual([]);
  });

  test("runs without what is accepted, says so at its place in the file, is not doubled, and goes by its names", async () => {
    const other = running("other");
    const file = compose(gateway);
    const up = await kanto.upDown("up", file, "--accept-losses");
    expect([up.code, up.stderr]).toEqual([
      0,
      expect.stringMatching(/compose\.yaml:\d+:\d+: warning: db runs without CPU limit/),
    ]);
    const { services, findings } = z
      .object({
        services: z.array(z.object({ name: z.string(), containers: z.array(z.string()) })),
        findings: z.array(findingSchema),
      })
      .parse(JSON.parse(up.stdout));
    expect(services.map(({ name }) => name)).toEqual(["db", "web"]);
    expect(findings.filter(({ rule }) => rule === "engine.loss").length).toBeGreaterThan(5);
    const stored = device.state.list().filter(({ container_id: id }) => id !== other);
    expect(stored.map(({ container_name: name, state }) => [name, state.status])).toEqual([
      ["gateway-db-1", 2],
      ["gateway-web-1", 2],
    ]);
    expect(stored[0]?.mount_points).toMatchObject([{ source: "/etc/hostname", destination: "/host" }]);
    expect(stored[1]?.host_config).toMatchObject({
      resources: { memory: "64m" },
      port_mappings: [{ host_port: 8080 }],
    });
    const again = await kanto.upDown("up", file, "--accept-losses");
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: "conflict" } });
    const down = await kanto.upDown("down", file);
    expect(JSON.parse(down.stdout)).toMatchObject({ project: "gateway", containers: 2, networks: 0, volumes: 0 });
    expect(device.state.list().map(({ container_id: id }) => id)).toEqual([other]);
  });

  test("of one service that Kanto can say needs no consent; one that fails leaves nothing behind", async () => {
    const plain = await kanto.upDown("up", compose("name: one\nservices: { web: { image: nginx:1 } }\n"));
    expect([plain.code, JSON.parse(plain.stdout)]).toMatchObject([0, { findings: [] }]);
    expect((await kanto.upDown("down", join(folder, "compose.yaml"))).code).toBe(0);
    const bad = `name: bad\nservices:\n  web: { image: nginx:1 }\n  lame: { image: x.io/fails-to-start:1, depends_on: [web] }\n`;
    const failed = await kanto.upDown("up", compose(bad), "--accept-losses");
    expect(failed.stdout).toMatch(/The service lame could not be started/);
    expect(device.state.list()).toEqual([]);
  });
});

describe("without a broker", () => {
  const kanto = machine(() => null);

  test("pause is refused with its reason, and create goes by kanto-cm", async () => {
    const id = running("press");
    const engine = await kanto.engine();
    expect(await kanto.refusal("pause", "press")).toMatchObject({
      code: "unsupported",
      message: whyNot(engine, "pause"),
    });
    expect(device.state.find(id)?.state.status).toBe(2);
    const { container, confirmedBy } = await kanto.create("redis:7", "--name", "cache");
    expect([container.name, container.state, confirmedBy]).toEqual(["cache", "running", "engine"]);
    const lame = await kanto.refusal("create", "x.io/fails-to-start:1", "--name", "lame");
    expect(lame.message).toMatch(/^The container was created \([0-9a-f-]{36}\), but does not start\. .*shim task/);
  });
});
