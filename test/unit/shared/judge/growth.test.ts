import { describe, expect, it } from "vitest";
import { defaultRules, judgeTarget, type TargetObservation } from "../../../../src/shared/domain/index.ts";
import { medianSlope } from "../../../../src/shared/domain/judge/slope.ts";
import { budget, mebibyte, observation } from "./observations.ts";

/** A run of so many minutes whose memory is what `memoryMib` says of each second. */
function run(minutes: number, memoryMib: (second: number) => number, change: Partial<TargetObservation> = {}) {
  const seconds = Array.from({ length: minutes * 60 }, (_, second) => ({ memoryMib: memoryMib(second) }));
  return judgeTarget(observation({ seconds, ...change }), defaultRules);
}

/** Noise of some MiB that is the same in every run of this test. */
const noise = (second: number) => ((second * 7919) % 13) / 4;

describe("growth", () => {
  it("is not judged under ten minutes of steady time, with the reason", () => {
    const result = run(9, () => 100);
    expect(result.axes.growth).toBeUndefined();
    expect(result.notJudged.find(({ axis }) => axis === "growth")?.reason).toBe(
      "A slope needs 10 min of steady time; this run had 540 s.",
    );
  });

  it("a leak that uses up the budget in less than 30 days makes it tight, and never worse", () => {
    // 1 MiB a minute are 1440 MiB a day: 600 MiB are gone in 10 hours.
    const { axes, verdict } = run(12, (second) => 100 + second / 60 + noise(second));
    expect(axes.growth).toMatchObject({ verdict: "tight", unit: "bytesPerDay" });
    expect((axes.growth?.value ?? 0) / mebibyte).toBeCloseTo(1440, -2);
    expect(axes.growth?.low).toBeLessThan(axes.growth?.value ?? 0);
    expect(axes.growth?.high).toBeGreaterThan(axes.growth?.value ?? 0);
    expect(axes.growth?.reason).toMatch(/most of it broker: the budget would be used up in 10 h\.$/);
    expect(verdict).toBe("tight");
  });

  it("a slope that cannot be told from noise is none", () => {
    const { axes, verdict } = run(10, (second) => 100 + noise(second));
    expect(axes.growth).toMatchObject({ verdict: "fits" });
    expect(axes.growth?.reason).toContain("did not grow for certain");
    expect(verdict).toBe("fits");
  });

  it("a leak under which the budget lasts more than 30 days fits, with the days", () => {
    // 5 MiB a day: 30 days of 20 MiB budget and more.
    const { axes } = run(20, (second) => 100 + (second / 86_400) * 5);
    expect(axes.growth).toMatchObject({ verdict: "fits" });
    expect(axes.growth?.reason).toContain("the budget lasts 124 days");
  });

  it("a cache that fills at the start and a sawtooth of a garbage collector are no leaks", () => {
    expect(run(10, (second) => (second < 90 ? 100 + second : 190) + noise(second)).axes.growth?.verdict).toBe("fits");
    expect(run(10, (second) => 100 + (second % 47)).axes.growth?.verdict).toBe("fits");
  });

  it("a stack that was down says nothing of its slope, and a budget without a size has no limit", () => {
    const { notJudged } = run(10, () => 100, { failedInside: "It ended." });
    expect(notJudged.find(({ axis }) => axis === "growth")?.reason).toContain("did not run as it should");
    const none = run(10, () => 100, { budget: { ...budget, memoryBytes: null } });
    expect(none.axes.growth).toBeUndefined();
  });
});

describe("the median slope", () => {
  it("is exact on a line, and bounds nothing with two points", () => {
    const line = Array.from({ length: 20 }, (_, x) => ({ x, y: 3 * x + 1 }));
    expect(medianSlope(line)).toEqual({ value: 3, low: 3, high: 3 });
    expect(medianSlope(line.slice(0, 2))).toBeNull();
  });

  it("is not turned by a leap, as least squares would be", () => {
    const points = Array.from({ length: 40 }, (_, x) => ({ x, y: x === 39 ? 1e6 : (x % 2) * 0.1 }));
    const slope = medianSlope(points);
    expect(slope?.low).toBeLessThanOrEqual(0);
    expect(slope?.value).toBeLessThan(0.01);
  });

  it("its interval holds the true slope in about 95 of 100 series of noise", () => {
    let state = 42;
    const random = () => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return state / 2 ** 31;
    };
    let held = 0;
    for (let series = 0; series < 400; series += 1) {
      const slope = medianSlope(Array.from({ length: 24 }, (_, x) => ({ x, y: 2 * x + 10 * random() })));
      if (slope !== null && slope.low <= 2 && slope.high >= 2) held += 1;
    }
    expect(held / 400).toBeGreaterThan(0.92);
    expect(held / 400).toBeLessThan(0.99);
  });
});
