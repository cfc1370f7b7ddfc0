/** A kept run, looked at closely: zoom, a marked span with its figures and log lines, events, targets. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RunId } from "../../src/shared/domain/index.ts";
import { keepRun } from "./kept-run.ts";
import { type BrowserWindow, openWindow } from "./open-window.ts";
import { RunPage } from "./pages/run-page.ts";

let home: string;
let runId: RunId;
let window: BrowserWindow;
let run: RunPage;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-e2e-"));
  runId = await keepRun(home);
  window = await openWindow({ home });
  run = new RunPage(window.page);
});

afterAll(async () => {
  await window?.close();
  await rm(home, { recursive: true, force: true });
});

async function open(address: string): Promise<void> {
  await window.page.evaluate((hash) => {
    location.hash = hash;
  }, address);
}

describe("the charts of a run", () => {
  beforeEach(async () => {
    // Another address in between: a view that was zoomed is not kept.
    await open("/runs");
    await open(`/runs/${runId}/charts/0`);
    await run.charts.waitFor();
    await run.hint.getByText("Drag marks a span").waitFor();
  });

  test("a dragged span has its figures and its log lines, and only its own", async () => {
    await run.drag(40 / 60, 45 / 60);
    await run.span.getByText("Marked").waitFor();
    await run.logLines.filter({ hasText: "cannot allocate memory" }).waitFor();
    // Those of all of it stand there until those of the span have come.
    await expect.poll(() => run.logLines.count()).toBeLessThanOrEqual(6);
    await expect.poll(async () => Number((await run.figuresOf("broker"))[0])).toBeGreaterThan(420);
    expect((await run.figuresOf("broker"))[1]).toBe("0:42.3");
    await run.drag(10 / 60, 20 / 60);
    await run.logLines.filter({ hasText: "line of second 15" }).waitFor();
    expect(await run.logLines.filter({ hasText: "cannot allocate" }).count()).toBe(0);
    await expect.poll(async () => Number((await run.figuresOf("broker"))[0])).toBeLessThan(50);
    await window.shot("run-marked");
    await run.span.getByRole("button", { name: "Unmark" }).click();
    await run.span.getByText("In view").waitFor();
  });

  test("wheel, buttons and keys zoom, and the way back is there", async () => {
    const point = await run.pointAt(0.5);
    await window.page.mouse.move(point.x, point.y);
    await window.page.keyboard.down("Control");
    await window.page.mouse.wheel(0, -400);
    await window.page.keyboard.up("Control");
    await run.hint.getByText(/^0:1\d to 0:4\d of 1:00$|^0:1\d to 0:4\d of 0:59$/).waitFor();
    await run.tool("Zoom in").click();
    await run.hint.getByText(/^0:2\d to 0:3\d/).waitFor();
    await run.tool("Show all").click();
    await run.hint.getByText("Drag marks a span").waitFor();
    await run.drag(40 / 60, 45 / 60);
    await run.charts.focus();
    await window.page.keyboard.press("Enter");
    await run.hint.getByText(/^0:3\d|^0:4\d to 0:4\d/).waitFor();
    await window.page.keyboard.press("0");
    await run.hint.getByText("Drag marks a span").waitFor();
  });

  test("a plain wheel scrolls the page and leaves the charts as they are", async () => {
    const point = await run.pointAt(0.5);
    await window.page.mouse.move(point.x, point.y);
    await window.page.mouse.wheel(0, 300);
    await expect.poll(() => window.page.locator(".run-page").evaluate((page) => page.scrollTop)).toBeGreaterThan(50);
    await run.hint.getByText("Drag marks a span").waitFor();
    await window.page.locator(".run-page").evaluate((page) => page.scrollTo(0, 0));
  });

  test("the keys lead a cursor and mark a span from it", async () => {
    await run.charts.focus();
    await window.page.keyboard.press("ArrowLeft");
    await window.page.locator(".time-cursor").waitFor();
    for (let step = 0; step < 3; step += 1) await window.page.keyboard.press("Control+Shift+ArrowLeft");
    await run.span.getByText("Marked").waitFor();
    await run.span.getByText(/, 3\.0 s$/).waitFor();
    await window.page.keyboard.press("Escape");
    await run.span.getByText("In view").waitFor();
  });

  test("an event in the list and its mark on the axis point at each other", async () => {
    const killed = run.events.getByRole("button", { name: /out of memory/ });
    await killed.hover();
    await window.page.locator(".event-mark.hot").waitFor();
    await window.page.locator(".time-cursor").getByText("0:42").waitFor();
    await window.page.locator(".event-mark").first().hover();
    await run.events.locator("li.hot").getByText("broker started").waitFor();
  });

  test("each service for itself, on the same axis", async () => {
    await window.page.getByRole("button", { name: "Services", exact: true }).click();
    const rows = window.page.getByRole("list", { name: "Services on the clock" }).getByRole("listitem");
    await expect.poll(() => rows.count()).toBe(3);
    await window.shot("run-services");
    await window.page.getByRole("button", { name: "Stack", exact: true }).click();
  });

  test("another target has its own charts", async () => {
    await window.page.getByRole("tab", { name: /Board 2/ }).click();
    await window.page.getByRole("heading", { name: "gateway on Board 2" }).waitFor();
    await run.logLines.first().waitFor();
  });
});

describe("the verdict", () => {
  test("says why on each axis, and its evidence leads to the charts with that time marked", async () => {
    await open(`/runs/${runId}`);
    await run.verdict.waitFor();
    const axes = window.page.getByRole("region", { name: "Axes" });
    await axes.getByText(/killed broker/).waitFor();
    await axes
      .getByText(/to spare/)
      .first()
      .waitFor();
    await window.shot("verdict-axes");
    await axes.getByRole("list", { name: "Where Memory was seen" }).getByRole("link").first().click();
    await run.span.getByText("Marked").waitFor();
    await run.span.getByText("0:39.3 to 0:45.3, 6.0 s").waitFor();
    await run.logLines.filter({ hasText: "cannot allocate memory" }).waitFor();
    await window.page.getByRole("button", { name: "Show the verdict" }).click();
    await run.verdict.waitFor();
  });
});

test("on a tablet in the dark nothing is wider than the page, and it has complained of nothing", async () => {
  await window.page.setViewportSize({ width: 768, height: 1024 });
  await window.page.emulateMedia({ colorScheme: "dark" });
  for (const [name, address] of [
    ["run-charts", `/runs/${runId}/charts/0/39300-45300`],
    ["verdict", `/runs/${runId}`],
  ] as const) {
    await open(address);
    await window.page.waitForTimeout(600);
    await window.shot(`${name}-tablet-dark`);
    expect(await window.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  expect(window.complaints).toEqual([]);
});
