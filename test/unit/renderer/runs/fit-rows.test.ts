import { expect, test } from "vitest";
import { fitCount, fitRows } from "../../../../src/renderer/runs/fit-rows.ts";
import { type Answer, defaultRules, type FitCell, projectTarget } from "../../../../src/shared/domain/index.ts";
import { budget, envelope, observation } from "../../shared/judge/observations.ts";

function cell(label: string, verdict: Answer, memoryBytes: number | null, projected = true): FitCell {
  const to = { budget: { ...budget, label, name: `Board ${label}`, memoryBytes }, envelope };
  return { ...projectTarget(observation(), to, defaultRules), verdict, projected };
}

const cells = [
  cell("measured", "does-not-fit", 100, false),
  cell("large", "fits", 8000),
  cell("none", "does-not-fit", 50),
  cell("open", "unknown", null),
  cell("small", "fits", 1000),
  cell("close", "tight", 500),
];

test("what was measured comes first, then what fits by memory, then the rest by answer", () => {
  expect(fitRows(cells, "").map(({ device }) => device.label)).toEqual([
    "measured",
    "small",
    "large",
    "close",
    "open",
    "none",
  ]);
});

test("a filter looks for every word in name and id", () => {
  expect(fitRows(cells, "BOARD sm").map(({ device }) => device.label)).toEqual(["small"]);
  expect(fitRows(cells, "nothing")).toEqual([]);
});

test("the count is of those that fit", () => {
  expect(fitCount(cells)).toBe("2 of 6 fit");
});
