/** Finding, trusting and losing real devices. */
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { DeviceListUpdate } from "../../src/shared/contract/index.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { run } from "../lab/run.ts";
import { openWorld, trustLabDevice, type World } from "./devices-world.ts";

let lab: Lab;
let isOurs = false;
let world: World;

function device(index: number): LabDevice {
  const found = lab.devices[index];
  if (found === undefined) throw new Error(`The lab has no device ${index}.`);
  return found;
}

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 4, reuse: true });
});

afterAll(async () => {
  if (isOurs) await lab.down();
});

beforeEach(async () => {
  world = await openWorld({ clientKeyPath: lab.clientKeyPath });
});

afterEach(async () => {
  await world.close();
});

describe("finding", () => {
  test("every device that announces itself is there within 5 s, once, with its real SSH port and its key to agree to", async () => {
    const announced = lab.devices.filter((one) => one.advertises);
    expect(announced.length).toBeGreaterThanOrEqual(3);
    const askFor = () => world.fleet.list().filter((one) => one.hostKey.trust === "new").length;
    await expect.poll(askFor, { timeout: 5_000, interval: 20 }).toBe(announced.length);
    await world.fleet.whenSettled(5_000);
    const found = world.fleet.list().map((one) => ({
      name: one.name,
      host: one.target.host,
      port: one.target.port,
      offered: one.hostKey.offered?.fingerprint,
      trust: one.hostKey.trust,
      state: one.state,
      trouble: one.trouble?.code,
    }));
    expect(found.sort((a, b) => a.name.localeCompare(b.name))).toEqual(
      announced
        .map((one) => ({
          name: one.name,
          host: one.address,
          port: one.sshPort,
          offered: one.hostKeyFingerprint,
          trust: "new",
          state: "connecting",
          trouble: "key-unknown",
        }))
        .sort((a, b) => a.name.localeCompare(b.name)),
    );
    const bridge = world.fleet.evidence().find((one) => one.detail.startsWith(`${lab.bridgeInterface} 10.`));
    expect(bridge?.state).toBe("working");
    expect(bridge?.detail).toContain(`${announced.length} SSH devices, 0 malformed`);
  });

  test("no login is tried before a person has agreed to the key", async () => {
    const target = device(0);
    const logFile = join(target.logFolder, "sshd.log");
    const loginsBefore = accepted(await readFile(logFile, "utf8"));
    await world.until(target.name, "asking for trust", (one) => one.hostKey.trust === "new");
    expect(accepted(await readFile(logFile, "utf8"))).toBe(loginsBefore);
    const seen = world.fleet.find(target.name);
    await expect(world.fleet.engineOf(seen.id)).rejects.toMatchObject({ code: "key-unknown" });
    await expect(world.fleet.trust(seen.id, "SHA256:notthisone")).rejects.toMatchObject({ code: "conflict" });
    expect(world.fleet.find(target.name).remembered).toBe(false);
  });

  test("agreeing to the key makes it online, with the facts and the engine of that very board", async () => {
    const target = device(0);
    const online = await trustLabDevice(world, target);
    expect(online).toMatchObject({
      state: "online",
      trouble: null,
      remembered: true,
      stale: false,
      hostKey: { trust: "pinned" },
      facts: {
        hostName: target.name,
        model: "KI-Box 210",
        machineId: target.machineId,
        macAddresses: [target.mac],
        memoryTotalBytes: target.memoryBytes,
        osId: "debian",
        cgroupVersion: 1,
        memoryControllerOn: true,
        engineSockets: [{ kind: "docker", path: target.engineSocket, canOpen: true }],
      },
      engine: { kind: "docker", socket: target.engineSocket },
    });
    const engine = await world.fleet.engineOf(online.id);
    expect((await engine.info()).version).toBe(online.engine?.version);
    const pins = await readFile(join(world.dataFolder, "known_hosts"), "utf8");
    expect(pins).toMatch(new RegExp(`^${target.address} ssh-ed25519 [A-Za-z0-9+/=]+\n$`));
    expect((await stat(join(world.dataFolder, "known_hosts"))).mode & 0o777).toBe(0o600);
    await run(["ssh-keygen", "-F", target.address, "-f", join(world.dataFolder, "known_hosts")]);
  });

  test("a balena device is known as one, and a silent one can be added by its address", async () => {
    const balena = await trustLabDevice(world, lab.ofKind("balena"));
    expect(balena).toMatchObject({
      target: { user: "root", port: 22222 },
      facts: { model: "Raspberry Pi Compute Module 4 Rev 1.1", osId: "balena-os" },
      engine: { kind: "balena-engine", socket: "/var/run/balena-engine.sock" },
    });
    const silent = lab.ofKind("silent");
    const added = await world.fleet.add({ user: "root", host: silent.address, port: silent.sshPort }, null);
    expect(added).toMatchObject({ remembered: true, sources: ["saved", "added"] });
    const seen = await world.until(silent.address, "asking for trust", (one) => one.hostKey.trust === "new");
    await world.fleet.trust(seen.id, silent.hostKeyFingerprint);
    const online = await world.until(silent.address, "online", (one) => one.state === "online");
    expect(online.name).toBe(silent.name);
  });

  test("a device that ssh knows already is not asked about again", async () => {
    const target = device(1);
    const home = await mkdtemp(join(tmpdir(), "bayplan-home-"));
    await mkdir(join(home, ".ssh"));
    const scanned = await run(["ssh-keyscan", "-t", "ed25519", "-p", String(target.sshPort), target.address]);
    await writeFile(join(home, ".ssh/known_hosts"), scanned);
    await run(["ssh-keygen", "-q", "-H", "-f", join(home, ".ssh/known_hosts")]);
    expect(await readFile(join(home, ".ssh/known_hosts"), "utf8")).toMatch(/^\|1\|/);
    const other = await openWorld({ clientKeyPath: lab.clientKeyPath, home });
    try {
      const online = await other.until(target.name, "online", (one) => one.state === "online");
      expect(online).toMatchObject({ remembered: true, hostKey: { trust: "pinned" } });
    } finally {
      await other.close();
      await rm(home, { recursive: true, force: true });
    }
  });
});

describe("remembering", () => {
  test("after a restart it is there at once, stale and with its last facts, and comes online without a question", async () => {
    const target = device(0);
    const before = await trustLabDevice(world, target);
    await world.fleet.close();
    const again = await openWorld({ clientKeyPath: lab.clientKeyPath, dataFolder: world.dataFolder, home: world.home });
    try {
      const [first] = again.fleet.list();
      expect(first).toMatchObject({
        name: target.name,
        state: "connecting",
        stale: true,
        remembered: true,
        facts: { boardSerial: before.facts?.boardSerial },
        engine: { kind: "docker" },
      });
      expect(first?.id).toMatch(/^d-[0-9a-f]{12}$/);
      const online = await again.until(target.name, "online", (one) => one.state === "online");
      expect(online.id).toBe(first?.id);
      expect(online.stale).toBe(false);
      expect(await again.fleet.forget(online.id)).toBe(true);
      const anew = await again.until(target.name, "new again", (one) => one.hostKey.trust === "new");
      expect(anew).toMatchObject({ remembered: false, facts: null });
      expect(await readFile(join(world.dataFolder, "known_hosts"), "utf8")).toBe("");
      expect(JSON.parse(await readFile(join(world.dataFolder, "devices.json"), "utf8")).devices).toEqual([]);
    } finally {
      await again.close();
    }
    const third = await openWorld({
      clientKeyPath: lab.clientKeyPath,
      dataFolder: world.dataFolder,
      home: world.home,
      sources: [],
    });
    expect(third.fleet.list()).toEqual([]);
    await third.close();
  });

  test("a device with another address is the same one: its key says so, nobody is asked, and there is one of it", async () => {
    const target = device(0);
    await trustLabDevice(world, target);
    await world.fleet.close();
    // As after a new lease: what is remembered is an address at which nobody answers.
    const file = join(world.dataFolder, "devices.json");
    const text = (await readFile(file, "utf8")).replaceAll(target.address, "10.77.0.200");
    await writeFile(file, text);
    const again = await openWorld({ clientKeyPath: lab.clientKeyPath, dataFolder: world.dataFolder, home: world.home });
    try {
      const [remembered] = again.fleet.list();
      expect(remembered?.addresses).toContain("10.77.0.200");
      const updates: DeviceListUpdate[] = [];
      const stop = new AbortController();
      const reading = (async () => {
        for await (const update of again.fleet.watch(stop.signal)) updates.push(update);
      })();
      const online = await again.until(
        target.address,
        "online under its old id",
        (one) => one.state === "online" && one.id === remembered?.id,
        15_000,
      );
      // Its link-local address stayed the same, so it may be reached by that.
      expect(online.addresses).toContain(target.address);
      stop.abort();
      await reading;
      const passing = updates.filter((update) => update.kind === "changed" && update.device.hostKey.trust === "new");
      expect(
        passing.filter(
          (update) =>
            update.kind === "changed" &&
            update.device.addresses.includes(target.address) &&
            update.device.trouble?.code === "key-unknown",
        ),
      ).toEqual([]);
      expect(again.fleet.list().filter((one) => one.addresses.includes(target.address))).toHaveLength(1);
    } finally {
      await again.close();
    }
  });
});

describe("losing and finding again", () => {
  test("SSH server killed: ssh-refused within 10 s; online again by itself", async () => {
    const target = device(0);
    await trustLabDevice(world, target);
    try {
      await target.stopSshd();
      const refused = await world.until(target.name, "ssh-refused", (one) => one.state === "ssh-refused");
      expect(refused.trouble).toMatchObject({ code: "unreachable" });
      expect(refused.facts?.hostName).toBe(target.name);
    } finally {
      await target.startSshd();
    }
    await world.until(target.name, "online", (one) => one.state === "online", 25_000);
  });

  test("engine killed: engine-down within 10 s, its containers say why; online again by itself", async () => {
    const target = device(1);
    const online = await trustLabDevice(world, target);
    const stop = new AbortController();
    const outcomes = world.fleet.containers(online.id, stop.signal);
    const first = await outcomes.next();
    expect(first.value).toMatchObject({ ok: true });
    try {
      await target.killDockerd();
      const down = await world.until(target.name, "engine-down", (one) => one.state === "engine-down");
      expect(down.trouble?.code).toBe("no-engine");
      expect(down.engine).toBeNull();
      let failed = await outcomes.next();
      while (failed.value?.ok === true) failed = await outcomes.next();
      expect(failed.value).toMatchObject({ ok: false, failure: { code: "no-engine" } });
      await expect(world.fleet.engineOf(online.id)).rejects.toMatchObject({ code: "no-engine" });
    } finally {
      await target.startDockerd();
    }
    await world.until(target.name, "online", (one) => one.state === "online", 15_000);
    let back = await outcomes.next();
    while (back.value?.ok === false) back = await outcomes.next();
    expect(back.value).toMatchObject({ ok: true });
    stop.abort();
    expect((await outcomes.next()).done).toBe(true);
  });

  test("engine that hangs: engine-down, although its socket takes connections; online again by itself", async () => {
    const target = device(1);
    await trustLabDevice(world, target);
    try {
      await target.sh('kill -STOP "$(cat /run/docker.pid)"');
      const down = await world.until(target.name, "engine-down", (one) => one.state === "engine-down", 30_000);
      expect(down.trouble?.code).toBe("timed-out");
    } finally {
      await target.sh('kill -CONT "$(cat /run/docker.pid)"');
    }
    await world.until(target.name, "online", (one) => one.state === "online", 20_000);
  });

  test("cable pulled: unreachable within 10 s; online again by itself", async () => {
    const target = device(1);
    await trustLabDevice(world, target);
    try {
      await target.setLink("down");
      const lost = await world.until(target.name, "unreachable", (one) => one.state === "unreachable");
      expect(lost.trouble?.code).toBe("unreachable");
    } finally {
      await target.setLink("up");
    }
    await world.until(target.name, "online", (one) => one.state === "online", 30_000);
  });

  test("new host key: key-changed with both prints; after re-pinning online, and known as the same board", async () => {
    const target = device(0);
    const online = await trustLabDevice(world, target);
    const pinned = target.hostKeyFingerprint;
    await target.rekey();
    const changed = await world.until(target.name, "key-changed", (one) => one.state === "key-changed", 15_000);
    expect(changed.hostKey).toEqual({
      trust: "changed",
      offered: { type: "ssh-ed25519", fingerprint: target.hostKeyFingerprint },
      pinned: { type: "ssh-ed25519", fingerprint: pinned },
    });
    expect(changed.trouble?.message).toContain(online.facts?.boardSerial);
    expect(changed.trouble?.hint).toContain("re-flashed");
    await expect(world.fleet.engineOf(changed.id)).rejects.toMatchObject({ code: "key-changed" });
    await expect(world.fleet.trust(changed.id, target.hostKeyFingerprint)).rejects.toMatchObject({ code: "conflict" });
    await expect(world.fleet.repin(changed.id, "SHA256:another", target.hostKeyFingerprint)).rejects.toMatchObject({
      code: "conflict",
    });
    await world.fleet.repin(changed.id, pinned, target.hostKeyFingerprint);
    const again = await world.until(target.name, "online", (one) => one.state === "online");
    expect(again.id).toBe(online.id);
    expect(again.findings.map((finding) => finding.rule)).toEqual(["device.re-flashed"]);
    expect(again.findings[0]?.message).toContain(online.facts?.boardSerial);
    const pins = await readFile(join(world.dataFolder, "known_hosts"), "utf8");
    expect(pins.trim().split("\n")).toHaveLength(1);
  });
});

describe("watching", () => {
  test("changes are numbered without a hole, and samples come from one sampler for two readers", async () => {
    const target = device(0);
    const stop = new AbortController();
    const seqs: number[] = [];
    const reading = (async () => {
      for await (const update of world.fleet.watch(stop.signal)) seqs.push(update.seq);
    })();
    const online = await trustLabDevice(world, target);
    const first = world.fleet.samples([online.id], 1_000, stop.signal);
    const batch = await first.next();
    expect(batch.value?.samples[0]).toMatchObject({
      deviceId: online.id,
      memoryTotalBytes: target.memoryBytes,
      cpuCoresUsed: null,
    });
    const second = world.fleet.samples([online.id], 1_000, stop.signal);
    const past = await second.next();
    expect(past.value?.samples[0]?.atMs).toBe(batch.value?.samples[0]?.atMs);
    const [left, right] = [await first.next(), await second.next()];
    expect(right.value?.samples.at(-1)?.atMs).toBeGreaterThanOrEqual(
      left.value?.samples[0]?.atMs ?? Number.POSITIVE_INFINITY,
    );
    const samplers = await target.sh("ps -eo args | grep -c '[r]ead -r _' || true");
    expect(Number(samplers)).toBeLessThanOrEqual(1);
    stop.abort();
    expect((await first.next()).done).toBe(true);
    await reading;
    expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
  });

  test("a name that nobody has is answered with near ones", async () => {
    await world.until(device(0).name, "there", () => true);
    expect(() => world.fleet.find("press-line-1")).toThrow(/No device is known/);
    try {
      world.fleet.find("press-line-1");
    } catch (error) {
      expect(error).toMatchObject({ code: "not-found", hint: expect.stringContaining("press-line-01") });
    }
  });
});

function accepted(log: string): number {
  return log.split("\n").filter((line) => line.includes("Accepted publickey")).length;
}
