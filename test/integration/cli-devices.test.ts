import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { deviceListUpdateSchema } from "../../src/shared/contract/index.ts";
import { containerSchema, deviceSampleSchema, deviceSchema, logLineSchema } from "../../src/shared/domain/index.ts";
import { bringUpLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { bayplan, startBayplan } from "./bayplan-command.ts";

let home: string;
let lab: Lab;
let first: LabDevice;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-cli-"));
  lab = await bringUpLab({ devices: 4, withStacks: true });
  const [device] = lab.devices;
  if (device === undefined) throw new Error("The lab has no device.");
  first = device;
});

afterAll(async () => {
  await lab?.down();
  await rm(home, { recursive: true, force: true });
});

async function run(args: string[]): Promise<{ code: number; value: unknown; stderr: string }> {
  const result = await bayplan(["--json", ...args], { home, env: { BAYPLAN_SSH_KEY: lab.clientKeyPath } });
  return { code: result.code, value: JSON.parse(result.stdout), stderr: result.stderr };
}

test("three devices that announce themselves appear within 5 s, the silent one does not", async () => {
  const { code, value } = await run(["discover", "--timeout", "5s"]);
  expect(code).toBe(0);
  const { devices } = z.object({ devices: z.array(deviceSchema) }).parse(value);
  const expected = lab.devices.filter((device) => device.advertises);
  expect(expected).toHaveLength(3);
  expect(devices.map((device) => device.name).sort()).toEqual(expected.map((device) => device.name).sort());
  for (const device of expected) {
    const found = devices.find(({ name }) => name === device.name);
    expect(found?.hostKey).toMatchObject({ trust: "new", offered: { fingerprint: device.hostKeyFingerprint } });
    expect(found?.target).toMatchObject({ host: device.address, port: device.sshPort });
  }
});

test("a key that nobody agreed to is refused with the way on, and pinned after consent", async () => {
  const refused = await run(["ps", first.name]);
  expect(refused.code).toBe(3);
  expect(refused.value).toMatchObject({
    error: { code: "key-unknown", message: expect.stringContaining(first.hostKeyFingerprint) },
  });
  const wrong = await run([
    "devices",
    "trust",
    first.name,
    "--fingerprint",
    "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  ]);
  expect(wrong.code).not.toBe(0);
  for (const device of lab.devices.filter(({ advertises }) => advertises)) {
    expect((await run(["devices", "trust", device.name, "--fingerprint", device.hostKeyFingerprint])).code).toBe(0);
  }
});

test("the silent one is reached by its address", async () => {
  const silent = lab.devices.find((device) => !device.advertises);
  if (silent === undefined) throw new Error("Every device of the lab announces itself.");
  const address = `root@${silent.address}:${silent.sshPort}`;
  const asked = await run(["devices", "add", address]);
  expect(asked.value).toMatchObject({ error: { code: "key-unknown" } });
  expect((await run(["devices", "trust", address, "--fingerprint", silent.hostKeyFingerprint])).code).toBe(0);
  expect((await run(["ps", address])).code).toBe(0);
});

test("ps shows what the engine itself says, on every kind of device", async () => {
  for (const device of lab.devices.filter(({ advertises }) => advertises)) {
    const { code, value } = await run(["ps", device.name]);
    expect(code).toBe(0);
    const { containers } = z.object({ containers: z.array(containerSchema) }).parse(value);
    const reference = await device.docker(["ps", "-a", "--no-trunc", "--format", "{{.ID}} {{.State}}"]);
    const pairs = reference.trim().split("\n").sort();
    expect(containers.map(({ id, state }) => `${id} ${state}`).sort()).toEqual(pairs);
  }
});

test("logs of several containers come merged, none lost or doubled", async () => {
  const result = await bayplan(["--json", "logs", first.name, "--tail", "200"], {
    home,
    env: { BAYPLAN_SSH_KEY: lab.clientKeyPath },
  });
  expect(result.code).toBe(0);
  const lines = result.stdout
    .trim()
    .split("\n")
    .map((line) => logLineSchema.extend({ container: z.string() }).parse(JSON.parse(line)));
  const numbered = lines
    .filter(({ container }) => container === "ticker")
    .flatMap(({ text }) => /(\d+)/.exec(text)?.[1] ?? [])
    .map(Number);
  expect(new Set(lines.map(({ container }) => container)).size).toBeGreaterThan(1);
  expect(numbered.length).toBeGreaterThan(5);
  for (const [index, number] of numbered.entries()) {
    if (index > 0) expect(number).toBe((numbered[index - 1] ?? 0) + 1);
  }
});

test("stats agree with the device's own cgroup files", async () => {
  const { code, value } = await run(["stats", first.name, "--once"]);
  expect(code).toBe(0);
  const sample = deviceSampleSchema.parse(value);
  expect(sample.memoryTotalBytes).toBe(first.memoryBytes);
  expect(sample.cpuCores).toBe(Math.ceil(first.cpuCores));
  expect(sample.containers.length).toBeGreaterThan(2);
  const quiet = sample.containers.find(({ memoryBytes }) => (memoryBytes ?? 0) > 0);
  const cgroup = await first.sh(
    `find /sys/fs/cgroup/memory -maxdepth 3 -type d -name '${quiet?.containerId}' | head -n 1`,
  );
  const stat = await first.sh(`cat ${cgroup.trim()}/memory.stat`);
  const of = (key: string) => Number(new RegExp(`^${key} (\\d+)$`, "m").exec(stat)?.[1]);
  // Kernel memory comes on top of what memory.stat shows, and a running program moves a little.
  const floor = of("total_rss") + of("total_shmem");
  expect(quiet?.memoryBytes).toBeGreaterThan(floor - 1024 * 1024);
  expect(quiet?.memoryBytes).toBeLessThan(floor + 8 * 1024 * 1024);
});

/** Follows `devices --watch` until the device is in the wanted state; gives how long that took. */
async function whenState(name: string, wanted: string, cause: () => Promise<void>): Promise<number> {
  const child = startBayplan(["--json", "devices", "--watch"], { home, env: { BAYPLAN_SSH_KEY: lab.clientKeyPath } });
  const ended = new Promise((resolve) => child.once("close", resolve));
  let caused = 0;
  const timer = setTimeout(() => child.kill("SIGINT"), 60_000);
  try {
    if (child.stdout === null) throw new Error("No output.");
    for await (const line of createInterface({ input: child.stdout })) {
      const update = deviceListUpdateSchema.parse(JSON.parse(line));
      const devices = update.kind === "snapshot" ? update.devices : update.kind === "changed" ? [update.device] : [];
      const state = devices.find((device) => device.name === name)?.state;
      if (caused === 0 && state === "online") {
        caused = Date.now();
        await cause();
      } else if (caused > 0 && state === wanted) return Date.now() - caused;
    }
    throw new Error(`${name} was never ${caused === 0 ? "online" : wanted}.`);
  } finally {
    clearTimeout(timer);
    child.kill("SIGINT");
    await ended;
  }
}

test.each([
  { fault: "sshd", state: "ssh-refused", break: () => first.stopSshd(), mend: () => first.startSshd() },
  { fault: "dockerd", state: "engine-down", break: () => first.killDockerd(), mend: () => first.startDockerd() },
  { fault: "link", state: "unreachable", break: () => first.setLink("down"), mend: () => first.setLink("up") },
])("killing the $fault shows as $state within 10 s, and mends by itself", async ({ state, break: cause, mend }) => {
  expect(await whenState(first.name, state, cause)).toBeLessThan(10_000);
  await mend();
  expect((await run(["ps", first.name])).code).toBe(0);
});

test("a new host key is refused until it is agreed to", async () => {
  const before = first.hostKeyFingerprint;
  await first.rekey();
  const refused = await run(["ps", first.name]);
  expect(refused.code).toBe(3);
  expect(refused.value).toMatchObject({ error: { code: "key-changed" } });
  const asked = await run(["devices", "repin", first.name]);
  expect(asked.stderr).toContain(before);
  expect(asked.stderr).toContain(first.hostKeyFingerprint);
  expect((await run(["devices", "repin", first.name, "--fingerprint", first.hostKeyFingerprint])).code).toBe(0);
  expect((await run(["ps", first.name])).code).toBe(0);
});

test("a wrong key of ours is a refused login that says what to do", async () => {
  const env = { BAYPLAN_SSH_KEY: join(home, "other-key") };
  const { spawnSync } = await import("node:child_process");
  spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", env.BAYPLAN_SSH_KEY]);
  const result = await bayplan(["ps", first.name], { home, env });
  expect(result.code).toBe(3);
  expect(result.stderr).toMatch(/refused|login|key/i);
  expect(result.stderr).not.toMatch(/^\s+at /m);
});
