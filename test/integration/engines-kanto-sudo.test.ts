import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { openKanto } from "../../src/main/engines/index.ts";
import { connectSsh, type SshConnection } from "../../src/main/ssh/index.ts";
import { type KantoDevice, makeKantoDevice } from "../lab/kanto/kanto-device.ts";
import { ensurePackages } from "../lab/packages.ts";
import { failureOf } from "./engines-fixture.ts";
import { type SshServer, startSshServer } from "./ssh-server-fixture.ts";

const user = "kanto-pi";
const uid = 54_321;

let device: KantoDevice;
let folder: string;
let server: SshServer | null = null;
let connection: SshConnection | null = null;

beforeAll(async () => {
  await ensurePackages(["sudo"]);
  device = makeKantoDevice();
  folder = mkdtempSync(join(tmpdir(), "bayplan-kanto-sudo-"));
  chmodSync(folder, 0o755);
  chmodSync(join(device.home, ".."), 0o755);
});

afterEach(async () => {
  connection?.close();
  await server?.stop();
});

afterAll(() => {
  device.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Logs in as a user of its own, on a machine where Kanto's socket is root's. `sudoers`: what that user may do. */
async function login(sudoers: string): Promise<SshConnection> {
  writeFileSync(
    join(folder, "passwd"),
    `${readFileSync("/etc/passwd", "utf8")}${user}:x:${uid}:${uid}::/tmp:/bin/sh\n`,
  );
  writeFileSync(join(folder, "shadow"), `${readFileSync("/etc/shadow", "utf8")}${user}:*:19000:0:99999:7:::\n`, {
    mode: 0o640,
  });
  writeFileSync(join(folder, "sudoers"), `root ALL=(ALL:ALL) ALL\n${sudoers}`, { mode: 0o440 });
  const socket = "/run/container-management/container-management.sock";
  // A listener that is killed leaves its socket behind: there must be one to look at, and nobody talks to it.
  const listen = `require("net").createServer().listen("${socket}", () => process.kill(process.pid, "SIGKILL"))`;
  // All of this is seen by this sshd and what it starts only.
  const script = [
    "set -e",
    `for f in passwd shadow sudoers; do mount --bind '${folder}'/$f /etc/$f; done`,
    "mount -t tmpfs -o mode=755 tmpfs /run",
    "mkdir /run/sshd /run/container-management",
    `'${process.execPath}' -e '${listen}' || true`,
    `chmod 600 ${socket}`,
  ];
  server = await startSshServer({ SetEnv: `"PATH=${device.path}"` }, script.join("\n"));
  chmodSync(server.folder, 0o755);
  const { fingerprint } = server;
  connection = await connectSsh({
    target: { user, host: "127.0.0.1", port: server.port },
    credentials: server.credentials,
    verifyHostKey: (key) => Promise.resolve(key.fingerprint === fingerprint),
  });
  return connection;
}

it("is used through sudo where the socket is root's, also for logs", async () => {
  device.setFault("denied");
  // Root is not refused: the double knows it by this word, which sudo sets.
  const own = await login(`Defaults setenv\n${user} ALL=(root) NOPASSWD: ALL\nDefaults env_file=${folder}/env\n`);
  writeFileSync(join(folder, "env"), "KANTO_AS_ROOT=yes\n");
  const engine = await openKanto(own, { broker: null, homeFolder: device.home, pollEveryMs: 200 });
  expect((await engine.info()).socket).toBe("/run/container-management/container-management.sock");
  const { container_id: id } = device.state.create({ image: { name: "docker.io/library/x:1" } });
  await engine.startContainer(id);
  expect(await engine.listContainers()).toMatchObject([{ id, state: "running" }]);
  chmodSync(device.state.folder(id), 0o700);
  const abort = new AbortController();
  for await (const batch of engine.logs({ containerIds: [id], tail: 5, follow: true }, abort.signal)) {
    expect(batch.lines.map(({ text }) => text)).toEqual(["started"]);
    abort.abort();
  }
  engine.close();
});

it("is refused with what to do where sudo asks for a password", async () => {
  const own = await login("");
  const error = await failureOf(openKanto(own, { broker: null }));
  expect(error.code).toBe("engine-denied");
  expect(error.message).toContain(user);
  expect(error.hint).toContain("NOPASSWD: /usr/bin/kanto-cm");
});
