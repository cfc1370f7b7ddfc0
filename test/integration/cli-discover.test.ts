/** `bayplan discover` with a search, and devices by their alias of ~/.ssh/config. Needs `npm run build`. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { deviceSchema, probeCountsSchema, probeFindingSchema } from "../../src/shared/domain/index.ts";
import { bringUpLab, findLab, type Lab } from "../lab/lab.ts";
import { bayplan, startBayplan } from "./bayplan-command.ts";

let lab: Lab;
let isOurs = false;
let home: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 4, reuse: true });
  home = await mkdtemp(join(tmpdir(), "bayplan-cli-"));
  env = { BAYPLAN_SSH_KEY: lab.clientKeyPath, HOME: home };
  await mkdir(join(home, ".ssh"));
  const silent = lab.ofKind("silent");
  await writeFile(join(home, ".ssh", "config"), `Host bench\n  HostName ${silent.address}\n  User root\n`);
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
  if (isOurs) await lab.down();
});

const answerSchema = z.object({
  devices: z.array(deviceSchema),
  neighboursHidden: z.int(),
  probe: z.object({ counts: probeCountsSchema, found: z.array(probeFindingSchema) }).optional(),
});

test("a search finds every SSH server and tells on stderr how far it is", async () => {
  const result = await bayplan(
    ["--json", "discover", "--timeout", "2s", "--probe", "10.77.0.0/27", "--ports", "22,22222"],
    { home, env },
  );
  expect(result.code).toBe(0);
  const { devices, probe } = answerSchema.parse(JSON.parse(result.stdout));
  expect(probe?.found.map(({ host, port }) => `${host}:${port}`).sort()).toEqual(
    lab.devices.map((device) => `${device.address}:${device.sshPort}`).sort(),
  );
  expect(probe?.counts).toMatchObject({ addresses: 30, asked: 30, ssh: lab.devices.length });
  expect(devices).toHaveLength(lab.devices.length);
  const bench = devices.find(({ name }) => name === "bench");
  expect([...(bench?.sources ?? [])].sort()).toEqual(["probe", "ssh-config"]);
  expect(result.stderr).toContain("Searching 10.77.0.0/27 (30 addresses), ports 22 and 22222.");
  expect(result.stderr).toContain("30 addresses asked: SSH answers at");
});

test("a host of the SSH config is listed and not asked; who names it asks it", async () => {
  const listed = await bayplan(["discover", "--timeout", "2s"], { home, env });
  expect(listed.stdout).toMatch(/^bench +In SSH config +root@bench /m);
  const named = await bayplan(["--json", "ps", "bench"], { home, env });
  expect(named.code).toBe(3);
  expect(JSON.parse(named.stdout)).toMatchObject({
    error: { code: "key-unknown", message: expect.stringContaining(lab.ofKind("silent").hostKeyFingerprint) },
  });
});

test("more than a /20 and ports without a search are refused with what to write", async () => {
  const large = await bayplan(["--json", "discover", "--probe", "10.0.0.0/12"], { home, env });
  expect(large.code).toBe(2);
  expect(JSON.parse(large.stdout)).toMatchObject({ error: { code: "bad-input" } });
  expect(large.stdout).toContain("1048574 addresses");
  const idle = await bayplan(["--json", "discover", "--ports", "22"], { home, env });
  expect(idle.code).toBe(2);
  expect(JSON.parse(idle.stdout)).toMatchObject({ error: { code: "bad-input" } });
});

test("Ctrl-C ends a search within moments", async () => {
  const child = startBayplan(["discover", "--probe", "10.77.0.0/24", "--ports", "2200,2201,2202"], { home, env });
  await new Promise<void>((resolve) => {
    child.stderr?.on("data", (text: Buffer) => {
      if (text.toString().includes("Searching")) resolve();
    });
  });
  const startedAtMs = Date.now();
  child.kill("SIGINT");
  expect(await new Promise((resolve) => child.once("close", resolve))).toBe(130);
  expect(Date.now() - startedAtMs).toBeLessThan(3_000);
});
