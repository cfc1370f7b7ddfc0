import { describe, expect, test } from "vitest";
import { yTop } from "../../../../src/renderer/ui/chart-spec.ts";
import { sparkPath } from "../../../../src/renderer/ui/spark-path.ts";
import { stackValues } from "../../../../src/renderer/ui/stack-values.ts";

describe("stackValues", () => {
  test("sums upwards; a gap is where no series has a value", () => {
    expect(
      stackValues([
        [1, null, 3],
        [10, null, null],
      ]),
    ).toEqual([
      [1, null, 3],
      [11, null, 3],
    ]);
  });
});

describe("sparkPath", () => {
  test("a young series starts at the right and a gap breaks the line", () => {
    const { line, area } = sparkPath([0, null, 10], 10, 3);
    expect(line).toBe("M0 43M100 4");
    expect(area.match(/Z/g)?.length).toBe(2);
    expect(sparkPath([5], 10, 11).line).toBe("M100 23.5");
  });

  test("without a limit nothing is drawn", () => {
    expect(sparkPath([1, 2], 0, 2)).toEqual({ line: "", area: "" });
  });
});

describe("yTop", () => {
  const spec = {
    x: [],
    series: [],
    stacked: false,
    xRange: [0, 1] as const,
    xText: String,
    xSteps: [1],
    yText: String,
    budget: { value: 100, label: "" },
    limits: [],
    markers: [],
    fitsShare: null,
    nowX: null,
    peak: null,
  };
  test("the budget line is always in view, and so is what goes past it", () => {
    expect(yTop(spec, 10)).toBeCloseTo(115);
    expect(yTop(spec, 200)).toBeCloseTo(216);
  });
});
