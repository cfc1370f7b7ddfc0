import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ensureImages, SAMPLE_BASE_IMAGE } from "../lab/images.ts";
import { bringUpLab, ensureLocalEngine, type Lab } from "../lab/lab.ts";
import { type BrowserWindow, openWindow } from "./open-window.ts";
import { DevicePage } from "./pages/device-page.ts";
import { DevicesPage } from "./pages/devices-page.ts";
import { RunPage } from "./pages/run-page.ts";
import { StackPage } from "./pages/stack-page.ts";

let home: string;
let lab: Lab;
let window: BrowserWindow;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-e2e-"));
  await ensureLocalEngine();
  await ensureImages();
  lab = await bringUpLab({ devices: 3, withStacks: true });
  const env = {
    BAYPLAN_SSH_KEY: lab.clientKeyPath,
    BAYPLAN_SAMPLE_BROKER: SAMPLE_BASE_IMAGE,
    BAYPLAN_SAMPLE_PYTHON: SAMPLE_BASE_IMAGE,
  };
  window = await openWindow({ home, env });
});

afterAll(async () => {
  await window?.close();
  await lab?.down();
  await rm(home, { recursive: true, force: true });
});

test("finds the devices of the LAN and asks about their keys", async () => {
  const devices = new DevicesPage(window.page);
  for (const device of lab.devices) await devices.card(device.name).waitFor();
  await window.shot("devices-new");
  for (const device of lab.devices) await devices.trust(device.name, device.hostKeyFingerprint);
  for (const device of lab.devices) await devices.whenLive(device.name);
  await window.page.waitForTimeout(3_000);
  await window.shot("devices");
});

test("opens a device and reads its containers and logs", async () => {
  const [first] = lab.devices;
  if (first === undefined) throw new Error("The lab has no device.");
  await new DevicesPage(window.page).openDevice(first.name);
  const device = new DevicePage(window.page);
  await device.containers.waitFor();
  // What the engine itself says is the reference.
  const services = (await first.docker(["ps", "-a", "--format", '{{.Label "com.docker.compose.service"}}'])).split(
    "\n",
  );
  const named = services.filter((service) => service !== "");
  expect(named.length).toBeGreaterThan(2);
  for (const service of named) await device.row(service).first().waitFor();
  // The ticker numbers its lines: what is in view must follow on without a hole or a repeat.
  await expect
    .poll(async () => (await device.lineNumbers(/tick (\d+)/g)).length, { timeout: 10_000 })
    .toBeGreaterThan(5);
  const numbers = await device.lineNumbers(/tick (\d+)/g);
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  await window.page.waitForTimeout(4_000);
  await window.shot("device");
});

test("runs the sample stack inside a board's budget and shows the verdict", async () => {
  const stack = new StackPage(window.page);
  await stack.openSample();
  await stack.chooseModel("Raspberry Pi Zero 2 W");
  await window.shot("stack");
  await stack.measureFor("30 s");
  await stack.run();
  const run = new RunPage(window.page);
  await run.cancel.waitFor();
  await window.page
    .getByText(/^Steady 0:/)
    .first()
    .waitFor({ timeout: 150_000 });
  await run.tool("Pause").click();
  await run.hint.getByText(/^Paused at 0:/).waitFor();
  await window.page.waitForTimeout(12_000);
  // The view stood still while the run went on.
  await run.hint.getByText(/behind by 1[1-4] s/).waitFor();
  await run.tool("Resume").click();
  await run.hint.getByText("Drag marks a span").waitFor();
  await run.logLines.first().waitFor();
  await window.shot("run");
  await run.verdict.waitFor({ timeout: 120_000 });
  expect(await run.answer()).toBe("Does not fit");
  await window.shot("verdict");
  // Killed at the budget of the one that was measured: so it does not fit a smaller board, and is open on a bigger one.
  await run.matrix.getByText("Pi Zero 2 W").waitFor();
  const measured = await run.fitOf("Zero 2 W");
  expect([measured?.projected, measured?.cells.at(-1)]).toEqual([false, "Does not fit"]);
  const bigger = await run.fitOf("Pi 4 Model B 8GB");
  expect([bigger?.projected, bigger?.cells.at(-1)]).toEqual([true, "Unknown"]);
  expect(await run.fitOf("no such board")).toBeNull();
});

test("a file that cannot be run says where and why", async () => {
  const file = join(home, "compose.yaml");
  await writeFile(file, "services:\n  web:\n    image: [1, 2]\n");
  await new StackPage(window.page).openFile(file);
  await window.page.getByRole("list", { name: "Findings" }).getByText(/image/).first().waitFor();
  expect(await window.page.getByRole("button", { name: /^Run/ }).isDisabled()).toBe(true);
  await window.shot("stack-with-error");
});

test("dark, and on a tablet", async () => {
  await window.page.emulateMedia({ colorScheme: "dark" });
  await new DevicesPage(window.page).open();
  await window.page.waitForTimeout(2_000);
  await window.shot("devices-dark");
  await window.page.setViewportSize({ width: 768, height: 1024 });
  await window.page.waitForTimeout(500);
  await window.shot("devices-tablet-dark");
  const wide = await window.page.evaluate(
    () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
  );
  expect(wide).toBe(false);
});

test("the page never complained", () => {
  expect(window.complaints).toEqual([]);
});
