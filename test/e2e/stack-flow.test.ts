/** One flow: a file with its `bayplan.yaml`, targets, run, verdict, limits in the file, and once more. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUSYBOX_IMAGE, ensureImages } from "../lab/images.ts";
import { ensureLocalEngine } from "../lab/lab.ts";
import { type BrowserWindow, openWindow } from "./open-window.ts";
import { RunPage } from "./pages/run-page.ts";
import { StackPage } from "./pages/stack-page.ts";

const compose = `# The comment stays.
services:
  ticker:
    image: ${BUSYBOX_IMAGE}
    command: sh -c 'while true; do echo tick; sleep 0.2; done'
    restart: unless-stopped
`;

const settings = `budgets: memory=256MiB,cpus=0.5
duration: 4s
warmUp: 0s
gates: { startup: 60s, memoryHeadroom: 20% }
`;

let home: string;
let file: string;
let window: BrowserWindow;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-e2e-"));
  file = join(home, "compose.yaml");
  await writeFile(file, compose);
  await writeFile(join(home, "bayplan.yaml"), settings);
  await ensureLocalEngine();
  await ensureImages();
  // No scanner is found on such a path, whatever this machine has.
  window = await openWindow({ home: join(home, "data"), env: { PATH: "/nowhere" } });
});

afterAll(async () => {
  await window?.close();
  await rm(home, { recursive: true, force: true });
});

test("what bayplan.yaml says is chosen and shown, and a scan without a scanner says so", async () => {
  const stack = new StackPage(window.page);
  await stack.openFile(file);
  await stack.code.getByText("ticker").first().waitFor();
  await window.page.getByText("20 % of the memory free, healthy in 60 s").waitFor();
  expect(await window.page.getByRole("checkbox", { name: /^Custom/ }).isChecked()).toBe(true);
  expect(await window.page.getByRole("button", { name: "4 s", exact: true }).getAttribute("aria-pressed")).toBe("true");
  await stack.scan();
  await window.page.getByText("Not scanned.").waitFor();
  await window.shot("stack-plan");
});

test("a run leads to its verdict, the verdict to the file, and the file to the next run", async () => {
  const stack = new StackPage(window.page);
  const run = new RunPage(window.page);
  await stack.run();
  await run.charts.waitFor();
  await run.verdict.waitFor({ timeout: 120_000 });
  await window.page.getByRole("region", { name: "Gates" }).getByText("Passed").first().waitFor();
  await window.page.getByRole("button", { name: "Write into the file" }).click();
  await window.page.getByRole("button", { name: "Write it" }).click();
  await window.page.getByText("The limits are in the file.").waitFor();
  await window.shot("verdict-written");
  const written = await readFile(file, "utf8");
  expect(written).toContain("# The comment stays.");
  expect(written).toMatch(/mem_limit: \d+m/);
  await window.page.getByRole("region", { name: "Advice" }).getByRole("button", { name: "Run again" }).click();
  await run.cancel.waitFor();
  await run.cancel.click();
  await window.page.getByText("There is no verdict for a run that was cut short.").waitFor({ timeout: 60_000 });
});

test("the page never complained", () => {
  expect(window.complaints).toEqual([]);
});
