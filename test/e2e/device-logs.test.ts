/** The log panel over a log that is long: read to its first line, searched, saved, with rows that stay where they are. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bayplan } from "../integration/bayplan-command.ts";
import { busyboxImage } from "../integration/engines-fixture.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { type BrowserWindow, openWindow } from "./open-window.ts";
import { LogPanel } from "./pages/log-panel.ts";

const lines = 500_000;
/** The machine may be busy: what is waited for comes, however long it takes. */
const slow = { timeout: 60_000 };

let home: string;
let lab: Lab;
let isOurs = false;
let target: LabDevice;
let window: BrowserWindow;
let panel: LogPanel;

async function runService(service: string, script: string): Promise<void> {
  const labels = ["com.docker.compose.project=plant", `com.docker.compose.service=${service}`];
  const name = `plant-${service}-1`;
  const withLabels = labels.flatMap((label) => ["--label", label]);
  await target.docker(["run", "-d", "--name", name, ...withLabels, busyboxImage, "sh", "-c", script]);
}

/** Prints a line each time that the file /go in the container is told so. */
const waiter = "while :; do if [ -e /go ]; then cat /go; rm /go; fi; sleep 0.1; done";
const print = (service: string, words: string) =>
  target.docker(["exec", `plant-${service}-1`, "sh", "-c", `echo '${words}' >/tmp/go; mv /tmp/go /go`]);

const many = `awk 'BEGIN { for (i = 0; i < ${lines}; i++) print (i % 1000 == 999 ? "ERROR valve stuck at step " : "step ") i " of the line" }'`;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-logs-"));
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 1, reuse: true });
  const [first] = lab.devices;
  if (first === undefined) throw new Error("The lab has no device.");
  target = first;
  const env = { BAYPLAN_SSH_KEY: lab.clientKeyPath };
  await runService("press", `${many}; ${waiter}`);
  await runService("oven", `echo the oven is warm; ${waiter}`);
  await bayplan(["devices", "trust", target.name, "--fingerprint", target.hostKeyFingerprint], { home, env });
  window = await openWindow({ home, env });
  panel = new LogPanel(window.page);
  await window.page.getByRole("link", { name: target.name }).first().click();
});

afterAll(async () => {
  await window?.close();
  await target.docker(["rm", "-f", "plant-press-1", "plant-oven-1"]);
  if (isOurs) await lab.down();
  await rm(home, { recursive: true, force: true });
});

const lastShown = async () => (await panel.shown()).at(-1) ?? "";

test("shows the end first, and the whole log when it is asked for: both ends of it, by the bar and by the wheel", async () => {
  const printed = () => target.docker(["logs", "--tail", "1", "plant-press-1"]);
  await expect.poll(printed, slow).toContain(`step ${lines - 1} of the line`);
  await expect.poll(async () => (await panel.shown()).length, slow).toBeGreaterThan(3);
  await window.shot("logs-first");
  await panel.button("Read the whole log").click();
  await expect.poll(() => panel.foot.innerText(), slow).toContain(`${(lines + 1).toLocaleString("en-US")} lines`);
  await expect.poll(lastShown, slow).toContain("step 499999 of the line");
  await panel.drag(0);
  await expect
    .poll(() => panel.shown().then((rows) => rows.slice(0, 2)), slow)
    .toEqual(["step 0 of the line", "step 1 of the line"]);
  expect(await panel.top()).toEqual({ row: 0, px: 0 });
  await panel.drag(0.5);
  await expect.poll(async () => (await panel.shown())[0] ?? "", slow).toMatch(/^step \d+ of/);
  const middle = await panel.top();
  expect(Math.abs(middle.row - lines / 2)).toBeLessThan(20);
  await panel.wheel(207);
  await expect
    .poll(async () => {
      const now = await panel.top();
      return now.row * 20 + now.px - (middle.row * 20 + middle.px);
    }, slow)
    .toBe(207);
  const numbers = (await panel.shown()).map((text) => Number(/step (\d+) of/.exec(text)?.[1]));
  expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) + index));
  // The other container's line is among those before.
  const { row } = await panel.top();
  expect([row, row - 1]).toContain(numbers[0]);
});

test("stays where somebody looks while lines come, counts them, and goes back to the end", async () => {
  await panel.list.press("End");
  await panel.button("Pause").waitFor();
  await panel.list.press("Home");
  await expect.poll(async () => (await panel.shown())[0] ?? "", slow).toBe("step 0 of the line");
  const before = await panel.top();
  await print("press", "one more");
  await expect.poll(() => panel.newLines.innerText(), slow).toBe("1 new line");
  expect(await panel.top()).toEqual(before);
  await panel.newLines.click();
  await expect.poll(lastShown, slow).toBe("one more");
  await print("oven", "hot now");
  await expect.poll(lastShown, slow).toBe("hot now");
  await panel.wheel(-60);
  await panel.button("Follow").waitFor();
  await panel.wheel(400);
  await panel.button("Pause").waitFor();
  await window.shot("logs-end");
});

test("finds everything that is held, from here and round at the end, and says what is wrong with an expression", async () => {
  const { page } = window;
  await panel.drag(0);
  await expect.poll(() => panel.top().then(({ row }) => row), slow).toBe(0);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("valve stuck");
  await expect.poll(() => panel.hits.innerText(), slow).toBe("1 of 500");
  const current = panel.list.locator(".log-row.current");
  expect(await current.innerText()).toContain("step 999 of the line");
  expect(await current.locator("mark").allInnerTexts()).toEqual(["valve stuck"]);
  await page.keyboard.press("Enter");
  await expect.poll(() => panel.hits.innerText(), slow).toBe("2 of 500");
  await expect.poll(() => current.innerText(), slow).toContain("step 1999 of the line");
  await window.shot("logs-search");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.press("Shift+Enter");
  await expect.poll(() => panel.hits.innerText(), slow).toBe("500 of 500");
  await expect.poll(() => current.innerText(), slow).toContain(`step ${lines - 1} of the line`);
  await panel.button("Match case").click();
  await panel.searchField.fill("Valve Stuck");
  await expect.poll(() => panel.hits.innerText(), slow).toBe("None");
  await panel.button("Match case").click();
  await expect.poll(() => panel.hits.innerText(), slow).toMatch(/^\d+ of 500$/);
  await panel.button("Regular expression").click();
  await panel.searchField.fill("^step (7|49999\\d) of");
  await expect.poll(() => panel.hits.innerText(), slow).toMatch(/^\d+ of 10$/);
  await panel.searchField.fill("step (");
  await panel.root.getByText("This is no regular expression: Unterminated group.").waitFor();
  await window.shot("logs-search-wrong");
  await panel.searchField.fill("(step|of)+ hot");
  await print("oven", "step hot");
  await panel.searchField.fill("step hot|one more");
  await expect.poll(() => panel.hits.innerText(), slow).toMatch(/^\d of 2$/);
  await page.keyboard.press("Escape");
  expect(await panel.searchField.inputValue()).toBe("");
});

test("saves every line that is held into a file, and copies whole rows", async () => {
  const { page } = window;
  const download = page.waitForEvent("download", { timeout: 60_000 });
  await panel.button("Save all lines to a file").click();
  const file = await (await download).path();
  const saved = (await readFile(file, "utf8")).trimEnd().split("\n");
  const pressed = saved.filter((line) => / press (ERROR valve stuck at )?step \d+ of the line$/.test(line));
  expect(pressed).toHaveLength(lines);
  expect(pressed.map((line) => Number(/step (\d+)/.exec(line)?.[1]))).toEqual(
    Array.from({ length: lines }, (_, i) => i),
  );
  expect(saved.at(-1)).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z oven step hot$/);
  const copied = await panel.list.evaluate((list) => {
    const rows = [...list.querySelectorAll(".log-row:not(.waiting)")].slice(-3);
    const [from, to] = [rows[0], rows[2]];
    if (from === undefined || to === undefined) return "";
    getSelection()?.setBaseAndExtent(from, 0, to, 2);
    const clipboardData = new DataTransfer();
    list.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }));
    return clipboardData.getData("text/plain");
  });
  expect(
    copied
      .split("\n")
      .slice(0, 3)
      .map((line) => line.replace(/^\S+Z /, "")),
  ).toEqual(saved.slice(-3).map((line) => line.replace(/^\S+Z /, "")));
});

test("looks right alone, wrapped, dark and on a tablet", async () => {
  const { page } = window;
  await print("press", `wide ${"lorem ipsum ".repeat(60)}`);
  await panel.button("Show the log alone").click();
  await panel.button("Follow").click();
  await panel.button("Wrap long lines").click();
  await expect.poll(lastShown, slow).toContain("wide lorem");
  const heights = await panel.list.locator(".log-row").evaluateAll((rows) => rows.map((row) => row.clientHeight));
  expect(Math.max(...heights)).toBeGreaterThan(60);
  await panel.drag(0.3);
  await expect.poll(async () => (await panel.shown())[0] ?? "", slow).toMatch(/step \d+/);
  await window.shot("logs-alone-light");
  await page.emulateMedia({ colorScheme: "dark" });
  await panel.searchField.fill("valve");
  await expect.poll(() => panel.hits.innerText(), slow).toMatch(/of 500$/);
  await window.shot("logs-alone-dark");
  await page.setViewportSize({ width: 768, height: 1024 });
  await window.shot("logs-alone-tablet-dark");
  await page.emulateMedia({ colorScheme: "light" });
  await panel.button("Show the whole page").click();
  await panel.root.scrollIntoViewIfNeeded();
  await window.shot("logs-tablet-light");
  expect(window.complaints).toEqual([]);
});
