import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import ssh2, { type Connection } from "ssh2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { guessEngine } from "../../../../src/main/devices/session/guess-engine.ts";
import { openFirstEngine } from "../../../../src/main/devices/session/serve-engine.ts";
import { connectSsh, type SshConnection } from "../../../../src/main/ssh/index.ts";
import { type DeviceFacts, deviceFactsSchema } from "../../../../src/shared/domain/index.ts";

const usual = "/var/run/docker.sock";
const podman = "/run/podman/podman.sock";

let folder: string;
let server: ssh2.Server;
let connection: SshConnection;
/** Sockets of the device that something listens on. */
let there: string[];
let opened: { path: string; channel: Duplex }[];
let asked: string[];

const engine = createServer((request, answer) => {
  const path = (request.url ?? "").replace(/^\/v[\d.]+/, "").replace(/\?.*$/, "");
  asked.push(path);
  const version = { Version: "27.5.1", ApiVersion: "1.47" };
  const info = { Architecture: "aarch64", NCPU: 4, MemTotal: 1e9, DockerRootDir: "/var/lib/docker" };
  answer.end(JSON.stringify(path === "/version" ? version : info));
});

function serve(client: Connection): void {
  client.on("error", () => undefined);
  client.on("authentication", (context) => context.accept());
  client.on("openssh.streamlocal", (accept, reject, { socketPath }) => {
    if (!there.includes(socketPath)) return void reject();
    const channel: Duplex = accept();
    opened.push({ path: socketPath, channel });
    const self = (): Duplex => channel;
    engine.emit("connection", Object.assign(channel, { setTimeout: self, setNoDelay: self, setKeepAlive: self }));
  });
  client.on("session", (accept) => {
    accept().on("exec", (acceptExec, _reject, { command }) => {
      const channel = acceptExec();
      const marker = /bayplan-[0-9a-f]{24}/.exec(command)?.[0] ?? "";
      channel.stderr.write(`\n${marker} 4242\n`);
      // What the device says of a socket that could not be opened.
      channel.write(`\n${marker} 4242\nmissing\n`);
      channel.exit(0);
      channel.end();
    });
  });
}

function facts(...sockets: DeviceFacts["engineSockets"]): DeviceFacts {
  return deviceFactsSchema.parse({
    hostName: "press",
    model: null,
    boardSerial: null,
    machineId: null,
    macAddresses: [],
    osId: null,
    osName: null,
    kernel: null,
    arch: "aarch64",
    cpuCores: 4,
    memoryTotalBytes: 1e9,
    swapTotalBytes: 0,
    diskTotalBytes: null,
    diskFreeBytes: null,
    temperatureCelsius: null,
    uptimeSeconds: null,
    cgroupVersion: 2,
    memoryControllerOn: true,
    engineSockets: sockets,
  });
}

beforeEach(async () => {
  [there, opened, asked] = [[usual], [], []];
  folder = mkdtempSync(join(tmpdir(), "bayplan-guess-"));
  const key = join(folder, "host");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", key]);
  server = new ssh2.Server({ hostKeys: [readFileSync(key)] }, serve);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address: unknown = server.address();
  if (typeof address !== "object" || address === null || !("port" in address)) throw new Error("No port.");
  connection = await connectSsh({
    target: { user: "root", host: "127.0.0.1", port: Number(address.port) },
    credentials: { privateKeys: [], agentSocket: null, password: "any" },
    verifyHostKey: async () => true,
  });
});

afterEach(async () => {
  connection.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

test("a right guess is the engine: it is opened and asked who it is once", async () => {
  const guess = guessEngine(connection, null);
  const found = await openFirstEngine(connection, facts({ kind: "docker", path: usual, canOpen: true }), guess);
  guess?.drop();
  expect(found.info).toMatchObject({ version: "27.5.1", socket: usual });
  expect(opened.map(({ path }) => path)).toEqual([usual]);
  expect(asked).toEqual(["/version", "/info"]);
  await found.engine.ping();
  found.engine.close();
});

test("an engine that the device does not name is let go of", async () => {
  there = [usual, podman];
  const guess = guessEngine(connection, null);
  const found = await openFirstEngine(connection, facts({ kind: "podman", path: podman, canOpen: true }), guess);
  expect(found.info.socket).toBe(podman);
  guess?.drop();
  const guessed = opened.find(({ path }) => path === usual);
  if (guessed === undefined) throw new Error("It was not guessed.");
  if (!guessed.channel.destroyed) await new Promise((resolve) => guessed.channel.once("close", resolve));
  await found.engine.ping();
  found.engine.close();
});

test("a wrong guess is no failure", async () => {
  there = [podman];
  const guess = guessEngine(connection, null);
  const found = await openFirstEngine(connection, facts({ kind: "podman", path: podman, canOpen: true }), guess);
  guess?.drop();
  expect(found.info.socket).toBe(podman);
  found.engine.close();
});

test("what is remembered is guessed, and nothing where no socket can be expected to open", () => {
  const guess = guessEngine(
    connection,
    facts({ kind: "docker", path: usual, canOpen: false }, { kind: "podman", path: podman, canOpen: true }),
  );
  expect(guess?.path).toBe(podman);
  guess?.drop();
  expect(guessEngine(connection, facts())).toBeNull();
  expect(guessEngine(connection, facts({ kind: "kanto", path: "/run/k.sock", canOpen: true }))).toBeNull();
  expect(guessEngine(connection, facts({ kind: "docker", path: usual, canOpen: false }))).toBeNull();
});
