/**
 * Bayplan over every kind and variant of device: each is let in its own way, is what it is, and shows containers, logs
 * and samples; what cannot be done is refused in a sentence that helps.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Device, familyOf, type LogLine } from "../../src/shared/domain/index.ts";
import { openWorld, type World } from "../integration/devices-world.ts";
import { killSessions } from "./device-faults.ts";
import { parseWish } from "./device-plan.ts";
import { bringUpLab, type DeviceKind, findLab, type Lab, type LabDevice } from "./lab.ts";
import { run } from "./run.ts";

/** The devices in the order of the lab; what is behind another one is behind the first or the second. */
const WISHES = [
  "plain plain plain silent balena podman sudo no-forwarding",
  "plain+password silent+password balena+password podman+password sudo+password no-forwarding+password",
  "plain+behind:1 silent+behind:1 balena+behind:1 podman+behind:1 sudo+behind:1 no-forwarding+behind:1",
  "plain+password+behind:2 podman+password+behind:2 sudo+password+behind:2",
].flatMap((line) => line.split(" "));

const KI_BOX = { model: "KI-Box 210", family: "x86", osId: "debian" };
const PI_4 = { model: "Raspberry Pi 4 Model B Rev 1.4", family: "raspberry-pi", osId: "raspbian" };
const CM_4 = { model: "Raspberry Pi Compute Module 4 Rev 1.1", family: "balena", osId: "balena-os" };

/** What Bayplan has to find out about each kind, and the way to its engine that it has to take. */
const KINDS: Record<DeviceKind, { engine: string; via: string; board: typeof KI_BOX }> = {
  plain: { engine: "docker", via: "socket", board: KI_BOX },
  silent: { engine: "docker", via: "socket", board: PI_4 },
  balena: { engine: "balena-engine", via: "socket", board: CM_4 },
  podman: { engine: "podman", via: "socket", board: KI_BOX },
  sudo: { engine: "docker", via: "sudo", board: PI_4 },
  "no-forwarding": { engine: "docker", via: "dial-stdio", board: KI_BOX },
  vm: { engine: "docker", via: "socket", board: { ...KI_BOX, model: "KI-Box 310" } },
};

const MIB = 1024 ** 2;
/** Two dozen machines share the cores of one. */
/** Podman asks dpkg for the package of each program that it uses before it says who it is; a busy machine needs a minute for that. */
const patienceMs = 120_000;
/** Four MiB of its own, and a numbered line five times a second. */
const WORK =
  "x=$(head -c 4194304 /dev/zero | tr '\\0' x); i=0; while :; do i=$((i+1)); echo \"line $i\"; sleep 0.2; done";

let lab: Lab;
let home: string;
let world: World;

function device(at: number): LabDevice {
  const found = lab.devices[at];
  if (found === undefined) throw new Error(`The lab has no device ${at + 1}.`);
  return found;
}

/** By what Bayplan knows it from the start: its alias behind a jump host, its address when nobody announces it, else its name. */
function knownAs(one: LabDevice): string {
  if (one.jump !== null) return `inner-${one.index}`;
  return one.advertises ? one.name : one.address;
}

/** What a person writes down about the devices that are behind others. */
function sshConfigOf(devices: readonly LabDevice[]): string {
  return devices
    .filter((one) => one.jump !== null)
    .map((one) => {
      const jump = `root@${one.jump?.address}:${one.jump?.sshPort}`;
      return `Host ${knownAs(one)}\n  HostName ${one.address}\n  Port ${one.sshPort}\n  User ${one.user}\n  ProxyJump ${jump}\n`;
    })
    .join("");
}

beforeAll(async () => {
  lab = await bringUpLab({ devices: WISHES.length, kinds: WISHES.map(parseWish) });
  home = await mkdtemp(join(tmpdir(), "bayplan-reach-"));
  await mkdir(join(home, ".ssh"), { mode: 0o700 });
  await writeFile(join(home, ".ssh/config"), sshConfigOf(lab.devices), { mode: 0o600 });
  world = await openWorld({ clientKeyPath: lab.clientKeyPath, home });
});

afterAll(async () => {
  await world?.close();
  if (home !== undefined) await rm(home, { recursive: true, force: true });
  await findLab()?.down();
});

/** Once a device, since a jump host is waited for by all that are behind it. */
const inside = new Map<LabDevice, Promise<Device>>();

function letIn(one: LabDevice): Promise<Device> {
  const under = inside.get(one) ?? enter(one);
  inside.set(one, under);
  return under;
}

/** As a person does it: look at the list, compare the key, agree, and give a password or another user where that is asked. */
async function enter(one: LabDevice): Promise<Device> {
  const { fleet } = world;
  const name = knownAs(one);
  if (one.jump !== null) {
    await letIn(one.jump);
    const listed = await world.until(name, "listed from ssh_config", (seen) => seen.sshAlias === name);
    expect(listed.state).toBe("not-asked");
    await fleet.retry(listed.id);
  } else if (!one.advertises) {
    expect(() => fleet.find(one.address)).toThrow("No device is known");
    await fleet.add({ user: null, host: one.address, port: one.sshPort }, null);
  }
  const asking = await world.until(name, "asking for trust", (seen) => seen.hostKey.trust === "new", patienceMs);
  expect(asking.hostKey.offered?.fingerprint).toBe(one.hostKeyFingerprint);
  await fleet.trust(asking.id, one.hostKeyFingerprint);
  const isDecided = (seen: Device) => seen.state === "online" || seen.state === "auth-failed";
  let decided = await world.until(name, "let in or not", isDecided, patienceMs);
  if (decided.state === "auth-failed" && one.password !== null) {
    expect(decided.trouble?.message).toContain("The server takes: password.");
    await fleet.setPassword(decided.id, one.user, one.password);
    decided = await world.until(name, "online", (seen) => seen.state === "online", patienceMs);
  } else if (decided.state === "auth-failed") {
    expect(decided.trouble?.hint).toContain("Bayplan logs in as root, the user it takes unless told another.");
    await fleet.setUser(decided.id, one.user);
    decided = await world.until(name, "online", (seen) => seen.state === "online", patienceMs);
  }
  return decided;
}

/** Starts the work around Bayplan; gives the container's id. */
async function startWork(one: LabDevice): Promise<string> {
  const image = one.kind === "podman" ? "localhost/bayplan-lab/busybox:1" : "bayplan-lab/busybox:1";
  const labels = ["--label", "com.docker.compose.project=reach", "--label", "com.docker.compose.service=counter"];
  return (await one.docker(["run", "-d", "--name", "reach-counter", ...labels, image, "sh", "-c", WORK])).trim();
}

/** What the first `count` lines of its log say. */
async function linesOf(seen: Device, containerId: string, count: number): Promise<LogLine[]> {
  const stop = new AbortController();
  const lines: LogLine[] = [];
  const request = { containerIds: [containerId], tail: 1_000, lagLines: null };
  const until = AbortSignal.any([stop.signal, AbortSignal.timeout(patienceMs)]);
  for await (const batch of world.fleet.logs(seen.id, request, until)) {
    lines.push(...batch.lines);
    if (lines.length >= count) stop.abort();
  }
  return lines.slice(0, count);
}

/** The first sample of the device in which the container's use of the CPU is known. */
async function sampleOf(seen: Device, containerId: string) {
  const stop = new AbortController();
  const until = AbortSignal.any([stop.signal, AbortSignal.timeout(patienceMs)]);
  for await (const { samples } of world.fleet.samples([seen.id], 500, until)) {
    for (const sample of samples) {
      const container = sample.containers.find((other) => other.containerId === containerId);
      if (container === undefined || container.cpuCores === null) continue;
      stop.abort();
      return { sample, container };
    }
  }
  throw new Error(`No sample of ${seen.name} has the container.`);
}

async function containerOf(seen: Device, containerId: string, wanted: string) {
  for await (const outcome of world.fleet.containers(seen.id, AbortSignal.timeout(patienceMs))) {
    if (!outcome.ok) throw new Error(outcome.failure.message);
    const found = outcome.value.find((container) => container.id === containerId);
    if (found?.state === wanted) return found;
  }
  throw new Error(`The container was never ${wanted}.`);
}

async function stateOutside(one: LabDevice, containerId: string): Promise<string> {
  return (await one.docker(["inspect", "-f", "{{.State.Status}}", containerId])).trim();
}

/** All that Bayplan does with a device, from the first look to the last container. */
async function useAll(one: LabDevice): Promise<void> {
  const { engine, via, board } = KINDS[one.kind];
  const seen = await letIn(one);
  expect(seen).toMatchObject({
    name: knownAs(one) === one.address ? one.name : knownAs(one),
    state: "online",
    trouble: null,
    target: { user: one.user, port: one.sshPort },
    engine: { kind: engine, via, socket: one.engineSocket },
    facts: {
      hostName: one.name,
      model: board.model,
      osId: board.osId,
      // The kernel of a machine of its own keeps some of it back.
      ...(one.kind === "vm" ? { cgroupVersion: 2 } : { machineId: one.machineId, memoryTotalBytes: one.memoryBytes }),
    },
  });
  const memoryBytes = seen.facts?.memoryTotalBytes ?? 0;
  expect(memoryBytes / one.memoryBytes).toBeGreaterThan(0.8);
  expect(memoryBytes / one.memoryBytes).toBeLessThanOrEqual(1);
  expect(seen.facts === null ? null : familyOf(seen.facts)).toBe(board.family);
  expect(seen.findings.map(({ rule }) => rule).filter((rule) => rule.startsWith("device.engine"))).toEqual(
    { socket: [], sudo: ["device.engine-through-sudo"], "dial-stdio": ["device.engine-through-command"] }[via],
  );

  const id = await startWork(one);
  expect(await containerOf(seen, id, "running")).toMatchObject({
    name: "reach-counter",
    stack: "reach",
    service: "counter",
  });
  expect((await linesOf(seen, id, 5)).map(({ text }) => text)).toEqual([1, 2, 3, 4, 5].map((i) => `line ${i}`));
  const { sample, container } = await sampleOf(seen, id);
  expect(sample.memoryTotalBytes).toBe(memoryBytes);
  expect(container.memoryBytes).toBeGreaterThan(4 * MIB);
  expect(container.memoryBytes).toBeLessThan(64 * MIB);

  const live = await world.fleet.engineOf(seen.id);
  await live.stopContainer(id, 0);
  await containerOf(seen, id, "exited");
  expect(await stateOutside(one, id)).toBe("exited");
  await live.startContainer(id);
  await containerOf(seen, id, "running");
  expect(await stateOutside(one, id)).toBe("running");
  await live.removeContainer(id);
  expect((await one.docker(["ps", "-aq"])).trim()).toBe("");
}

const kinds = WISHES.map((wish, at) => ({ wish, at }));
const others = kinds.filter(({ wish }) => !wish.startsWith("podman"));
const podmans = kinds.filter(({ wish }) => wish.startsWith("podman"));

/** First and by themselves: Podman's first answer takes all that a small board has, and the others would take it away. */
describe("each kind of device with Podman", () => {
  test.concurrent.for(podmans)("$wish", { timeout: 300_000 }, ({ at }) => useAll(device(at)));
});

describe("each kind of device", () => {
  test.concurrent.for(others)("$wish", { timeout: 300_000 }, ({ at }) => useAll(device(at)));
});

describe("what cannot be done is refused in a sentence that says what to do", () => {
  const firstOf = (wish: string): LabDevice => device(WISHES.indexOf(wish));
  const isEngineDown = (seen: Device) => seen.state === "engine-down";
  const isOnline = (seen: Device) => seen.state === "online";

  test.for([
    ["plain", "sudo systemctl start docker."],
    ["podman", "sudo systemctl start podman.socket."],
    ["balena", "sudo systemctl start balena."],
  ] as const)(
    "the engine of %s is killed: its own service is named, and it is back by itself",
    async ([wish, hint]) => {
      const one = firstOf(wish);
      await letIn(one);
      await one.killDockerd();
      const isTold = (seen: Device) => isEngineDown(seen) && seen.trouble?.hint?.includes(hint) === true;
      const down = await world.until(one.name, `without an engine, with the hint: ${hint}`, isTold, patienceMs);
      expect(down.trouble?.code).toBe("no-engine");
      await one.startDockerd();
      await world.until(one.name, "online again", isOnline, patienceMs);
    },
  );

  test("sudo that wants a password: nothing is typed, and both ways out are named", async () => {
    const one = firstOf("sudo");
    const { id } = await letIn(one);
    const rule = `/etc/sudoers.d/010_${one.user}`;
    const setRule = (what: string) => one.sh(`echo '${one.user} ALL=(ALL) ${what}' >${rule}`);
    await setRule("ALL");
    await killSessions(one);
    const down = await world.until(one.name, "refused by sudo", isEngineDown, patienceMs);
    expect(down.trouble).toMatchObject({
      code: "engine-denied",
      message: `The user may not open ${one.engineSocket} on ${one.user}@${one.address}:22.`,
      hint:
        `Let the user in and log in again: sudo usermod -aG docker ${one.user}. ` +
        "sudo without a password was tried: sudo: a password is required.",
    });
    await expect(world.fleet.engineOf(id)).rejects.toMatchObject({ code: "engine-denied" });
    await setRule("NOPASSWD: ALL");
    await world.until(one.name, "online again", isOnline, patienceMs);
  });

  test("Podman's socket that is closed to the user: no group of Docker's is named, and what is tried in its place", async () => {
    const one = firstOf("podman+password");
    await letIn(one);
    await one.sh("chmod 700 /run/podman");
    await killSessions(one);
    const down = await world.until(one.name, "refused", isEngineDown, patienceMs);
    expect(down.trouble).toMatchObject({
      code: "engine-denied",
      hint:
        "Log in as root, whose it is, or start the user's own: systemctl --user enable --now podman.socket. " +
        "sudo without a password was tried: there is no sudo on the device.",
    });
    await one.sh("chmod 750 /run/podman");
    await world.until(one.name, "online again", isOnline, patienceMs);
  });

  test("neither forwarding nor a program for it: what was looked for, and which setting opens the way", async () => {
    const one = firstOf("no-forwarding");
    await letIn(one);
    const programs = "/usr/bin/docker /usr/bin/socat /usr/bin/podman";
    await one.sh(`for p in ${programs}; do [ ! -e $p ] || mv $p $p.away; done`);
    await killSessions(one);
    const down = await world.until(one.name, "without a way", isEngineDown, patienceMs);
    expect(down.trouble?.code).toBe("unsupported");
    expect(down.trouble?.hint).toContain("Set AllowStreamLocalForwarding yes in the device's /etc/ssh/sshd_config");
    expect(down.trouble?.hint).toContain("there is no command on the device that could (docker, balena-engine");
    await one.sh(`for p in ${programs}; do [ ! -e $p.away ] || mv $p.away $p; done`);
    await world.until(one.name, "online again", isOnline, patienceMs);
  });

  test("a wrong password is called wrong, and the right one lets in again", async () => {
    const one = firstOf("plain+password");
    const { id } = await letIn(one);
    await world.fleet.setPassword(id, one.user, "not-this-one");
    const refused = await world.until(one.name, "refused", (seen) => seen.state === "auth-failed", patienceMs);
    expect(refused.trouble?.message).toBe(
      `${one.user}@${one.address}:22 does not accept this password (tried: key, password).`,
    );
    await world.fleet.setPassword(id, one.user, one.password ?? "");
    await world.until(one.name, "online again", isOnline, patienceMs);
  });

  test("what is behind a jump host has no way but that one, goes with it, and comes back with it", async () => {
    const inner = firstOf("plain+behind:1");
    await letIn(inner);
    const direct = await world.fleet.add({ user: null, host: inner.address, port: inner.sshPort }, "the short way");
    expect(direct.name).toBe("the short way");
    const isAway = (seen: Device) => seen.state === "unreachable" || seen.state === "ssh-refused";
    await world.until("the short way", "not reached", isAway, patienceMs);
    await world.fleet.forget(direct.id);

    const jump = device(0);
    await jump.setLink("down");
    const isBlamed = ({ trouble }: Device) =>
      trouble?.message.startsWith(`The jump host ${jump.address}:22: `) === true;
    const lost = await world.until(knownAs(inner), "lost, for the jump host's sake", isBlamed, patienceMs);
    expect(lost.state).toBe("unreachable");
    await jump.setLink("up");
    await world.until(jump.name, "online again", isOnline, patienceMs);
    await world.fleet.retry(world.fleet.find(knownAs(inner)).id);
    await world.until(knownAs(inner), "online again", isOnline, patienceMs);
  });
});

test("plain ssh goes the same way with the keys that were agreed to in Bayplan", async () => {
  const inner = device(WISHES.indexOf("plain+behind:1"));
  await letIn(inner);
  for (const name of [device(0).name, knownAs(inner)]) await world.fleet.shareKey(world.fleet.find(name).id);
  const own = `Host *\n  IdentityFile ${lab.clientKeyPath}\n  UserKnownHostsFile ${home}/.ssh/known_hosts\n`;
  const file = join(home, "plain-ssh");
  await writeFile(file, sshConfigOf(lab.devices) + own, { mode: 0o600 });
  const strict = ["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"];
  expect((await run(["ssh", "-F", file, ...strict, knownAs(inner), "hostname"])).trim()).toBe(inner.name);
});

test("after a restart all of them that take a key are online by themselves, those behind others with them", async () => {
  await Promise.all(lab.devices.map(letIn));
  const { dataFolder } = world;
  await world.fleet.close();
  const again = await openWorld({ clientKeyPath: lab.clientKeyPath, home, dataFolder, sources: [] });
  try {
    const isOnline = (seen: Device) => seen.state === "online";
    const withKey = lab.devices.filter((one) => one.password === null);
    await Promise.all(
      withKey.map((one) => again.until(one.jump === null ? one.name : knownAs(one), "online", isOnline, patienceMs)),
    );
    expect(again.fleet.list()).toHaveLength(lab.devices.length);
  } finally {
    await again.close();
  }
});

test.skipIf(process.env.BAYPLAN_TEST_LONG !== "1")(
  "a virtual machine with systemd and cgroup v2",
  async () => {
    await world.close();
    await lab.down();
    lab = await bringUpLab({ devices: 0, vm: true });
    world = await openWorld({ clientKeyPath: lab.clientKeyPath, home });
    await useAll(lab.ofKind("vm"));
  },
  900_000,
);
