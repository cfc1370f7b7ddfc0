/** A device whose names and logs are programs to a browser, in a real one: they are text, and nothing but text. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bayplan } from "../integration/bayplan-command.ts";
import { type HostileDevice, hostileText, startHostileDevice } from "../integration/hostile-device.ts";
import { containerAnswers, frame, good, held, text } from "../integration/hostile-engine.ts";
import { type BrowserWindow, openWindow } from "./open-window.ts";
import { DevicePage } from "./pages/device-page.ts";

const payloads = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(2)</script>",
  '"><iframe srcdoc="<script>alert(3)</script>">',
  "<svg onload=alert(4)>",
  '<a href="javascript:alert(5)">press</a>',
  "<link rel=stylesheet href=//127.0.0.1:1/x.css>",
  "\u001b[31mred <b>bold</b>\u001b[0m \u001b]8;;javascript:alert(6)\u0007link\u001b]8;;\u0007",
];

let device: HostileDevice;
let home: string;
let window: BrowserWindow;
const dialogs: string[] = [];
const asked: string[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "bayplan-hostile-home-"));
  device = await startHostileDevice();
  const hostile = hostileText(device.marker);
  const containers = payloads.map((payload, at) => {
    const labels = { "com.docker.compose.project": payload, "com.docker.compose.service": payload };
    const wish = { name: `${payload}${hostile}`, image: `image-${at}${payload}`, ...(at % 2 === 0 ? { labels } : {}) };
    return { id: `c${at}`, ...containerAnswers(`c${at}`, wish) };
  });
  const log = Buffer.concat(
    [...payloads, hostile].map((line) => frame(Buffer.from(`2026-11-24T10:00:00.000000001Z ${line}\n`))),
  );
  device.engine.answers["/containers/json"] = good(containers.map(({ listed }) => listed));
  for (const { id, inspected } of containers) {
    device.engine.answers[`/containers/${id}/json`] = good(inspected);
    device.engine.answers[`/containers/${id}/logs`] = (socket, query) =>
      (query.includes("follow=1") ? held(log) : text(log))(socket, query);
  }
  const env = { BAYPLAN_SSH_KEY: join(device.server.folder, "id") };
  await bayplan(["devices", "trust", device.address, "--fingerprint", device.server.fingerprint], { home, env });
  window = await openWindow({ home, env });
  window.page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    dialog.dismiss().catch(() => undefined);
  });
  window.page.on("request", (request) => asked.push(request.url()));
});

afterAll(async () => {
  await window?.close();
  await device?.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Of what the payloads would make there is nothing in the page. */
async function expectNothingMade(): Promise<void> {
  const made = [
    'img[src="x"]',
    "iframe",
    "svg[onload]",
    "b:text-is('bold')",
    '[href^="javascript:"]',
    '[href*="127.0.0.1:1/"]',
    "script:not([src])",
    "[onerror]",
  ];
  for (const selector of made) expect([selector, await window.page.locator(selector).count()]).toEqual([selector, 0]);
}

function hasText(place: Locator, words: string): Promise<boolean> {
  return place.allInnerTexts().then((texts) => texts.some((each) => each.includes(words)));
}

test("the wall shows the device's name as it is written", async () => {
  const card = window.page.getByRole("article").filter({ hasText: "<img src=x onerror=alert(1)>" });
  await card.first().waitFor({ timeout: 20_000 });
  await expectNothingMade();
  await window.shot("hostile-wall");
});

test("containers, images and log lines are text", async () => {
  const { page } = window;
  await page.getByRole("article").filter({ hasText: "<img src=x" }).getByRole("link").first().click();
  const { containers, logs } = new DevicePage(page);
  for (const payload of payloads.slice(0, 6)) {
    await expect.poll(() => hasText(containers, payload), { timeout: 20_000 }).toBe(true);
    await expect.poll(() => hasText(logs, payload), { timeout: 20_000 }).toBe(true);
  }
  // Colours are shown, and what an escape sequence says of a link is not.
  const lines = page.locator(".log-row .message");
  await expect.poll(() => hasText(lines, "red <b>bold</b>"), { timeout: 20_000 }).toBe(true);
  expect(await hasText(lines, "javascript:alert(6)")).toBe(false);
  await expectNothingMade();
  await window.shot("hostile-device");
});

test("nothing was run, nobody was asked, nothing was shown that is no text", async () => {
  const { origin } = new URL(window.page.url());
  expect(dialogs).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith("data:"))).toEqual([]);
  expect(window.complaints).toEqual([]);
  expect(existsSync(device.marker)).toBe(false);
});
