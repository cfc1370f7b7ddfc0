import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Engine, type EngineEvent, openEngine, openLocalEngine } from "../../src/main/engines/index.ts";
import { busyboxImage, EngineBench, failureOf, serviceOf } from "./engines-fixture.ts";

let engine: Engine;
let bench: EngineBench;

function docker(...args: string[]): string {
  return execFileSync("docker", args, { encoding: "utf8" }).trim();
}

beforeAll(async () => {
  engine = await openLocalEngine();
  bench = new EngineBench(engine);
});

// A test that is tried again finds its names free.
afterEach(() => bench.clean());

afterAll(() => {
  engine.close();
});

describe("opening", () => {
  it("says what the engine is, as docker itself says it", async () => {
    const info = await engine.info();
    const [version, cpus, memory, root] = docker(
      "info",
      "--format",
      "{{.ServerVersion}}|{{.NCPU}}|{{.MemTotal}}|{{.DockerRootDir}}",
    ).split("|");
    expect(info).toMatchObject({ kind: "docker", version, rootFolder: root, platform: "linux/amd64" });
    expect([info.cpus, info.memoryBytes]).toEqual([Number(cpus), Number(memory)]);
  });

  it("is not led astray by the environment", async () => {
    const before = { ...process.env };
    try {
      process.env.DOCKER_HOST = "tcp://127.0.0.1:1";
      process.env.DOCKER_TLS_VERIFY = "1";
      process.env.DOCKER_PATH_PREFIX = "/astray";
      const other = await openEngine({ socketPath: "/var/run/docker.sock" });
      expect((await other.info()).kind).toBe("docker");
      expect((await failureOf(openLocalEngine())).code).toBe("unsupported");
      other.close();
    } finally {
      process.env = before;
    }
  });

  it("tells a socket that is not there, one without a listener, and one that is no engine", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bayplan-engine-"));
    const missing = join(folder, "missing.sock");
    expect((await failureOf(openEngine({ socketPath: missing }))).code).toBe("no-engine");
    const none = await failureOf(openLocalEngine({ DOCKER_HOST: `unix://${missing}` }));
    expect(none.message).toBe("No container engine answers on this machine.");
    expect(none.hint).toContain(missing);
    const stranger = createServer((socket) => socket.end("220 smtp ready\r\n")).listen(join(folder, "other.sock"));
    await new Promise((resolve) => stranger.once("listening", resolve));
    expect((await failureOf(openEngine({ socketPath: join(folder, "other.sock") }))).code).toBe("no-engine");
    stranger.close();
    rmSync(folder, { recursive: true });
  });
});

describe("containers", () => {
  it("are listed with what docker inspect says of them", async () => {
    const id = await bench.run("listed", ["sleep", "300"], {
      limits: {
        memoryBytes: 32 * 1024 * 1024,
        memoryReservationBytes: 16 * 1024 * 1024,
        cpuPeriodUs: 10_000,
        cpuQuotaUs: 2_500,
        cpuset: "0",
        pids: 20,
      },
      environment: { A: "1", EMPTY: "" },
      ports: [{ containerPort: 8080, hostPort: null, hostAddress: null, protocol: "tcp" }],
    });
    const listed = (await engine.listContainers()).find((container) => container.id === id);
    expect(listed).toMatchObject({
      name: `${bench.mark}-listed`,
      image: busyboxImage,
      state: "running",
      health: "none",
      exitCode: null,
      oomKilled: false,
      restarts: 0,
      stack: bench.mark,
      service: "listed",
      memoryLimitBytes: 32 * 1024 * 1024,
      cpuLimitCores: 0.25,
      finishedAtMs: null,
    });
    // One number, or where a port was taken for IPv4 alone two of them, the one of IPv4 first: as docker prints them.
    const published = docker("port", id, "8080/tcp").split("\n");
    const hostPorts = [...new Set(published.map((line) => Number(line.split(":").at(-1))))];
    expect(listed?.ports[0]).toMatchObject({ containerPort: 8080, hostAddress: null, protocol: "tcp" });
    expect(listed?.ports.map((port) => port.hostPort)).toEqual(hostPorts);
    const format = "{{.HostConfig.MemorySwap}} {{.HostConfig.CpusetCpus}} {{.HostConfig.PidsLimit}}";
    expect(docker("inspect", "--format", format, id)).toBe("33554432 0 20");
    expect(docker("exec", id, "sh", "-c", 'echo "$A"; env | grep -c ^EMPTY=$')).toBe("1\n1");
    expect(readFileSync(`/proc/${(await engine.inspectContainer(id)).pid}/cgroup`, "utf8")).toContain(id);
    expect(await engine.runningIds()).toContain(id);
    await engine.stopContainer(id, 0);
    expect(await engine.runningIds()).not.toContain(id);
    const ended = (await engine.listContainers()).find((container) => container.id === id);
    expect(ended).toMatchObject({ state: "exited", exitCode: 137, oomKilled: false });
    await engine.removeContainer(id);
    await engine.removeContainer(id);
    expect((await failureOf(engine.inspectContainer(id))).code).toBe("not-found");
    expect((await failureOf(engine.startContainer(id))).code).toBe("not-found");
  });

  it("tell an OOM kill from an ordinary exit", async () => {
    const eater = await bench.run("eater", ["sh", "-c", "x=a; while :; do x=$x$x; done"], {
      limits: {
        memoryBytes: 8 * 1024 * 1024,
        memoryReservationBytes: null,
        cpuPeriodUs: null,
        cpuQuotaUs: null,
        cpuset: null,
        pids: null,
      },
    });
    await bench.untilEnded(eater);
    expect(await engine.inspectContainer(eater)).toMatchObject({ oomKilled: true, exitCode: 137 });
    const quitter = await bench.run("quitter", ["sh", "-c", "exit 9"]);
    await bench.untilEnded(quitter);
    expect(await engine.inspectContainer(quitter)).toMatchObject({ oomKilled: false, exitCode: 9, restarts: 0 });
  });

  it("are paused, restarted, renamed and changed while they run", async () => {
    const id = await bench.run("changing", ["sleep", "300"]);
    await engine.pauseContainer(id);
    expect(docker("inspect", "--format", "{{.State.Status}}", id)).toBe("paused");
    expect(await engine.runningIds()).toContain(id);
    expect((await failureOf(engine.pauseContainer(id))).code).toBe("conflict");
    await engine.unpauseContainer(id);
    const { pid } = await engine.inspectContainer(id);
    await engine.restartContainer(id, 0);
    expect((await engine.inspectContainer(id)).pid).not.toBe(pid);
    await engine.renameContainer(id, `${bench.mark}-changed`);
    const format = "{{.Name}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}} {{.HostConfig.RestartPolicy.Name}}";
    const restart = { policy: "always" as const, maximumRetries: null };
    const change = { memoryBytes: 32 * 1024 * 1024, memoryReservationBytes: null, cpuCores: 0.5, restart };
    await engine.updateContainer(id, change);
    expect(docker("inspect", "--format", format, id)).toBe(`/${bench.mark}-changed 33554432 500000000 always`);
    await engine.removeContainer(id);
    const limits = { ...bench.spec("x", []).limits, cpuPeriodUs: 10_000, cpuQuotaUs: 2_500 };
    const limited = await bench.run("limited", ["sleep", "300"], { limits });
    await engine.updateContainer(limited, { ...change, restart: null });
    expect(docker("inspect", "--format", "{{.HostConfig.CpuQuota}}/{{.HostConfig.CpuPeriod}}", limited)).toBe(
      "5000/10000",
    );
    await engine.removeContainer(limited);
  });

  it("report their health", async () => {
    const id = await bench.run("sick", ["sleep", "300"], {
      service: serviceOf({
        name: "sick",
        command: ["sleep", "300"],
        healthcheck: { test: ["CMD", "false"], intervalMs: 200, timeoutMs: 1000, startPeriodMs: null, retries: 1 },
      }),
    });
    await expect.poll(async () => (await engine.inspectContainer(id)).health, { timeout: 10_000 }).toBe("unhealthy");
    await engine.removeContainer(id);
  });

  it("say which name and which port is taken, and leave nothing behind", async () => {
    const first = await bench.run("port", ["sleep", "300"], {
      ports: [{ containerPort: 80, hostPort: 47_113, hostAddress: "127.0.0.1", protocol: "tcp" }],
    });
    const twin = await failureOf(engine.createContainer(bench.spec("port", ["true"])));
    expect(twin.code).toBe("conflict");
    const second = await engine.createContainer(
      bench.spec("port2", ["sleep", "300"], {
        ports: [{ containerPort: 80, hostPort: 47_113, hostAddress: "127.0.0.1", protocol: "tcp" }],
      }),
    );
    const taken = await failureOf(engine.startContainer(second));
    expect(taken.code).toBe("conflict");
    expect(taken.message).toContain("Port 47113");
    await engine.removeContainer(first);
    const listener = createServer().listen(47_113, "127.0.0.1");
    await new Promise((resolve) => listener.once("listening", resolve));
    const takenByUs = await failureOf(engine.startContainer(second));
    expect(takenByUs.message).toContain("Port 47113");
    listener.close();
    await engine.removeContainer(second);
  });

  it("join all of their networks and mounts, and all is found by its label and removed", async () => {
    const [one, two] = [`${bench.mark}-one`, `${bench.mark}-two`];
    await engine.createNetwork(one, { labels: bench.labels, internal: true, driver: null });
    await engine.createNetwork(two, { labels: bench.labels, internal: false, driver: "bridge" });
    expect((await failureOf(engine.createNetwork(one, { labels: {}, internal: true, driver: null }))).code).toBe(
      "conflict",
    );
    await engine.createVolume(`${bench.mark}-data`, bench.labels);
    const id = await bench.run("linked", ["sleep", "300"], {
      networks: [
        { name: one, aliases: ["linked"] },
        { name: two, aliases: ["far"] },
      ],
      mounts: [
        { kind: "volume", source: `${bench.mark}-data`, target: "/data", readOnly: false, tmpfsBytes: null },
        { kind: "tmpfs", source: null, target: "/scratch", readOnly: false, tmpfsBytes: 1024 * 1024 },
        { kind: "bind", source: "/etc/hostname", target: "/host-name", readOnly: true, tmpfsBytes: null },
      ],
    });
    const networks = docker("inspect", "--format", "{{range $k, $v := .NetworkSettings.Networks}}{{$k}} {{end}}", id);
    expect(networks.split(" ").sort()).toEqual([one, two]);
    expect(docker("exec", id, "cat", "/host-name")).toBe(readFileSync("/etc/hostname", "utf8").trim());
    expect(docker("exec", id, "sh", "-c", "grep -c -E ' /(data|scratch|host-name) ' /proc/mounts")).toBe("3");
    // The engine only looks for a second network when it starts the container.
    const lost = await engine.createContainer(
      bench.spec("lost", ["true"], {
        networks: [
          { name: one, aliases: [] },
          { name: `${bench.mark}-missing`, aliases: [] },
        ],
      }),
    );
    const failed = await failureOf(engine.startContainer(lost));
    expect(failed.code).toBe("not-found");
    expect(failed.message).toContain(`${bench.mark}-missing`);
    await engine.removeContainer(lost);
    const things = await engine.listByLabel(`io.bayplan.test=${bench.mark}`);
    expect(things.containers.find((container) => container.id === id)).toMatchObject({ running: true });
    expect(things.containers.filter((container) => container.id === lost)).toEqual([]);
    expect(things.networks.map((network) => network.name).sort()).toEqual([one, two]);
    expect(things.volumes.map((volume) => volume.name)).toEqual([`${bench.mark}-data`]);
    expect((await failureOf(engine.removeVolume(`${bench.mark}-data`))).code).toBe("conflict");
    await engine.removeContainer(id);
    await bench.clean();
    expect(await engine.listByLabel(`io.bayplan.test=${bench.mark}`)).toEqual({
      containers: [],
      networks: [],
      volumes: [],
    });
  });
});

describe("events", () => {
  it("come in order, from the moment of asking, until the signal aborts", async () => {
    const abort = new AbortController();
    const events = engine.events(abort.signal);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const id = await bench.run("event", ["sh", "-c", "exit 3"]);
    const seen: EngineEvent[] = [];
    for await (const event of events) {
      if (event.containerId !== id) continue;
      seen.push(event);
      if (event.action === "die") abort.abort();
    }
    expect(seen.map((event) => event.action)).toEqual(["create", "start", "die"]);
    expect(seen[2]).toMatchObject({ exitCode: 3, health: null });
    expect(seen[0]?.labels["com.docker.compose.service"]).toBe("event");
  });
});

describe("images", () => {
  it("are inspected, or null", async () => {
    const found = await engine.inspectImage(busyboxImage);
    expect(found?.id).toBe(docker("image", "inspect", "--format", "{{.Id}}", busyboxImage));
    expect(found?.platform).toBe("linux/amd64");
    expect(await engine.inspectImage("bayplan-lab/never:1")).toBeNull();
  });

  it("that cannot be pulled are named, with the engine's reason", async () => {
    const error = await failureOf(
      engine.pullImage("127.0.0.1:9/nothing:1", () => undefined, new AbortController().signal),
    );
    expect(error.code).toBe("not-found");
    expect(error.message).toMatch(
      /^Image 127\.0\.0\.1:9\/nothing:1 does not exist here and could not be pulled: .*connection refused\.$/,
    );
  });

  it("are built from a folder, without what .dockerignore leaves out", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bayplan-build-"));
    writeFileSync(
      join(folder, "Dockerfile"),
      `FROM ${busyboxImage}\nARG GREETING\nCOPY . /app\nLABEL io.bayplan.greeting=$GREETING\n`,
    );
    execFileSync(
      "sh",
      ["-c", "mkdir -p logs/deep; echo a >logs/deep/a.log; echo b >logs/keep.txt; ln -s logs/keep.txt l"],
      {
        cwd: folder,
      },
    );
    writeFileSync(join(folder, ".dockerignore"), "# logs go\n**/*.log\nDockerfile\n");
    writeFileSync(join(folder, `${"long-".repeat(30)}name.txt`), "long");
    const tag = `bayplan-test/built:${bench.mark}`;
    const said: string[] = [];
    const build = { context: folder, dockerfile: "Dockerfile", args: { GREETING: "hi there" }, target: null };
    try {
      await engine.buildImage(build, tag, (text) => said.push(text), new AbortController().signal);
      expect(said.join("\n")).toContain("Successfully built");
      const files = docker("run", "--rm", tag, "sh", "-c", "cd /app && find . | sort");
      expect(files.split("\n")).toEqual([
        ".",
        "./.dockerignore",
        "./l",
        "./logs",
        "./logs/deep",
        "./logs/keep.txt",
        `./${"long-".repeat(30)}name.txt`,
      ]);
      expect(docker("image", "inspect", "--format", '{{index .Config.Labels "io.bayplan.greeting"}}', tag)).toBe(
        "hi there",
      );
      writeFileSync(join(folder, "Dockerfile"), `FROM ${busyboxImage}\nRUN exit 4\n`);
      const failed = await failureOf(
        engine.buildImage(build, `${tag}-broken`, () => undefined, new AbortController().signal),
      );
      expect(failed.code).toBe("engine-failed");
      expect(failed.message).toContain("returned a non-zero code: 4");
      const nowhere = { ...build, context: join(folder, "nowhere") };
      expect(
        (await failureOf(engine.buildImage(nowhere, tag, () => undefined, new AbortController().signal))).code,
      ).toBe("bad-input");
      const abort = new AbortController();
      writeFileSync(join(folder, "Dockerfile"), `FROM ${busyboxImage}\nRUN sleep 60\n`);
      const cancelled = await failureOf(
        engine.buildImage(build, `${tag}-slow`, (text) => text.includes("Running in") && abort.abort(), abort.signal),
      );
      expect(cancelled.code).toBe("cancelled");
    } finally {
      docker("image", "rm", "--force", tag);
      rmSync(folder, { recursive: true });
    }
  });
});
