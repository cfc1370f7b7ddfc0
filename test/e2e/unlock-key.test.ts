/** A person in the window, and a device that takes only a key which has a passphrase. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SshServer, startSshServer } from "../integration/ssh-server-fixture.ts";
import { type BrowserWindow, openWindow } from "./open-window.ts";

const passphrase = `in-the-window-${process.pid}`;
let home: string;
let person: string;
let key: string;
let target: SshServer;
let window: BrowserWindow;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "bayplan-e2e-"));
  person = mkdtempSync(join(tmpdir(), "bayplan-person-"));
  target = await startSshServer();
  mkdirSync(join(person, ".ssh"), { mode: 0o700 });
  key = join(person, ".ssh", "id_ed25519");
  execFileSync("cp", [join(target.folder, "id"), key]);
  execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", key]);
  window = await openWindow({ home, env: { HOME: person, SSH_AUTH_SOCK: "" } });
});

afterAll(async () => {
  await window?.close();
  await target?.stop();
  rmSync(home, { recursive: true, force: true });
  rmSync(person, { recursive: true, force: true });
});

test("the page names the key, refuses a wrong passphrase, takes the right one, and says how it is kept", async () => {
  const { page } = window;
  await page.getByRole("button", { name: "Add by address" }).first().click();
  await page.getByRole("textbox", { name: /^Address/ }).fill(`root@127.0.0.1:${target.port}`);
  await page.getByRole("textbox", { name: /^Name/ }).fill("bench");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByRole("link", { name: /bench/ }).first().click();
  await page.getByRole("button", { name: "Trust and add" }).click();

  const field = page.getByLabel("Passphrase of id_ed25519");
  await field.fill("wrong");
  await page.getByRole("button", { name: "Open the key" }).click();
  await page.getByText(`This is not the passphrase of ${key}.`).waitFor();
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await window.shot(`unlock-key-${theme}`);
  }
  await page.setViewportSize({ width: 768, height: 1024 });
  await window.shot("unlock-key-tablet");

  await field.fill(passphrase);
  await page.getByRole("button", { name: "Open the key" }).click();
  await page.getByText("The passphrase of your key is kept until Bayplan ends.").waitFor();
  await field.waitFor({ state: "detached" });
  await expect.poll(() => target.log(), { timeout: 10_000 }).toContain("Accepted publickey");
  expect(await page.content()).not.toContain(passphrase);
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files) expect(readFileSync(join(file.parentPath, file.name), "utf8")).not.toContain(passphrase);
  expect(window.complaints).toEqual([]);
});
