import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hideInLogs, openStack, requireStack } from "../../../src/main/stacks/index.ts";

let folder: string;
let hide: (text: string) => string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-hide-"));
  const file = join(folder, "compose.yaml");
  const environment = {
    MQTT_PASSWORD: "correct horse",
    API_TOKEN: "tok-4711-tok",
    AUTH_ENABLED: "true",
    TLS_KEY_FILE: "/run/secrets/key",
    PRIVATE_KEY: "-----BEGIN KEY-----\nMIIabc123xyz\n-----END KEY-----",
    REGION: "north",
  };
  await writeFile(file, JSON.stringify({ name: "hide", services: { app: { image: "x:1", environment } } }));
  hide = hideInLogs(requireStack(await openStack(file)).services);
});

afterAll(() => rm(folder, { recursive: true }));

test("the value of a variable whose name says secret is hidden wherever it is printed", () => {
  expect(hide('login as "correct horse" (tok-4711-tok)')).toBe('login as "••••••" (••••••)');
  expect(hide("key: MIIabc123xyz")).toBe("key: ••••••");
});

test("values that say nothing stay, whatever their variable is called", () => {
  expect(hide("true: read /run/secrets/key in north")).toBe("true: read /run/secrets/key in north");
});

test("a password in an address is hidden, and what stands behind such a name", () => {
  expect(hide("to postgres://db:s3cr3t@host/x")).toBe("to postgres://db:••••••@host/x");
  expect(hide('{"password": "swordfish", "user": "db"}')).toBe('{"password": "••••••", "user": "db"}');
  expect(hide("token=abcdef&x=1")).toBe("token=••••••&x=1");
});
