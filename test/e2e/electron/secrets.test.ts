/** A password typed into the window: sealed by the keychain, and used again after a restart. */
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { builtApp } from "./app-folder.ts";
import { launchStandIn, type StandInApp } from "./launch-stand-in.ts";
import { type PasswordServer, startPasswordServer } from "./password-server.ts";

const password = `typed-${randomBytes(9).toString("hex")}`;
const name = "locked gateway";

let server: PasswordServer;
let home: string;
let app: StandInApp | null;

beforeEach(async () => {
  server = await startPasswordServer("operator", password);
  home = await mkdtemp(join(tmpdir(), "bayplan-home-"));
  app = null;
  await mkdir(join(home, "data"));
  const device = {
    id: "d-0123456789ab",
    name,
    user: "operator",
    host: "127.0.0.1",
    port: server.port,
    addresses: ["127.0.0.1"],
    added: true,
    hostKey: { type: "ssh-ed25519", fingerprint: server.fingerprint },
    facts: null,
    factsAtMs: null,
    engine: null,
    lastSeenAtMs: null,
  };
  await writeFile(join(home, "data", "devices.json"), JSON.stringify({ version: 1, devices: [device] }));
});

afterEach(async () => {
  await app?.destroy();
  await server.close();
  await rm(home, { recursive: true, force: true });
});

/** Opens the page of the device, in an app that has no key and no agent to try. */
async function open(env: NodeJS.ProcessEnv = {}): Promise<StandInApp> {
  const keyless = { HOME: home, SSH_AUTH_SOCK: "", BAYPLAN_SSH_KEY: "", ...env };
  app = await launchStandIn(builtApp(), { home, env: keyless });
  await app.page.getByRole("link", { name, exact: true }).first().click();
  return app;
}

async function type(opened: StandInApp, text: string): Promise<void> {
  const field = opened.page.getByLabel("Password");
  expect(await field.getAttribute("type")).toBe("password");
  await field.fill(text);
  await opened.page.getByRole("button", { name: "Log in" }).click();
}

/** Every file below the data folder and what the app wrote: a clear password would be in it. */
async function traces(opened: StandInApp): Promise<string> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "latin1")));
  return [...texts, opened.log()].join("\n");
}

test("is sealed on the disk and used again after a restart", async () => {
  const first = await open();
  await type(first, "not this one");
  await first.page.getByText("does not accept this password").first().waitFor();
  await type(first, password);
  await first.page.getByText("kept in this system's keychain").waitFor();
  await expect.poll(() => server.offered, { timeout: 15_000 }).toEqual(["not this one", password]);
  expect(await first.close()).toBe(0);
  const secrets = JSON.parse(await readFile(join(home, "data", "secrets.json"), "utf8"));
  const sealed = Buffer.from(Object.values<string>(secrets.sealed)[0] ?? "", "base64");
  expect(sealed.subarray(0, 3).toString()).toBe("v11");
  expect(await traces(first)).not.toContain(password);
  expect(await traces(first)).not.toContain("not this one");
  await first.destroy();

  const second = await open();
  await expect.poll(() => server.offered, { timeout: 15_000 }).toEqual(["not this one", password, password]);
  await second.page.getByText(/does not accept|Login refused/).waitFor({ state: "detached" });
  expect(await traces(second)).not.toContain(password);
});

test("on a desktop without a keychain it is kept until the app ends, and the page says so", async () => {
  const bare = { BAYPLAN_STAND_IN_KEYCHAIN: "basic_text" };
  const first = await open(bare);
  await type(first, password);
  await first.page.getByText("kept until Bayplan ends").waitFor();
  await expect.poll(() => server.offered, { timeout: 15_000 }).toEqual([password]);
  expect(first.log()).toContain("This desktop has no keychain");
  expect(await readdir(join(home, "data"))).not.toContain("secrets.json");
  expect(await traces(first)).not.toContain(password);
  expect(await first.close()).toBe(0);
  await first.destroy();

  const second = await open(bare);
  await second.page.getByLabel("Password").waitFor();
  expect(server.offered).toEqual([password]);
});
