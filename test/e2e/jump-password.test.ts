/** A person in the window, and a device behind a jump host that takes a password. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SshServer, startSshServer } from "../integration/ssh-server-fixture.ts";
import { type PasswordServer, startPasswordServer } from "./electron/password-server.ts";
import { type BrowserWindow, openWindow } from "./open-window.ts";

const password = `through-the-gate-${process.pid}`;
let home: string;
let person: string;
let gate: PasswordServer;
let target: SshServer;
let window: BrowserWindow;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "bayplan-e2e-"));
  person = mkdtempSync(join(tmpdir(), "bayplan-person-"));
  target = await startSshServer();
  gate = await startPasswordServer("anna", password);
  mkdirSync(join(person, ".ssh"), { mode: 0o700 });
  writeFileSync(
    join(person, ".ssh", "config"),
    `Host bench\n  HostName 127.0.0.1\n  Port ${target.port}\n  User root\n  ProxyJump gate\n  IdentityFile ${target.folder}/id\n` +
      `Host gate\n  HostName 127.0.0.1\n  Port ${gate.port}\n  User anna\n`,
  );
  writeFileSync(join(person, ".ssh", "known_hosts"), `[127.0.0.1]:${gate.port} ${gate.publicKey}\n`);
  window = await openWindow({ home, env: { HOME: person, SSH_AUTH_SOCK: "" } });
});

afterAll(async () => {
  await window?.close();
  await target?.stop();
  await gate?.close();
  rmSync(home, { recursive: true, force: true });
  rmSync(person, { recursive: true, force: true });
});

test("the page says which host asks and for whose password, refuses a wrong one, and goes on to the device", async () => {
  const { page } = window;
  await page.getByRole("link", { name: /bench/ }).first().click();
  await page.getByRole("button", { name: "Connect as root" }).click();

  const field = page.getByLabel("Password of anna on the jump host gate");
  await field.fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByText("does not accept this password").first().waitFor();
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await window.shot(`jump-password-${theme}`);
  }
  await page.setViewportSize({ width: 768, height: 1024 });
  await window.shot("jump-password-tablet");
  expect(target.log()).not.toMatch(/Accepted|authenticating/);

  await field.fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("button", { name: "Trust and add" }).click();
  await expect.poll(() => target.log(), { timeout: 10_000 }).toContain("Accepted publickey");
  expect(gate.offered).toEqual(["wrong", password, password]);
  expect(await page.content()).not.toContain(password);
  expect(window.complaints).toEqual([]);
});
