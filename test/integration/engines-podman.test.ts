import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Engine, type EngineEvent, LogPosition, openEngine } from "../../src/main/engines/index.ts";
import { whyNot } from "../../src/shared/domain/index.ts";
import { busyboxImage, EngineBench, failureOf, serviceOf } from "./engines-fixture.ts";
import { type PodmanService, startPodman } from "./podman-fixture.ts";

describe.each([
  ["as root", false],
  ["rootless", true],
])("Podman %s", (_name, rootless) => {
  let service: PodmanService;
  let engine: Engine;
  let bench: EngineBench;

  beforeAll(async () => {
    service = await startPodman({ rootless });
    engine = await openEngine({ socketPath: service.socketPath });
    bench = new EngineBench(engine);
  });

  // A test that is tried again finds its names free.
  afterEach(() => bench.clean());

  afterAll(async () => {
    engine?.close();
    await service?.stop();
  });

  /** Without its own network: a bridge of a user without rights needs more than this machine has. */
  const run = (name: string, command: string[], values = {}): Promise<string> =>
    bench.run(name, command, { networks: [{ name: "none", aliases: [] }], ...values });

  it("is known as Podman, whatever version of the Docker API it names", async () => {
    const version =
      service.podman("version", "--format", "{{.Server.Version}}") || service.podman("--version").split(" ").at(-1);
    expect(await engine.info()).toMatchObject({ kind: "podman", version, apiVersion: "1.41", platform: "linux/amd64" });
    await engine.ping();
  });

  it("lists a container with what podman itself says of it, and tells how it ended", async () => {
    const id = await run("listed", ["sleep", "300"], { environment: { A: "1" } });
    const listed = (await engine.listContainers()).find((container) => container.id === id);
    expect(listed).toMatchObject({
      name: `${bench.mark}-listed`,
      state: "running",
      health: "none",
      exitCode: null,
      oomKilled: false,
      stack: bench.mark,
      service: "listed",
      memoryLimitBytes: null,
      cpuLimitCores: null,
    });
    expect(listed?.image).toContain(busyboxImage);
    expect(service.podman("inspect", "--format", "{{.State.Status}}", id)).toBe("running");
    expect((await engine.inspectContainer(id)).pid).toBeGreaterThan(1);
    expect(await engine.runningIds()).toContain(id);
    await engine.stopContainer(id, 0);
    expect(await engine.runningIds()).not.toContain(id);
    const ended = (await engine.listContainers()).find((container) => container.id === id);
    expect(ended).toMatchObject({ state: "exited", exitCode: 137 });
    await engine.removeContainer(id);
    await engine.removeContainer(id);
    expect((await failureOf(engine.inspectContainer(id))).code).toBe("not-found");
    expect((await failureOf(engine.startContainer(id))).code).toBe("not-found");
  });

  it("restarts and renames", async () => {
    const id = await run("again", ["sleep", "300"]);
    await engine.restartContainer(id, 0);
    expect((await engine.inspectContainer(id)).running).toBe(true);
    await engine.renameContainer(id, `${bench.mark}-other`);
    expect((await engine.inspectContainer(id)).name).toBe(`${bench.mark}-other`);
    await engine.removeContainer(id);
  });

  it("cannot change a container while it runs, and says so", async () => {
    expect(whyNot(await engine.info(), "update")).toContain("no such call");
    const id = await run("fixed", ["sleep", "300"]);
    const change = { memoryBytes: 32 * 1024 * 1024, memoryReservationBytes: null, cpuCores: null, restart: null };
    expect((await failureOf(engine.updateContainer(id, change))).code).toBe("unsupported");
    await engine.removeContainer(id);
  });

  it("pauses, or gives Podman's own reason why it cannot", async () => {
    const id = await run("paused", ["sleep", "300"]);
    if (rootless) {
      // Without rights there is no cgroup to freeze where cgroup v1 is mounted.
      const error = await failureOf(engine.pauseContainer(id));
      expect([error.code, error.message.includes("rootless containers with cgroup V1")]).toEqual([
        "engine-failed",
        true,
      ]);
      return engine.removeContainer(id);
    }
    await engine.pauseContainer(id);
    expect((await engine.listContainers()).find((one) => one.id === id)?.state).toBe("paused");
    expect(await engine.runningIds()).toContain(id);
    await engine.unpauseContainer(id);
    expect((await engine.inspectContainer(id)).running).toBe(true);
    await engine.removeContainer(id);
  });

  it("tells events in order", async () => {
    const abort = new AbortController();
    const events = engine.events(abort.signal);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const id = await run("event", ["sh", "-c", "exit 3"]);
    const seen: EngineEvent[] = [];
    for await (const event of events) {
      if (event.containerId !== id) continue;
      seen.push(event);
      if (event.action === "die") abort.abort();
    }
    expect(seen.map((event) => event.action)).toEqual(["create", "start", "die"]);
    expect(seen[2]?.exitCode).toBe(3);
    expect(seen[0]?.labels["com.docker.compose.service"]).toBe("event");
    await engine.removeContainer(id);
  });

  it("gives the log of both streams, whole, also when the container ends under it", async () => {
    const id = await run("talk", ["sh", "-c", "for i in $(seq 1 500); do echo line $i; done; echo err >&2"]);
    const texts: string[] = [];
    for await (const batch of engine.logs(
      { containerIds: [id], tail: 10_000, follow: true },
      new AbortController().signal,
    )) {
      texts.push(...batch.lines.map(({ stream, text }) => `${stream} ${text}`));
    }
    expect(texts.filter((text) => text.startsWith("stdout line"))).toHaveLength(500);
    expect(texts).toContain("stderr err");
    const tail: string[] = [];
    for await (const batch of engine.logs(
      { containerIds: [id], tail: 2, follow: false },
      new AbortController().signal,
    )) {
      tail.push(...batch.lines.map(({ text }) => text));
    }
    expect(tail).toHaveLength(2);
    await engine.removeContainer(id);
  });

  it("gives each line once, over breaks and the container's end, though its times are whole seconds", async () => {
    const script = "for i in $(seq 1 6); do seq $((i*10000+1)) $((i*10000+500)); sleep 0.15; done";
    for (let round = 0; round < 6; round += 1) {
      const id = await run(`seconds-${round}`, ["sh", "-c", script]);
      const position = new LogPosition();
      const texts: string[] = [];
      // Twice the link breaks somewhere; what has come by then is kept, as a log source does.
      for (const enough of [700, 1_600, Number.POSITIVE_INFINITY]) {
        const stop = new AbortController();
        for await (const piece of engine.followLog?.(id, { tail: null, follow: true, position }, stop.signal) ?? []) {
          texts.push(...piece.lines.map((line) => line.text));
          expect(piece.gap).toBe(false);
          if (texts.length >= enough) break;
        }
        stop.abort();
      }
      const printed = [1, 2, 3, 4, 5, 6].flatMap((i) =>
        Array.from({ length: 500 }, (_, at) => `${i * 10_000 + at + 1}`),
      );
      expect([...texts].sort()).toEqual(printed);
      await engine.removeContainer(id);
    }
  });

  it("tells health", async () => {
    const healthcheck = {
      test: ["CMD", "false"],
      intervalMs: 60_000,
      timeoutMs: 1000,
      startPeriodMs: null,
      retries: 1,
    };
    const service_ = serviceOf({ name: "sick", command: ["sleep", "300"], healthcheck });
    const id = await run("sick", ["sleep", "300"], { service: service_ });
    // Podman leaves the pace of the checks to systemd, which is not here: it is told to check.
    try {
      service.podman("healthcheck", "run", id);
    } catch {
      // It ends with 1 when the check says no, which this one does.
    }
    expect((await engine.inspectContainer(id)).health).toBe("unhealthy");
    expect((await engine.listContainers()).find((one) => one.id === id)?.health).toBe("unhealthy");
    await engine.removeContainer(id);
  });

  it("finds and removes what carries a label", async () => {
    await engine.createVolume(`${bench.mark}-data`, bench.labels);
    const id = await run("labelled", ["sleep", "300"], {
      mounts: [{ kind: "volume", source: `${bench.mark}-data`, target: "/data", readOnly: false, tmpfsBytes: null }],
    });
    const things = await engine.listByLabel(`io.bayplan.test=${bench.mark}`);
    expect(things.containers.map((container) => [container.id, container.running])).toEqual([[id, true]]);
    expect(things.volumes.map((volume) => volume.name)).toEqual([`${bench.mark}-data`]);
    expect((await failureOf(engine.removeVolume(`${bench.mark}-data`))).code).toBe("conflict");
    await bench.clean();
    expect(await engine.listByLabel(`io.bayplan.test=${bench.mark}`)).toEqual({
      containers: [],
      networks: [],
      volumes: [],
    });
  });

  it("says what is missing and what is taken", async () => {
    expect(await engine.inspectImage("bayplan-lab/never:1")).toBeNull();
    expect((await engine.inspectImage(busyboxImage))?.platform).toBe("linux/amd64");
    const id = await run("twin", ["sleep", "300"]);
    expect((await failureOf(run("twin", ["true"]))).code).toBe("conflict");
    await engine.removeContainer(id);
    const missing = bench.spec("none", ["true"], { image: "docker.io/bayplan-lab/never:1" });
    expect((await failureOf(engine.createContainer(missing))).code).toBe("not-found");
    const error = await failureOf(
      engine.pullImage("127.0.0.1:9/nothing:1", () => undefined, new AbortController().signal),
    );
    expect(error.code).toBe("not-found");
  });
});
