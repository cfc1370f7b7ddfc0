/** A machine on the network that floods it with mDNS: the list stays short, what is real stays on it, and nothing hangs. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { deviceSchema } from "../../src/shared/domain/index.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { bayplan } from "./bayplan-command.ts";
import { openWorld } from "./devices-world.ts";

const MIB = 1024 ** 2;

let lab: Lab;
let isOurs = false;
let real: LabDevice;
let flooder: LabDevice;

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 2, reuse: true });
  const [first, second] = lab.devices.filter((device) => device.advertises);
  if (first === undefined || second === undefined)
    throw new Error("The lab has too few devices that announce themselves.");
  real = first;
  flooder = second;
});

afterAll(async () => {
  if (isOurs) await lab.down();
});

/** From inside of a device's network; resolves with how many packets it sent. */
function flood(seconds: number): Promise<number> {
  const script = fileURLToPath(new URL("mdns-flood.ts", import.meta.url));
  const argv = ["-t", String(flooder.initPid), "-n", process.execPath, "--import", "tsx", script];
  const child: ChildProcess = spawn("nsenter", [...argv, flooder.address, String(seconds)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(Number(said)));
  });
}

test("a flood fills neither the list nor the memory, and who floods is told of", async () => {
  const world = await openWorld({ clientKeyPath: lab.clientKeyPath });
  try {
    await world.until(real.name, "asking for trust", (one) => one.hostKey.trust === "new");
    const before = process.memoryUsage().rss;
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 20);
    const startedAtMs = performance.now();
    const sent = await flood(4);
    const share = turns / ((performance.now() - startedAtMs) / 20);
    clearInterval(timer);
    expect(sent).toBeGreaterThan(2_000);
    const devices = world.fleet.list();
    expect(devices.length).toBeGreaterThan(100);
    expect(devices.length).toBeLessThanOrEqual(520);
    expect(devices.find(({ name }) => name === real.name)?.hostKey.trust).toBe("new");
    for (const { name } of devices) expect(name).not.toMatch(/\p{Cc}/u);
    const said = world.fleet.evidence().find(({ detail }) => detail.startsWith(`${lab.bridgeInterface} 10.`));
    expect(said?.detail).toMatch(/[1-9]\d* malformed.*[1-9]\d* left out: somebody floods this network$/);
    // The window and every stream have their turns meanwhile.
    expect(share).toBeGreaterThan(0.2);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * MIB);
  } finally {
    await world.close();
  }
});

test("the command line lists what is real in the middle of a flood, and its JSON is JSON", async () => {
  const home = await mkdtemp(join(tmpdir(), "bayplan-flood-"));
  try {
    const flooding = flood(12);
    const result = await bayplan(["--json", "discover", "--timeout", "8s", "--all"], { home });
    expect(await flooding).toBeGreaterThan(2_000);
    expect(result.code).toBe(0);
    expect(result.stdout).not.toMatch(/[^\P{Cc}\n]/u);
    const { devices } = z.object({ devices: z.array(deviceSchema) }).parse(JSON.parse(result.stdout));
    expect(devices.map(({ name }) => name)).toContain(real.name);
    expect(devices.length).toBeLessThanOrEqual(520);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
