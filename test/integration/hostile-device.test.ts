/** A device that means harm from its banner to its logs: nothing of it runs, nothing steers a terminal, nothing hangs. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { containerSchema, type Device, deviceSchema, logLineSchema } from "../../src/shared/domain/index.ts";
import { bayplan, type CommandResult } from "./bayplan-command.ts";
import { openWorld } from "./devices-world.ts";
import { type HostileDevice, hostileText, startHostileDevice } from "./hostile-device.ts";
import { containerAnswers, frame, good, text } from "./hostile-engine.ts";

/** Garbage on both outputs, with lines that look like what Bayplan itself prints in front of an answer. */
const noisy = [
  "printf 'Welcome \\033[2J\\007 $(touch /tmp/x) \\000 <script>\\n'",
  "printf 'bayplan-000000000000000000000000 1\\nprobe 1\\nhost innocent\\nend 1\\n'",
  "head -c 200000 /dev/zero",
  "echo",
  "head -c 100000 /dev/urandom >&2",
].join("\n");

let device: HostileDevice;
let home: string;
let hostile: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "bayplan-hostile-home-"));
  device = await startHostileDevice({ bashrc: noisy });
  hostile = `${hostileText(device.marker)}\nnext`;
  const labels = { "com.docker.compose.project": hostile, "com.docker.compose.service": hostile };
  const { listed, inspected } = containerAnswers("c1", { name: hostile, image: hostile, labels });
  const lines = [hostile, "\u001b[8mhidden", "x".repeat(200_000)].map((line) =>
    frame(Buffer.from(`2026-11-24T10:00:00.000000001Z ${line}\n`)),
  );
  Object.assign(device.engine.answers, {
    "/containers/json": good([listed]),
    "/containers/c1/json": good(inspected),
    "/containers/c1/logs": text(Buffer.concat(lines)),
  });
});

afterAll(async () => {
  await device.stop();
  rmSync(home, { recursive: true, force: true });
});

function run(...args: string[]): Promise<CommandResult> {
  return bayplan(args, { home, env: { BAYPLAN_SSH_KEY: join(device.server.folder, "id") } });
}

/** Of the control characters only the end of a line reaches the terminal, and no mark that turns text around. */
function expectHarmless({ stdout, stderr }: CommandResult): void {
  expect(`${stdout}${stderr}`).not.toMatch(/[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/u);
}

describe("the command line", () => {
  beforeAll(async () => {
    const trusted = await run("devices", "trust", device.address, "--fingerprint", device.server.fingerprint);
    expect(trusted.code).toBe(0);
    expectHarmless(trusted);
  });

  test.each([["ps"], ["logs", "-n", "5"]])("%s holds nothing that steers a terminal", async (...args) => {
    const [command = "", ...options] = args;
    const result = await run(command, device.address, ...options);
    expect(result.code).toBe(0);
    expect(result.stdout).not.toBe("");
    expectHarmless(result);
  });

  test.each([
    ["discover", "--timeout", "2s", "--all"],
    ["devices", "list"],
    ["logs", "ADDRESS", "nothing\u001b[2J"],
  ])("%s %s holds nothing that steers a terminal", async (...args) => {
    const result = await run(...args.map((word) => (word === "ADDRESS" ? device.address : word)));
    expect(`${result.stdout}${result.stderr}`).toContain("31m");
    expectHarmless(result);
  });

  test("ps --json is JSON, and says what the engine said", async () => {
    const result = await run("--json", "ps", device.address);
    expectHarmless(result);
    const { containers } = z.object({ containers: z.array(containerSchema) }).parse(JSON.parse(result.stdout));
    expect(containers).toMatchObject([{ name: hostile, image: hostile, service: hostile }]);
  });

  test("logs --json is JSON, line by line, and says what the container printed", async () => {
    const result = await run("--json", "logs", device.address, "-n", "5");
    expectHarmless(result);
    const lines = result.stdout.trimEnd().split("\n");
    const told = lines.map((line) => logLineSchema.parse(JSON.parse(line)).text);
    expect(told[0]).toBe(hostile.split("\n")[0]?.replace(/\r$/, ""));
    expect(Math.max(...told.map((line) => line.length))).toBeLessThanOrEqual(64 * 1024);
  });

  test("devices list --json holds facts for people", async () => {
    const result = await run("--json", "devices", "list");
    expectHarmless(result);
    const { devices } = z.object({ devices: z.array(deviceSchema) }).parse(JSON.parse(result.stdout));
    expect(devices).toHaveLength(1);
    expectFacts(devices[0]);
  });
});

function expectFacts(found: Device | undefined): void {
  expect(found?.state).toBe("online");
  expect(found?.facts?.osName).toContain("<img src=x");
  expect(found?.facts?.hostName).not.toBe("innocent");
  for (const said of [
    found?.name,
    found?.facts?.hostName,
    found?.facts?.osName,
    found?.facts?.kernel,
    found?.facts?.arch,
  ]) {
    expect(said).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    expect(said?.length).toBeLessThanOrEqual(200);
  }
}

test("a login shell that prints without end is no device, and says so", async () => {
  const endless = await startHostileDevice({ bashrc: "yes 'no end'" });
  const world = await openWorld({ clientKeyPath: join(endless.server.folder, "id"), sources: [] });
  try {
    await world.fleet.add({ user: "root", host: "127.0.0.1", port: endless.server.port }, null);
    const seen = await world.until("127.0.0.1", "asking for trust", (one) => one.hostKey.trust === "new");
    await world.fleet.trust(seen.id, endless.server.fingerprint);
    const told = await world.until(
      "127.0.0.1",
      "in trouble",
      (one) => one.trouble !== null && one.hostKey.trust === "pinned",
      20_000,
    );
    expect(told.trouble).toMatchObject({ message: expect.stringContaining("prints without end") });
  } finally {
    await world.close();
    await endless.stop();
  }
});

test("nothing that it said was run, here or there", () => {
  expect(existsSync(device.marker)).toBe(false);
});
