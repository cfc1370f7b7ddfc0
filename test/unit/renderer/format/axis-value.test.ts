import { describe, expect, test } from "vitest";
import { axisText } from "../../../../src/renderer/format/axis-value.ts";
import type { Axis } from "../../../../src/shared/domain/index.ts";

const mib = 1024 ** 2;
const axis = (change: Partial<Axis>): Axis => ({
  verdict: "fits",
  value: null,
  low: null,
  high: null,
  limit: null,
  unit: "bytes",
  reason: "why",
  evidence: [],
  ...change,
});

describe("axisText", () => {
  test("memory in doubt is a range in the unit of its budget", () => {
    const text = axisText(axis({ value: 662 * mib, low: 662 * mib, high: 695 * mib, limit: 724 * mib }));
    expect(text).toEqual({ value: "662 to 695", rest: "of 724 MiB" });
  });

  test("CPU keeps two decimals and says one core in the singular", () => {
    expect(axisText(axis({ unit: "cores", value: 1.46, low: 1.2, high: 2.482, limit: 3.54 }))).toEqual({
      value: "1.46 to 2.48",
      rest: "of 3.54 cores",
    });
    expect(axisText(axis({ unit: "cores", value: 0.5, limit: 1 })).rest).toBe("of 1 core");
  });

  test("what was not measured shows its reason and no zero", () => {
    expect(axisText(axis({ value: null }))).toEqual({ value: "", rest: "why" });
  });
});
