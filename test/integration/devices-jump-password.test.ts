/** A jump host that takes a password and no key, before devices that have another password, or take a key. */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Device, DeviceId } from "../../src/shared/domain/index.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { run } from "../lab/run.ts";
import { bayplan } from "./bayplan-command.ts";
import { openWorld, type World } from "./devices-world.ts";

const right = `gate-${randomBytes(9).toString("hex")}`;
const wrong = `wrong-${randomBytes(9).toString("hex")}`;

let lab: Lab;
let gate: LabDevice;
/** Takes a password of its own, as an ordinary user. */
let locked: LabDevice;
/** Takes the lab's key, as root. */
let keyed: LabDevice;
let home: string;
let dataFolder: string;
const worlds: World[] = [];

beforeAll(async () => {
  lab = await bringUpLab({
    devices: 3,
    kinds: [{ kind: "plain" }, { kind: "plain", passwordOnly: true, behind: 1 }, { kind: "plain", behind: 1 }],
  });
  const [first, second, third] = lab.devices;
  if (first === undefined || second === undefined || third === undefined) throw new Error("The lab is not whole.");
  [gate, locked, keyed] = [first, second, third];
  // From now on the lab itself does not get through any more: only its devices' insides are looked at.
  await gate.sh("chpasswd", { input: `root:${right}\n` });
  await gate.setSshdOption("PermitRootLogin", "yes");
  await gate.setSshdOption("PubkeyAuthentication", "no");
  await gate.setSshdOption("PasswordAuthentication", "yes");
});

afterAll(async () => {
  await findLab()?.down();
});

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-home-"));
  dataFolder = await mkdtemp(join(tmpdir(), "bayplan-jump-"));
  await mkdir(join(home, ".ssh"), { mode: 0o700 });
  const host = (alias: string, one: LabDevice, more: string) =>
    `Host ${alias}\n  HostName ${one.address}\n  Port ${one.sshPort}\n  User ${one.user}\n${more}`;
  await writeFile(
    join(home, ".ssh/config"),
    host("gate", gate, "") + host("locked", locked, "  ProxyJump gate\n") + host("keyed", keyed, "  ProxyJump gate\n"),
  );
  const key = (await run(["ssh-keyscan", "-t", "ed25519", gate.address])).split(" ").slice(1).join(" ");
  await writeFile(join(home, ".ssh/known_hosts"), `${gate.address} ${key}`);
});

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
  await Promise.all([home, dataFolder].map((folder) => rm(folder, { recursive: true, force: true })));
});

async function open(): Promise<World> {
  const world = await openWorld({ clientKeyPath: lab.clientKeyPath, home, dataFolder, sources: [] });
  worlds.push(world);
  return world;
}

const gateTarget = () => ({ user: "root", host: "gate", port: gate.sshPort });
const isOnline = (seen: Device) => seen.state === "online";
const isNew = (seen: Device) => seen.hostKey.trust === "new";
const asksForGate = (seen: Device) => seen.askingJump !== undefined;

async function logOf(one: LabDevice): Promise<string> {
  return readFile(join(one.logFolder, "sshd.log"), "utf8");
}

/** How often somebody was let in, or not, in the words of sshd. */
async function count(one: LabDevice, words: string): Promise<number> {
  return (await logOf(one)).split(words).length - 1;
}

/** Adds a device up to where its jump host wants a password. */
async function addBehind(world: World, alias: string): Promise<DeviceId> {
  const { id } = await world.fleet.add({ user: null, host: alias, port: null }, null);
  const seen = await world.until(alias, "stopped at the gate", asksForGate);
  expect(seen).toMatchObject({ state: "unreachable", askingJump: gateTarget(), trouble: { code: "auth-failed" } });
  expect(seen.trouble?.message).toContain(
    "The jump host gate:22: root@gate:22 does not let this user in (tried: key).",
  );
  expect(seen.trouble?.hint).toBe(
    "Put your key on that host: ssh-copy-id -p 22 root@gate, name another user for it in ~/.ssh/config, or give its password.",
  );
  return id;
}

test("the host that asks is named, its password goes to it alone, and the device asks for its own after it", async () => {
  const world = await open();
  const id = await addBehind(world, "locked");
  await expect(world.fleet.setPassword(id, locked.user, right)).rejects.toMatchObject({ code: "key-unknown" });
  const elsewhere = { ...gateTarget(), host: "other" };
  await expect(world.fleet.setJumpPassword(id, elsewhere, right)).rejects.toMatchObject({ code: "conflict" });

  await world.fleet.setJumpPassword(id, gateTarget(), wrong);
  const refused = await world.until("locked", "refused at the gate", (seen) =>
    /does not accept this password/.test(seen.trouble?.message ?? ""),
  );
  expect(refused.askingJump).toEqual(gateTarget());

  const failedInside = await count(locked, "Failed password");
  expect((await world.fleet.setJumpPassword(id, gateTarget(), right)).kept).toBe("session");
  const asking = await world.until("locked", "asking for trust", isNew);
  expect(asking.hostKey.offered?.fingerprint).toBe(locked.hostKeyFingerprint);
  expect(asking.askingJump).toBeUndefined();
  await world.fleet.trust(id, locked.hostKeyFingerprint);
  const own = await world.until("locked", "asking for its own password", (seen) => seen.state === "auth-failed");
  expect(own.trouble?.message).toBe(
    `${locked.user}@locked:22 does not let this user in (tried: key). The server takes: password.`,
  );
  expect(own.askingJump).toBeUndefined();
  await world.fleet.setPassword(id, locked.user, locked.password ?? "");
  const online = await world.until("locked", "online", isOnline);
  expect(online.facts?.hostName).toBe(locked.name);
  // The gate's password was never tried on the device, and the device's never at the gate.
  expect(await count(locked, "Failed password")).toBe(failedInside);
  expect(await count(gate, "Failed password")).toBe(1);
  await expect(world.fleet.setJumpPassword(id, gateTarget(), right)).rejects.toMatchObject({ code: "conflict" });

  // The next one behind the same host is let through without a question.
  const { id: second } = await world.fleet.add({ user: null, host: "keyed", port: null }, null);
  const next = await world.until("keyed", "asking for trust", (seen) => isNew(seen) || asksForGate(seen));
  expect(next.askingJump).toBeUndefined();
  await world.fleet.trust(second, keyed.hostKeyFingerprint);
  await world.until("keyed", "online", isOnline);

  const files = await Promise.all((await readdir(dataFolder)).map((name) => readFile(join(dataFolder, name), "utf8")));
  const said = [...files, JSON.stringify(world.fleet.list())].join("\n");
  for (const secret of [right, wrong, locked.password ?? "?"]) expect(said).not.toContain(secret);

  // It is kept for as long as a device is behind that host.
  await world.fleet.forget(id);
  await world.fleet.retry(second);
  await world.fleet.forget(second);
  await addBehind(world, "keyed");
});

test("of several that wait behind one host one tries its password, and all go on when it is the right one", async () => {
  const world = await open();
  const id = await addBehind(world, "locked");
  await addBehind(world, "keyed");
  const before = await count(gate, "Failed password");
  await world.fleet.setJumpPassword(id, gateTarget(), wrong);
  await world.until("locked", "refused at the gate", (seen) => /this password/.test(seen.trouble?.message ?? ""));
  expect(await count(gate, "Failed password")).toBe(before + 1);
  expect(world.fleet.find("keyed").trouble?.message).toContain("(tried: key)");
  await world.fleet.setJumpPassword(id, gateTarget(), right);
  await world.until("locked", "asking for trust", isNew);
  await world.fleet.trust(id, locked.hostKeyFingerprint);
  await world.until("locked", "asking for its own password", (seen) => seen.state === "auth-failed");
  await world.fleet.setPassword(id, locked.user, locked.password ?? "");
  await world.until("locked", "online", isOnline);
  await world.until("keyed", "asking for trust by itself", isNew);
});

test("a jump host that is a device of its own lets others through with the password that it has there", async () => {
  const world = await open();
  await addBehind(world, "keyed");
  const { id } = await world.fleet.add({ user: null, host: "gate", port: null }, null);
  await world.until("gate", "asking for a password", (seen) => seen.state === "auth-failed");
  await world.fleet.setPassword(id, "root", right);
  await world.until("gate", "online", isOnline);
  await world.until("keyed", "asking for trust by itself", isNew);
});

test("the command line gives the password of this command to the jump host, and says who asks without one", async () => {
  const env = { HOME: home, BAYPLAN_SSH_KEY: lab.clientKeyPath, SSH_AUTH_SOCK: "" };
  const trust = (jumpPassword: string) =>
    bayplan(["devices", "trust", "keyed", "--fingerprint", keyed.hostKeyFingerprint], {
      home: dataFolder,
      env: { ...env, BAYPLAN_SSH_JUMP_PASSWORD: jumpPassword },
    });
  const without = await trust("");
  expect(without.stdout).toContain("unreachable");
  const good = await trust(right);
  expect(good).toMatchObject({ code: 0 });
  const ps = await bayplan(["ps", "keyed"], { home: dataFolder, env: { ...env, BAYPLAN_SSH_JUMP_PASSWORD: right } });
  expect(ps).toMatchObject({ code: 0, stderr: "" });
  const refused = await bayplan(["ps", "keyed"], { home: dataFolder, env });
  expect(refused.stderr).toContain("The jump host gate:22: root@gate:22 does not let this user in");
  expect([without, good, ps, refused].map(({ stdout, stderr }) => stdout + stderr).join("\n")).not.toContain(right);
});
