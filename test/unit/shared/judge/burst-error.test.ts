import { describe, expect, it } from "vitest";
import { burstErrorShare } from "../../../../src/shared/domain/index.ts";
import { envelope } from "./observations.ts";

const error = (cpuQuotaCores: number | null, periodMs: number, speedRatio: number | null) =>
  burstErrorShare({
    speedRatio,
    limits: { ...envelope.limits, cpuQuotaCores, cpuPeriodUs: cpuQuotaCores === null ? null : periodMs * 1000 },
  });

describe("the error of a burst", () => {
  it("is under 20% at a quarter core with a period of 10 ms, and most of it with Docker's 100 ms", () => {
    // 2.5 ms, 6 whole periods, 2.5 ms: 65 of 80 ms.
    expect(error(0.25, 10, 0.25)).toBeCloseTo(1 - 65 / 80, 9);
    expect(error(0.25, 100, 0.25)).toBeCloseTo(0.75, 9);
    expect(error(0.1, 10, 0.1)).toBeCloseTo(1 - 182 / 200, 9);
  });

  it("is that of an unslowed thread when the quota is a core or more: 4 cores x 0.25", () => {
    expect(error(1, 10, 0.25)).toBeCloseTo(0.75, 9);
    expect(error(1, 10, 1)).toBe(0);
  });

  it("is not stated without a quota or a ratio", () => {
    expect([error(null, 10, 0.5), error(0.5, 10, null)]).toEqual([null, null]);
  });
});
