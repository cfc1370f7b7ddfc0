/** Engines that cannot be reached through their socket: the SSH server does not forward, or the user may not open it. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseProbe } from "../../src/main/devices/identity/parse-probe.ts";
import { probeScript } from "../../src/main/devices/identity/probe-script.ts";
import { openFirstEngine, stayWithEngine } from "../../src/main/devices/session/serve-engine.ts";
import { type Engine, openEngine } from "../../src/main/engines/index.ts";
import { connectSsh, findDialer, type SshConnection } from "../../src/main/ssh/index.ts";
import type { DeviceFacts, LogBatch } from "../../src/shared/domain/index.ts";
import { ensureLocalEngine } from "../lab/local-engine.ts";
import { ensurePackages } from "../lab/packages.ts";
import { EngineBench, failureOf } from "./engines-fixture.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

const socketPath = "/var/run/docker.sock";
const user = `bp-sudo-${process.pid}`;
const sudoers = `/etc/sudoers.d/bayplan-test-${process.pid}`;

let strict: SshServer;
let local: Engine;
let bench: EngineBench;
const open: { close(): unknown }[] = [];

function opened<T extends { close(): unknown }>(thing: T): T {
  open.push(thing);
  return thing;
}

async function connect(server: SshServer, as = "root"): Promise<SshConnection> {
  return opened(
    await connectSsh({
      target: { user: as, host: "127.0.0.1", port: server.port },
      credentials: server.credentials,
      verifyHostKey: async () => true,
    }),
  );
}

async function factsOf(connection: SshConnection, wanted: string): Promise<DeviceFacts> {
  const { stdout } = await connection.exec(["sh", "-c", probeScript]);
  const { facts } = parseProbe(stdout);
  return { ...facts, engineSockets: facts.engineSockets.filter(({ path }) => path === wanted) };
}

async function openOver(connection: SshConnection, wanted = socketPath) {
  const found = await openFirstEngine(connection, await factsOf(connection, wanted));
  opened(found.engine);
  return found;
}

function mayUseSudo(rule: string): void {
  writeFileSync(sudoers, `${user} ALL=(root) ${rule}\n`, { mode: 0o440 });
}

beforeAll(async () => {
  await ensurePackages(["sudo", "podman", "socat"]);
  await ensureLocalEngine();
  local = await openEngine({ socketPath });
  bench = new EngineBench(local);
  execFileSync("useradd", ["--no-create-home", "--shell", "/bin/sh", "--password", "*", user]);
  strict = await startSshServer({ AllowStreamLocalForwarding: "no" });
  chmodSync(strict.folder, 0o755);
});

afterEach(() => {
  for (const thing of open.splice(0).reverse()) thing.close();
  rmSync(sudoers, { force: true });
});

afterAll(async () => {
  await bench.clean();
  local.close();
  await strict.stop();
  execFileSync("userdel", [user]);
});

/** Follows one container's log until the signal; resolves with its first lines, rejects with what stood in the way. */
async function firstLines(engine: Engine, id: string, signal: AbortSignal): Promise<LogBatch> {
  for await (const batch of engine.logs({ containerIds: [id], tail: 10, follow: true }, signal)) {
    if (batch.lines.length > 0) return batch;
  }
  throw new Error("The log ended without a line.");
}

async function until(what: string, wanted: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 100; i += 1) {
    if (await wanted()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`Never ${what}.`);
}

/** The commands that are joined with the engine's socket now. */
function dials(): number {
  const { stdout } = execCapture(["pgrep", "-fc", "^[^ ]*docker -H unix://.*dial-stdio"]);
  return Number(stdout.trim());
}

function execCapture(argv: [string, ...string[]]): { stdout: string } {
  try {
    return { stdout: execFileSync(argv[0], argv.slice(1), { encoding: "utf8" }) };
  } catch (error) {
    // pgrep counts nothing with exit code 1.
    if (error instanceof Error && "stdout" in error) return { stdout: String(error.stdout) };
    throw error;
  }
}

describe("a server that does not forward to sockets", () => {
  it("is reached through a command, on kept-alive sessions, and says so", async () => {
    const connection = await connect(strict);
    const { engine, info } = await openOver(connection);
    expect(info).toMatchObject({ kind: "docker", via: "dial-stdio", socket: socketPath });
    const id = await bench.run("through", ["sleep", "60"]);
    const before = dials();
    for (let i = 0; i < 10; i += 1) {
      expect((await engine.listContainers()).map((container) => container.id)).toContain(id);
    }
    expect(dials()).toBe(before);
    const starts = Array.from({ length: 30 }, () => engine.ping());
    await Promise.all(starts);
    engine.close();
    await until("without a command left on the device", () => dials() === 0);
  });

  it("follows logs beside requests; beyond its sessions it says so, and nothing is stuck", async () => {
    const connection = await connect(strict);
    const { engine } = await openOver(connection);
    const stop = new AbortController();
    const staying = stayWithEngine(engine, socketPath, stop.signal, () => undefined);
    const ids = await Promise.all(
      Array.from({ length: 7 }, (_, i) =>
        bench.run(`log-${i}`, ["sh", "-c", `while :; do echo line ${i}; sleep 1; done`]),
      ),
    );
    const follows = ids.map(() => new AbortController());
    const streams = ids.map((id, i) => {
      const batches = engine.logs({ containerIds: [id], tail: 1, follow: true }, (follows[i] ?? stop).signal);
      return batches[Symbol.asyncIterator]();
    });
    const firsts = await Promise.allSettled(streams.map((stream) => stream.next()));
    const refused = firsts.flatMap((first) => (first.status === "rejected" ? [first.reason] : []));
    // Six places for streams; one holds the events.
    expect(firsts.filter((first) => first.status === "fulfilled").length).toBe(5);
    expect(refused.length).toBe(2);
    expect(refused[0]).toMatchObject({ code: "conflict" });
    expect(refused[0].message).toContain("All 6 places for logs");

    // Requests and commands go on meanwhile, many at once.
    await Promise.all(Array.from({ length: 20 }, () => engine.ping()));
    const commands = await Promise.all(Array.from({ length: 20 }, () => connection.exec(["echo", "here"])));
    expect(commands.every(({ stdout }) => stdout === "here\n")).toBe(true);

    // A place that is given back is somebody else's.
    const working = firsts.findIndex((first) => first.status === "fulfilled");
    const freed = firsts.findIndex((first) => first.status === "rejected");
    follows[working]?.abort();
    await streams[working]?.return?.(undefined);
    const again = new AbortController();
    expect((await firstLines(engine, ids[freed] ?? "", again.signal)).lines.length).toBeGreaterThan(0);
    again.abort();
    for (const follow of follows) follow.abort();
    stop.abort();
    await staying;
    engine.close();
    connection.close();
    await until("without a command left on the device", () => dials() === 0);
  });

  it("goes through whatever command is there", async () => {
    const hidden =
      "for p in /usr/local/bin/docker /usr/bin/docker /usr/bin/podman; do [ ! -e $p ] || mount --bind /dev/null $p; done";
    const server = await startSshServer({ AllowStreamLocalForwarding: "no" }, hidden);
    try {
      const { engine, info } = await openOver(await connect(server));
      expect(info.via).toBe("dial-stdio");
      await engine.ping();
    } finally {
      await server.stop();
    }
  });

  it("without any command: what the socket said, and what was looked for", async () => {
    const hidden =
      "for p in /usr/local/bin/docker /usr/bin/docker /usr/bin/podman /usr/bin/socat; do [ ! -e $p ] || mount --bind /dev/null $p; done";
    const server = await startSshServer({ AllowStreamLocalForwarding: "no" }, hidden);
    try {
      const connection = await connect(server);
      const failure = await failureOf(openOver(connection));
      expect(failure.code).toBe("unsupported");
      expect(failure.message).toContain("refuses to forward");
      expect(failure.hint).toContain("AllowStreamLocalForwarding yes");
      expect(failure.hint).toContain("there is no command on the device that could (docker,");
    } finally {
      await server.stop();
    }
  });

  it("with too few sessions it says how many it takes", async () => {
    for (const [max, works] of [
      ["1", false],
      ["2", false],
      ["3", true],
    ] as const) {
      const server = await startSshServer({ AllowStreamLocalForwarding: "no", MaxSessions: max });
      try {
        const connection = await connect(server);
        if (works) {
          const { engine } = await openOver(connection);
          const stop = new AbortController();
          const staying = stayWithEngine(engine, socketPath, stop.signal, () => undefined);
          await Promise.all(Array.from({ length: 10 }, () => engine.ping()));
          await connection.exec(["true"]);
          stop.abort();
          await staying;
        } else {
          const failure = await failureOf(openOver(connection));
          expect(failure.code).toBe("unsupported");
          expect(failure.message).toContain(`opens only ${max} of the 3 sessions`);
          expect(failure.hint).toContain("Set MaxSessions to 10");
        }
      } finally {
        for (const thing of open.splice(0).reverse()) thing.close();
        await server.stop();
      }
    }
  });

  it("finds podman's own command, too", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bayplan-podman-"));
    const path = join(folder, "podman.sock");
    const service = startPodman(folder, path);
    try {
      await until("listening", () => existsSync(path));
      const connection = await connect(strict);
      const { dialer } = await findDialer(connection, { socketPath: path, kind: "podman", asRoot: false });
      expect(dialer?.argv).toEqual(["/usr/bin/podman", "--url", `unix://${path}`, "system", "dial-stdio"]);
      if (dialer === null) throw new Error("There is no way.");
      const engine = opened(await openEngine({ connection, socketPath: path, dialer }));
      expect(await engine.info()).toMatchObject({ kind: "podman", via: "dial-stdio" });
      expect(await engine.listContainers()).toEqual([]);
      engine.close();
    } finally {
      await ended(service);
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("a user who may not open the socket", () => {
  it("is root for it, where sudo asks for no password", async () => {
    mayUseSudo("NOPASSWD: ALL");
    const connection = await connect(strict, user);
    const { engine, info } = await openOver(connection);
    expect(info).toMatchObject({ kind: "docker", via: "sudo" });
    const id = await bench.run("as-root", ["sh", "-c", "while :; do echo hello; sleep 1; done"]);
    expect((await engine.listContainers()).map((container) => container.id)).toContain(id);
    const stop = new AbortController();
    expect((await firstLines(engine, id, stop.signal)).lines[0]?.text).toBe("hello");
    stop.abort();
    engine.close();
    await until("without a command left on the device", () => dials() === 0);
  });

  it("finds podman's socket in a folder that is closed to the user", async () => {
    const path = "/run/podman/podman.sock";
    const storage = mkdtempSync(join(tmpdir(), "bayplan-podman-"));
    const wasThere = existsSync("/run/podman");
    mkdirSync("/run/podman", { recursive: true, mode: 0o700 });
    chmodSync("/run/podman", 0o700);
    const service = startPodman(storage, path);
    try {
      await until("listening", () => existsSync(path));
      const connection = await connect(strict, user);
      const failure = await failureOf(openOver(connection, path));
      expect(failure.code).toBe("engine-denied");
      mayUseSudo("NOPASSWD: /usr/bin/podman");
      const { engine, info } = await openOver(connection, path);
      expect(info).toMatchObject({ kind: "podman", via: "sudo", socket: path });
      engine.close();
    } finally {
      await ended(service);
      rmSync(wasThere ? path : "/run/podman", { recursive: true, force: true });
      rmSync(storage, { recursive: true, force: true });
    }
  });

  it("is root for it with a rule for the docker command alone, where the server forwards, too", async () => {
    mayUseSudo("NOPASSWD: /usr/local/bin/docker, /usr/bin/docker");
    const forwards = await startSshServer();
    chmodSync(forwards.folder, 0o755);
    try {
      const { info } = await openOver(await connect(forwards, user));
      expect(info.via).toBe("sudo");
    } finally {
      await forwards.stop();
    }
  });

  it("sudo that asks for a password: what the socket said, and what sudo said", async () => {
    for (const rule of [null, "ALL"]) {
      if (rule !== null) mayUseSudo(rule);
      const failure = await failureOf(openOver(await connect(strict, user)));
      expect(failure.code).toBe("engine-denied");
      expect(failure.hint).toContain(`usermod -aG docker ${user}`);
      expect(failure.hint).toContain("sudo without a password was tried: sudo: a password is required.");
    }
  });

  it("no sudo on the device: it says so", async () => {
    const server = await startSshServer({}, "mount --bind /dev/null /usr/bin/sudo");
    chmodSync(server.folder, 0o755);
    try {
      const failure = await failureOf(openOver(await connect(server, user)));
      expect(failure.code).toBe("engine-denied");
      expect(failure.hint).toContain("there is no sudo on the device");
    } finally {
      await server.stop();
    }
  });
});

function startPodman(folder: string, path: string): ChildProcess {
  const storage = ["--root", join(folder, "root"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
  return spawn(
    "podman",
    [...storage, "--cgroup-manager", "cgroupfs", "system", "service", "--time=0", `unix://${path}`],
    {
      stdio: "ignore",
    },
  );
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once("exit", resolve));
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGTERM");
    await exit;
  }
}
