/** A person at a container's menu: on a real Docker engine, and on a device with Kanto, which cannot do everything. */
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bayplan } from "../integration/bayplan-command.ts";
import { busyboxImage } from "../integration/engines-fixture.ts";
import { type SshServer, startSshServer } from "../integration/ssh-server-fixture.ts";
import { DaemonMqtt } from "../lab/kanto/daemon-mqtt.ts";
import { type KantoDevice, makeKantoDevice } from "../lab/kanto/kanto-device.ts";
import { type Broker, startMosquitto } from "../lab/kanto/mosquitto.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { type BrowserWindow, openWindow } from "./open-window.ts";
import { DevicePage } from "./pages/device-page.ts";

let home: string;
let lab: Lab;
let isOurs = false;
let docker: LabDevice;
let kanto: KantoDevice;
let broker: Broker;
let daemon: DaemonMqtt;
let server: SshServer;
let window: BrowserWindow;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-actions-"));
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 1, reuse: true });
  const [first] = lab.devices;
  if (first === undefined) throw new Error("The lab has no device.");
  docker = first;
  const script = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
  await docker.docker(["run", "-d", "--name", "worker", "--memory", "32m", busyboxImage, "sh", "-c", script]);

  kanto = makeKantoDevice();
  broker = await startMosquitto();
  daemon = await DaemonMqtt.start({ port: broker.port, state: kanto.state });
  server = await startSshServer({ SetEnv: `SHLVL=5 "PATH=${kanto.path}"` }, kanto.prepare(broker.port));
  const ours = execFileSync("ssh-keygen", ["-y", "-f", lab.clientKeyPath], { encoding: "utf8" });
  appendFileSync(join(server.folder, "authorized"), ours);
  for (const name of ["press", "belt"]) {
    const made = kanto.state.create({ container_name: name, image: { name: "docker.io/library/redis:7" } });
    kanto.state.start(made.container_id);
  }
  const env = { BAYPLAN_SSH_KEY: lab.clientKeyPath };
  const address = `root@127.0.0.1:${server.port}`;
  await bayplan(["devices", "trust", docker.name, "--fingerprint", docker.hostKeyFingerprint], { home, env });
  await bayplan(["devices", "add", address, "--name", "kanto-line"], { home, env });
  await bayplan(["devices", "trust", address, "--fingerprint", server.fingerprint], { home, env });
  window = await openWindow({ home, env });
});

afterAll(async () => {
  await window?.close();
  await server?.stop();
  await daemon?.stop();
  await broker?.stop();
  kanto?.remove();
  await docker?.docker(["rm", "-f", "worker", "worker-2"]);
  if (isOurs) await lab?.down();
  await rm(home, { recursive: true, force: true });
});

async function openMenu(container: string): Promise<Locator> {
  const { page } = window;
  await page.getByRole("button", { name: `Actions of ${container}` }).click();
  const menu = page.getByRole("menu");
  await menu.waitFor();
  return menu;
}

async function choose(container: string, action: string): Promise<Locator> {
  await (await openMenu(container)).getByRole("menuitem", { name: action }).click();
  const dialog = window.page.getByRole("dialog");
  await dialog.waitFor();
  return dialog;
}

/** In both themes, once the colours have changed over. */
async function shots(name: string): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await window.page.emulateMedia({ colorScheme: theme });
    await window.page.waitForTimeout(300);
    await window.shot(`${name}-${theme}`);
  }
}

const inspect = async (name: string, format: string): Promise<string> =>
  (await docker.docker(["inspect", "--format", format, name])).trim();

test("on Docker: a pause asks first, limits change while it runs, a new name shows at once, a removal takes the row", async () => {
  const { page } = window;
  const device = new DevicePage(page);
  await page.getByRole("link", { name: docker.name }).first().click();
  const asked = await choose("worker", "Pause");
  await asked.getByText("Nobody is answered until you unpause it.").waitFor();
  await asked.getByRole("button", { name: "Leave it" }).click();
  await asked.waitFor({ state: "detached" });
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "nothing");
  await expect.poll(focused).toBe("Actions of worker");
  expect(await inspect("worker", "{{.State.Status}}")).toBe("running");
  await (await choose("worker", "Pause")).getByRole("button", { name: "Pause" }).click();
  await device.containers.getByText("1 paused").waitFor();
  expect(await inspect("worker", "{{.State.Status}}")).toBe("paused");
  await (await openMenu("worker")).getByRole("menuitem", { name: "Unpause" }).click();
  await device.containers.getByText("1 running").waitFor();

  const limits = await choose("worker", "Change limits");
  await limits.getByLabel("Memory limit").fill("much");
  await limits.getByText("Write a size, for example 64 MiB.").waitFor();
  await limits.getByLabel("Memory limit").fill("48 MiB");
  await limits.getByLabel("CPU limit").fill("0.5");
  await limits.getByRole("button", { name: "on-failure" }).click();
  await shots("container-limits");
  await limits.getByRole("button", { name: "Change" }).click();
  await limits.waitFor({ state: "detached" });
  const said = await inspect("worker", "{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}");
  expect(said).toBe(`${48 * 1024 * 1024} on-failure`);

  const rename = await choose("worker", "Rename");
  await rename.getByLabel("New name").fill("worker-2");
  await rename.getByRole("button", { name: "Rename" }).click();
  await device.row("worker-2").waitFor();
  const remove = await choose("worker-2", "Remove");
  await remove.getByRole("button", { name: "Remove" }).click();
  // While a dialog is open, what lies behind it is no part of what is read aloud, nor of what is looked for here.
  await remove.waitFor({ state: "detached" });
  await expect.poll(() => device.row("worker-2").count()).toBe(0);
  expect(await docker.docker(["ps", "-aq", "--filter", "name=worker"])).toBe("");
});

test("on Kanto: what it cannot do is grey with its reason, and a pause goes over MQTT", async () => {
  const { page } = window;
  await page.getByRole("link", { name: "kanto-line" }).first().click();
  const menu = await openMenu("press");
  const restart = menu.getByRole("menuitem", { name: "Restart" });
  expect(await restart.getAttribute("aria-disabled")).toBe("true");
  await menu.getByText("Kanto restarts a container by its restart policy only").waitFor();
  await shots("container-menu");
  await page.keyboard.press("Escape");
  const limits = await choose("press", "Change limits");
  expect(await limits.getByLabel("CPU limit").isDisabled()).toBe(true);
  await limits.getByText("Kanto has no CPU limit").waitFor();
  await limits.getByRole("button", { name: "Leave them" }).click();
  await limits.waitFor({ state: "detached" });
  const pause = await choose("press", "Pause");
  await window.shot("container-pause-dark");
  await pause.getByRole("button", { name: "Pause" }).click();
  await new DevicePage(page).containers.getByText("1 paused").waitFor();
  expect(daemon.requests.map(({ topic }) => topic.split("/").at(-1))).toEqual(["pause"]);
  await page.setViewportSize({ width: 768, height: 1024 });
  await openMenu("press");
  await window.shot("container-menu-tablet-dark");
  expect(window.complaints).toEqual([]);
});
