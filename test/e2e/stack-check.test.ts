/** The page of a stack checks its file for a system, says what will bite, and mends what needs no decision. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserWindow, openWindow } from "./open-window.ts";
import { StackPage } from "./pages/stack-page.ts";

const text = `# the site's stack
services:
  db:
    image: postgres:16.4 # pinned by hand
    volumes: ["data:/var/lib/postgresql/data"]
  web:
    image: nginx:1.27.1
    depends_on: [db]
    mem_limit: 1.5g
volumes: { data: }
`;

let home: string;
let file: string;
let window: BrowserWindow;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-e2e-"));
  file = join(home, "compose.yaml");
  await writeFile(file, text);
  window = await openWindow({ home });
});

afterAll(async () => {
  await window?.close();
  await rm(home, { recursive: true, force: true });
});

test("what will bite stands beside the source, and changes with the system", async () => {
  const { page } = window;
  await new StackPage(page).openFile(file);
  const bar = page.locator(".check-bar");
  await bar.getByText(/\d+ warnings/).waitFor();
  await page.getByRole("button", { name: /in line 3:/ }).waitFor();
  await page.getByRole("list", { name: "Findings" }).getByText("`db` has no `restart`").waitFor();
  await window.shot("stack-check-docker");
  await page.getByRole("button", { name: "balena", exact: true }).click();
  await bar.getByText(/1 error/).waitFor();
  await page.getByRole("button", { name: /Error in line 9: balena reads `mem_limit: 1\.5g`/ }).click();
  await page.getByText("Write `1536m`.").first().waitFor();
  await page.setViewportSize({ width: 768, height: 1024 });
  await page.emulateMedia({ colorScheme: "dark" });
  // Colours change over in a moment, not at once.
  await page.waitForTimeout(400);
  await window.shot("stack-check-balena-tablet-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 800 });
});

test("mending shows the change before it is written, keeps the comments, and can be left", async () => {
  const { page } = window;
  await page.getByRole("button", { name: "Docker", exact: true }).click();
  const mend = page.getByRole("button", { name: /^Mend \d+/ });
  await mend.click();
  const dialog = page.getByRole("dialog", { name: "What will be changed" });
  await dialog.getByText("+    restart: unless-stopped").first().waitFor();
  await window.shot("stack-mend");
  await dialog.getByRole("button", { name: "Leave it as it is" }).click();
  await dialog.waitFor({ state: "hidden" });
  expect(await readFile(file, "utf8")).toBe(text);

  await mend.click();
  await dialog.getByRole("button", { name: "Write it" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("restart: unless-stopped").first().waitFor();
  const written = await readFile(file, "utf8");
  expect(written).toContain("# the site's stack");
  expect(written).toContain("postgres:16.4 # pinned by hand");
  expect(written.match(/restart: unless-stopped/g)).toHaveLength(2);
  await page.getByRole("button", { name: "Nothing to mend" }).waitFor();
  expect(window.complaints).toEqual([]);
});

test("pointing at a line says why, where that is written, and mends that alone", async () => {
  const { page } = window;
  await writeFile(file, text);
  const line = page.locator('[data-line="3"] .code-line');
  await line.hover();
  const card = page.getByRole("dialog", { name: "Found in line 3" });
  await card.getByText("`db` has no `restart`").waitFor();
  await card
    .getByText(/^Source: docs\.docker\.com/)
    .first()
    .waitFor();
  await window.shot("stack-finding-card");
  await page.keyboard.press("Escape");
  await card.waitFor({ state: "hidden" });
  await page.mouse.move(0, 0);
  await line.hover();
  await card
    .locator(".finding-text")
    .filter({ hasText: "no `restart`" })
    .getByRole("button", { name: "Mend this" })
    .click();
  const dialog = page.getByRole("dialog", { name: "What will be changed" });
  await dialog.getByText("One finding is settled by it.").waitFor();
  await dialog.getByRole("button", { name: "Write it" }).click();
  await dialog.waitFor({ state: "hidden" });
  expect(await readFile(file, "utf8")).toBe(text.replace("by hand\n", "by hand\n    restart: unless-stopped\n"));
  expect(window.complaints).toEqual([]);
});

test("a file that cannot be read says where and why, and nothing can be mended", async () => {
  const { page } = window;
  await writeFile(file, "services:\n  web:\n    image: nginx\n    prots: []\n");
  await page.getByRole("button", { name: "Read again" }).click();
  await page
    .getByRole("button", { name: /Error in line 4/ })
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Nothing to mend" }).waitFor();
  await window.shot("stack-check-unreadable");
});
