import { describe, expect, it } from "vitest";
import {
  accuracyAxes,
  bandOnDevice,
  correctionFrom,
  defaultRules,
  judgeTarget,
  learnRatio,
  type TargetObservation,
} from "../../../../src/shared/domain/index.ts";
import { budget, envelope, minute, observation, type Second } from "./observations.ts";

/** A run here of a device that is a quarter as fast, and one there. */
const local = (second: Second, change: Partial<TargetObservation> = {}) =>
  observation({ seconds: minute(60, second), ...change });
const there = (second: Second, change: Partial<TargetObservation> = {}) =>
  observation({
    seconds: minute(60, second),
    envelope: {
      ...envelope,
      mode: "device",
      speedRatio: 1,
      cpuBand: bandOnDevice,
      limits: { ...envelope.limits, cpuQuotaCores: null },
    },
    ...change,
  });
const judged = (seen: TargetObservation) => ({ seen, axes: judgeTarget(seen, defaultRules).axes });

describe("predicted and measured side by side", () => {
  it("says for each axis whether what was measured is in the stated band", () => {
    const axes = accuracyAxes(
      judged(local({ memoryMib: 100, hostCores: 0.1 })),
      judged(there({ memoryMib: 103, hostCores: 0.8 })),
      defaultRules,
    );
    const [memory, cpu, mean, startup] = axes;
    expect(memory).toMatchObject({ axis: "memory", inside: true, ratio: 1.03 });
    expect(cpu).toMatchObject({ axis: "cpu", predicted: 0.4, high: 0.4 * 1.7, measured: 0.8, inside: false });
    expect(mean?.ratio).toBeCloseTo(2, 9);
    expect(startup).toMatchObject({ inside: null, reason: "No band is stated for it." });
  });

  it("takes next to nothing on both sides for the same", () => {
    const axes = accuracyAxes(judged(local({ hostCores: 0.001 })), judged(there({ hostCores: 0.012 })), defaultRules);
    expect(axes.find(({ axis }) => axis === "cpu")).toMatchObject({
      inside: true,
      reason: "Both are next to nothing.",
    });
  });
});

describe("what a pair of runs teaches", () => {
  it("is CPU seconds a steady second there over those predicted", () => {
    expect(learnRatio(local({ hostCores: 0.1 }), there({ hostCores: 0.5 }), defaultRules).ratio).toBeCloseTo(1.25, 9);
  });

  it("leaves out the correction that the prediction had already", () => {
    const correction = { factor: 1.25, runs: 3 };
    const corrected = local(
      { hostCores: 0.1 },
      { budget: { ...budget, correction }, envelope: { ...envelope, speedRatio: 0.25 / 1.25 } },
    );
    expect(learnRatio(corrected, there({ hostCores: 0.5 }), defaultRules).ratio).toBeCloseTo(1.25, 9);
  });

  it("is nothing from a run that does not show what the stack wants, and says why", () => {
    const fine = there({ hostCores: 0.5 });
    const cases: [TargetObservation, TargetObservation, string][] = [
      [local({ hostCores: 0.1 }), local({ hostCores: 0.1 }), "not made on a device"],
      [local({ hostCores: 0.99 }), fine, "used all the CPU"],
      [local({ hostCores: 0.1, otherCores: 3.9 }), fine, "busy machine"],
      [local({ hostCores: 0.001 }), there({ hostCores: 0.001 }), "too little CPU"],
      [local({ hostCores: 0.1 }), there({ hostCores: 0.5 }, { loadGiven: false }), "had a load"],
      [local({ hostCores: 0.1 }), there({ hostCores: 0.5 }, { failedInside: "It ended." }), "did not go well"],
      [observation({ seconds: minute(10, {}).slice(0, 10) }), fine, "less than 30 s"],
    ];
    for (const [predicted, measured, why] of cases) {
      expect(learnRatio(predicted, measured, defaultRules)).toEqual({
        ratio: null,
        reason: expect.stringContaining(why),
      });
    }
  });

  it("becomes the median, moved to the score of today", () => {
    const pair = (ratio: number, score = 1000) => ({ ratio, score });
    expect(correctionFrom([pair(1), pair(1.5), pair(1.2)], 1000)).toEqual({ factor: 1.2, runs: 3 });
    expect(correctionFrom([pair(1), pair(1.5), pair(1.2), pair(1.3)], 1000).factor).toBeCloseTo(1.25, 9);
    // Measured faster than the catalogue said: the same run is then predicted smaller, and needs more of a correction.
    expect(correctionFrom([pair(1.2)], 1100).factor).toBeCloseTo(1.32, 9);
    expect(() => correctionFrom([], 1000)).toThrow(RangeError);
  });
});
