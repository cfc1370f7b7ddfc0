/** The page of a device in a real browser: its log goes on over a break, and a click opens a port. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bayplan } from "../integration/bayplan-command.ts";
import { busyboxImage } from "../integration/engines-fixture.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { type BrowserWindow, openWindow } from "./open-window.ts";

let home: string;
let lab: Lab;
let isOurs = false;
let target: LabDevice;
let window: BrowserWindow;

const labels = (service: string) => ["com.docker.compose.project=plant", `com.docker.compose.service=${service}`];

async function runService(service: string, script: string, options: string[] = []): Promise<void> {
  const withLabels = labels(service).flatMap((label) => ["--label", label]);
  const name = `plant-${service}-1`;
  await target.docker(["run", "-d", "--name", name, ...withLabels, ...options, busyboxImage, "sh", "-c", script]);
}

const counter = (from: number) => `i=${from}; while :; do echo "step $i of the line"; i=$((i+1)); sleep 0.1; done`;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-live-"));
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 1, reuse: true });
  const [first] = lab.devices;
  if (first === undefined) throw new Error("The lab has no device.");
  target = first;
  const env = { BAYPLAN_SSH_KEY: lab.clientKeyPath };
  await runService("counter", counter(0), ["--memory", "64m"]);
  await runService("web", "mkdir /w; echo hello from the device >/w/index.html; httpd -f -p 80 -h /w", [
    "-p",
    "8089:80",
  ]);
  await bayplan(["devices", "trust", target.name, "--fingerprint", target.hostKeyFingerprint], { home, env });
  window = await openWindow({ home, env });
});

afterAll(async () => {
  await window?.close();
  await target.docker(["rm", "-f", "plant-counter-1", "plant-web-1"]);
  if (isOurs) await lab.down();
  await rm(home, { recursive: true, force: true });
});

/** The steps that the log shows, in its order. */
async function steps(): Promise<number[]> {
  const texts = await window.page.locator(".log-row .message").allTextContents();
  return texts.flatMap((text) => /^step (\d+) of/.exec(text)?.[1] ?? []).map(Number);
}

test("the log goes on after its connection broke and its container was made anew, in one list, with marks", async () => {
  const { page } = window;
  await page.getByRole("link", { name: target.name }).first().click();
  await expect.poll(async () => (await steps()).length, { timeout: 20_000 }).toBeGreaterThan(5);
  await target.sh("for p in $(pgrep -x sshd); do [ $p = $(cat /run/sshd.pid) ] || kill -9 $p; done");
  await page.getByText("Connected again after").waitFor({ timeout: 20_000 });
  await target.docker(["rm", "-f", "plant-counter-1"]);
  await runService("counter", counter(5_000), ["--memory", "64m"]);
  await page.getByText("counter has a new container.").waitFor({ timeout: 20_000 });
  await expect.poll(async () => (await steps()).at(-1) ?? 0, { timeout: 20_000 }).toBeGreaterThan(5_005);
  const shown = await steps();
  expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
  await window.shot("device-log-marks");
});

test("a click on a published port opens it on this machine, and it can be closed", async () => {
  const { page } = window;
  const opening = page.context().waitForEvent("page");
  await page.getByRole("button", { name: "8089→80" }).click();
  const opened = await opening;
  await expect.poll(() => opened.content(), { timeout: 10_000 }).toContain("hello from the device");
  await opened.close();
  const link = page.getByRole("list", { name: "Open ports" }).getByRole("link");
  expect(await link.getAttribute("href")).toBe("http://127.0.0.1:8089/");
  await window.shot("device-open-port");
  await page.setViewportSize({ width: 768, height: 1024 });
  await page.emulateMedia({ colorScheme: "dark" });
  await window.shot("device-open-port-tablet-dark");
  await page.getByRole("button", { name: "Close web, port 80" }).click();
  await link.waitFor({ state: "detached" });
  await expect(fetch("http://127.0.0.1:8089/")).rejects.toThrow();
  // What the opened page's own icon said is not ours.
  expect(window.complaints).toEqual([]);
});
