import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openRunStore } from "../../src/main/store/index.ts";
import { type KeptSeries, keepSeries } from "../unit/store/kept-series.ts";
import { type BrowserWindow, openWindow } from "./open-window.ts";
import { RunsPage } from "./pages/runs-page.ts";

let home: string;
let window: BrowserWindow;
let runs: RunsPage;

const kept: KeptSeries[] = [
  { letter: "aaa", peaksMib: [100, 101, 102, 103, 104] },
  { letter: "bbb", peaksMib: [120, 121, 122, 123, 124], change: { stackName: "gateway-next" } },
  { letter: "ccc", peaksMib: [111], change: { series: null } },
];
const [old, next, single] = ["s-20261127-100000-aaa", "s-20261127-100000-bbb", "20261127-100000-ccc"] as const;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bayplan-e2e-runs-"));
  const store = openRunStore(home);
  for (const series of kept) await keepSeries(store, series);
  window = await openWindow({ home });
  runs = new RunsPage(window.page);
});

afterAll(async () => {
  await window?.close();
  await rm(home, { recursive: true, force: true });
});

test("a series is one row of the history, and the filter finds it", async () => {
  await runs.open();
  await expect.poll(() => runs.rows.count()).toBe(3);
  await runs.filter("next fits");
  await expect.poll(() => runs.rows.count()).toBe(1);
  await runs.filter("");
});

test("two series are chosen and compared: what got worse, what was not the same, and the other way round", async () => {
  await runs.choose("A", old);
  await runs.choose("B", next);
  await window.shot("runs");
  await runs.compare();
  expect(await runs.answer()).toBe("Worse");
  await window.page.getByText(/memory peak got worse by 20 MiB \(102 MiB to 122 MiB/).waitFor();
  await window.page
    .getByRole("region", { name: /^Not the same/ })
    .getByText("gateway-next")
    .waitFor();
  await window.shot("compare");
  await window.page.getByRole("button", { name: "Swap sides" }).click();
  await expect.poll(() => runs.answer()).toBe("Better");
});

test("one run against five is not comparable, and says why", async () => {
  await runs.open();
  await runs.choose("B", single);
  await runs.choose("B", next);
  await runs.compare();
  expect(await runs.answer()).toBe("Not comparable");
  await window.page
    .getByText(/At least 5 runs a side are needed; there are 5 and 1/)
    .first()
    .waitFor();
  await window.shot("compare-not");
});

test("a baseline is set and compared with, and keeps its runs from being removed", async () => {
  await runs.open();
  await runs.menu(old, "Set as baseline…");
  await window.page.getByRole("textbox", { name: "Name" }).fill("main");
  await window.page.getByRole("button", { name: "Set baseline" }).click();
  await window.page.getByRole("region", { name: "Baselines" }).getByText("5 runs of gateway").waitFor();
  await runs.menu(old, "Remove the series…");
  await window.page.getByRole("button", { name: "Remove", exact: true }).click();
  await window.page.getByText(/is part of the baseline main/).waitFor();
  await window.page.getByRole("button", { name: "Keep" }).click();
  await runs.menu(single, "Compare with main");
  await window.page.getByRole("region", { name: "Answer" }).getByText("main", { exact: true }).waitFor();
});

test("a run is exported, removed, and comes back from its file", async () => {
  await runs.open();
  const download = window.page.waitForEvent("download");
  await runs.menu(next, "Export as a file");
  const file = join(home, "kept.bayplan");
  await (await download).saveAs(file);
  await runs.menu(next, "Remove the series…");
  await window.page.getByRole("button", { name: "Remove", exact: true }).click();
  await expect.poll(() => runs.rows.count()).toBe(2);
  await window.page.getByLabel("File of runs").setInputFiles(file);
  await window.page.getByText("5 runs imported").waitFor();
  await expect.poll(() => runs.rows.count()).toBe(3);
  await window.page.getByTitle("Imported: measured on another machine").waitFor();
});

test("dark, and on a tablet, nothing is wider than the page", async () => {
  await window.page.emulateMedia({ colorScheme: "dark" });
  await window.page.setViewportSize({ width: 768, height: 1024 });
  await runs.choose("A", old);
  await window.shot("runs-tablet-dark");
  const wide = () =>
    window.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  expect(await wide()).toBe(false);
});

test("the page never complained", () => {
  expect(window.complaints).toEqual([]);
});
