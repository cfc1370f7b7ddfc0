/** A device that takes a password and no key. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { openSecrets, type SecretBox } from "../../src/main/store/index.ts";
import type { Device } from "../../src/shared/domain/index.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { bayplan } from "./bayplan-command.ts";
import { openWorld, type World } from "./devices-world.ts";

const right = `right-${randomBytes(9).toString("hex")}`;
const wrong = `wrong-${randomBytes(9).toString("hex")}`;

let lab: Lab;
let isOurs = false;
let target: LabDevice;
let shadowOfThisMachine: string;
let dataFolder: string;
let said = "";
const worlds: World[] = [];

async function setSshd(options: Record<string, string>): Promise<void> {
  for (const [name, value] of Object.entries(options)) await target.setSshdOption(name, value);
}

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 1, reuse: true });
  target = lab.ofKind("plain");
  shadowOfThisMachine = await readFile("/etc/shadow", "utf8");
  await target.sh("cp -p /etc/shadow /run/shadow.before; cp -p /etc/ssh/sshd_config /run/sshd_config.before");
  await target.sh("chpasswd", { input: `root:${right}\n` });
  await setSshd({ PasswordAuthentication: "yes", PermitRootLogin: "yes", PubkeyAuthentication: "no" });
});

afterAll(async () => {
  if (isOurs) return lab?.down();
  await target.sh("mv /run/shadow.before /etc/shadow; mv /run/sshd_config.before /etc/ssh/sshd_config");
  await target.stopSshd();
  await target.startSshd();
});

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), "bayplan-password-"));
  said = "";
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    vi.spyOn(stream, "write").mockImplementation((chunk, ...rest) => {
      said += String(chunk);
      return Reflect.apply(write, stream, [chunk, ...rest]);
    });
  }
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const world of worlds.splice(0)) await world.close();
  await rm(dataFolder, { recursive: true, force: true });
});

/** Seals for real, with a key that lives as long as the test. */
function keychain(): SecretBox {
  const key = randomBytes(32);
  const iv = randomBytes(16);
  return {
    protection: "os",
    async encrypt(text) {
      const cipher = createCipheriv("aes-256-ctr", key, iv);
      return Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    },
    async decrypt(sealed) {
      const decipher = createDecipheriv("aes-256-ctr", key, iv);
      return { text: Buffer.concat([decipher.update(sealed), decipher.final()]).toString("utf8"), reseal: false };
    },
  };
}

async function open(box: SecretBox | null): Promise<World> {
  const secrets = openSecrets(dataFolder, box);
  const world = await openWorld({ clientKeyPath: lab.clientKeyPath, dataFolder, sources: [], secrets });
  worlds.push(world);
  return world;
}

const refused = (device: Device) => device.state === "auth-failed";

/** Adds the device and agrees to its key, up to where it wants something else than a key. */
async function meet(world: World): Promise<Device> {
  await world.fleet.add({ user: "root", host: target.address, port: target.sshPort }, null);
  const seen = await world.until(target.address, "asking for trust", (one) => one.hostKey.trust === "new");
  await world.fleet.trust(seen.id, target.hostKeyFingerprint);
  return world.until(target.address, "refused", refused);
}

/** Every file of the data folder, what was written to stdout and stderr, and the devices as they are told to faces. */
async function everything(world: World): Promise<string> {
  const entries = await readdir(dataFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "utf8")));
  return [...texts, said, JSON.stringify(world.fleet.list())].join("\n");
}

async function expectSilence(world: World): Promise<void> {
  const all = await everything(world);
  for (const password of [right, wrong]) {
    expect(all).not.toContain(password);
    expect(all).not.toContain(Buffer.from(password).toString("base64").slice(0, 16));
  }
}

test("the lab's device has a password of its own: this machine's is what it was", async () => {
  expect(await readFile("/etc/shadow", "utf8")).toBe(shadowOfThisMachine);
  expect(await target.sh("cat /etc/shadow")).not.toBe(shadowOfThisMachine);
});

test("no key is taken: the wrong password is refused in one sentence, the right one is online, until Bayplan ends", async () => {
  const world = await open(null);
  const { id, trouble } = await meet(world);
  expect(trouble?.message).toContain("The server takes: password");
  expect(trouble?.hint).toContain("or give its password");

  const tried = await world.fleet.setPassword(id, "root", wrong);
  expect(tried).toMatchObject({ kept: "session", device: { id, state: "connecting", trouble: null } });
  const again = await world.until(target.address, "refused again", refused);
  expect(again.trouble?.message).toBe(
    `root@${target.address}:${target.sshPort} does not accept this password (tried: key, password).`,
  );
  await expectSilence(world);

  expect((await world.fleet.setPassword(id, "root", right)).kept).toBe("session");
  const online = await world.until(target.address, "online", (one) => one.state === "online");
  expect(online.facts?.hostName).toBe(target.name);
  await (await world.fleet.engineOf(online.id)).ping();
  await expectSilence(world);
  expect(await readdir(dataFolder)).not.toContain("secrets.json");

  // A lost connection is made again with it, and another user is never tried with it.
  await target.stopSshd();
  await world.until(target.address, "away", (one) => one.state === "ssh-refused");
  await target.startSshd();
  await world.until(target.address, "online again", (one) => one.state === "online", 20_000);
  await world.fleet.setUser(id, "nobody");
  const other = await world.until(target.address, "refused as nobody", refused);
  expect(other.trouble?.message).toContain("nobody@");
  expect(other.trouble?.message).toContain("(tried: key)");
});

test("with a keychain it is sealed under the lasting id, read back after a restart, and gone when it is forgotten", async () => {
  const box = keychain();
  const first = await open(box);
  const { id } = await meet(first);
  expect((await first.fleet.setPassword(id, "root", right)).kept).toBe("os");
  await first.until(target.address, "online", (one) => one.state === "online");
  await expectSilence(first);
  await first.fleet.close();

  const saved: { devices: { id: string }[] } = JSON.parse(await readFile(join(dataFolder, "devices.json"), "utf8"));
  const lasting = saved.devices[0]?.id ?? "";
  expect(lasting).toMatch(/^d-/);
  const secrets = async () => JSON.parse(await readFile(join(dataFolder, "secrets.json"), "utf8")).sealed;
  expect(Object.keys(await secrets())).toEqual([`device:${lasting}`]);

  const second = await open(box);
  await second.until(target.address, "online", (one) => one.state === "online");
  await expectSilence(second);
  expect(await second.fleet.forget(second.fleet.find(lasting).id)).toBe(true);
  expect(await secrets()).toEqual({});
});

test("the command line takes a password for one command, and only for a device that takes no key", async () => {
  const world = await open(null);
  await meet(world);
  await world.fleet.close();
  const address = `root@${target.address}:${target.sshPort}`;
  const ps = (password: string) =>
    bayplan(["ps", address], {
      home: dataFolder,
      env: { BAYPLAN_SSH_KEY: lab.clientKeyPath, SSH_AUTH_SOCK: "", BAYPLAN_SSH_PASSWORD: password },
    });
  const [without, bad, good] = [await ps(""), await ps(wrong), await ps(right)];
  expect(without).toMatchObject({ code: 3 });
  expect(without.stderr).toContain("The server takes: password");
  expect(bad).toMatchObject({ code: 3 });
  expect(bad.stderr).toContain("does not accept this password");
  expect(good).toMatchObject({ code: 0, stderr: "" });
  for (const { stdout, stderr } of [without, bad, good]) said += stdout + stderr;
  await expectSilence(world);
  expect(await readdir(dataFolder)).not.toContain("secrets.json");
});

test("nobody's password is taken for a device whose key nobody has agreed to", async () => {
  const world = await open(keychain());
  await world.fleet.add({ user: "root", host: target.address, port: target.sshPort }, null);
  const seen = await world.until(target.address, "asking for trust", (one) => one.hostKey.trust === "new");
  await expect(world.fleet.setPassword(seen.id, "root", right)).rejects.toMatchObject({ code: "key-unknown" });
  expect(await readdir(dataFolder)).not.toContain("secrets.json");
  await expect(world.fleet.setPassword(seen.id, "-o x", right)).rejects.toMatchObject({ code: "bad-input" });
  await expectSilence(world);
});

test("a server that asks its questions one by one takes it as the answer", async () => {
  await setSshd({ UsePAM: "yes", KbdInteractiveAuthentication: "yes", PasswordAuthentication: "no" });
  const world = await open(null);
  const { id, trouble } = await meet(world);
  expect(trouble?.message).toContain("The server takes: keyboard-interactive.");
  await world.fleet.setPassword(id, "root", right);
  await world.until(target.address, "online", (one) => one.state === "online");
  await expectSilence(world);
});
