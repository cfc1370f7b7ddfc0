import { describe, expect, it } from "vitest";
import { bandOnDevice, cpuBandOf, defaultRules, judgeTarget, rulesFor } from "../../../../src/shared/domain/index.ts";
import { envelope, minute, observation } from "./observations.ts";

const nothing = { device: null, here: null, correction: null };
const here = { lzma: 4000, sha256: 2000, bzip2: 3000 };

describe("the band of CPU", () => {
  it("is 1.7 from one benchmark number", () => {
    expect(cpuBandOf(nothing)).toMatchObject({ value: 1.7, why: expect.stringContaining("one benchmark number") });
    expect(cpuBandOf({ ...nothing, device: { lzma: 1000 }, here }).value).toBe(1.7);
    expect(cpuBandOf({ ...nothing, device: { lzma: 1000, sha256: 500 }, here }).value).toBe(1.7);
  });

  it("is 1.3 when several kinds of work ran on both sides and agree", () => {
    const band = cpuBandOf({ ...nothing, device: { lzma: 1000, sha256: 620, bzip2: 700 }, here });
    expect(band).toEqual({ value: 1.3, why: "3 kinds of work ran on both sides, and none is further than x 1.24 off" });
  });

  it("stays 1.7 when they do not agree, and says which one is off", () => {
    const band = cpuBandOf({ ...nothing, device: { lzma: 1000, sha256: 200, bzip2: 750 }, here });
    expect(band).toEqual({
      value: 1.7,
      why: "3 kinds of work ran on both sides and do not agree: sha256 is x 2.50 off",
    });
  });

  it("is 1.15 after three measured runs on that model, and not after two", () => {
    expect(cpuBandOf({ ...nothing, correction: { factor: 1.2, runs: 3 } }).value).toBe(1.15);
    expect(cpuBandOf({ ...nothing, correction: { factor: 1.2, runs: 2 } }).value).toBe(1.7);
  });

  it("is what the verdict is made with, unless a team has set its own", () => {
    const seen = observation({ envelope: { ...envelope, cpuBand: { value: 1.3, why: "test" } } });
    expect(rulesFor(seen, defaultRules).cpuBand).toBe(1.3);
    expect(rulesFor(seen, { ...defaultRules, cpuBand: 2 }).cpuBand).toBe(2);
    expect(rulesFor(observation(), defaultRules)).toBe(defaultRules);
    const { cpu } = judgeTarget(seen, defaultRules).axes;
    expect(cpu?.high).toBeCloseTo((cpu?.value ?? 0) * 1.3, 9);
  });
});

describe("a run on the device itself", () => {
  const onDevice = {
    mode: "device" as const,
    limits: { memoryBytes: null, cpuQuotaCores: null, cpuPeriodUs: null, cpuset: null, swapBytes: null },
    speedRatio: 1,
    speedSource: "test",
    cpuBand: bandOnDevice,
    missing: [],
  };

  it("fits when there is room, whatever else runs there", () => {
    const seconds = minute(60, { hostCores: 1, otherCores: 1.5, threadCores: 0.6 });
    const seen = observation({ envelope: onDevice, seconds });
    const { axes } = judgeTarget(seen, defaultRules);
    expect(axes.cpu).toMatchObject({ verdict: "fits", value: 1, high: 1.15, limit: 4 });
    expect(axes.memory?.verdict).toBe("fits");
  });

  it("does not fit when the device was full most of the time", () => {
    const seconds = minute(40, { hostCores: 3.2, otherCores: 0.7, threadCores: 0.8 });
    const { cpu } = judgeTarget(observation({ envelope: onDevice, seconds }), defaultRules).axes;
    expect(cpu).toMatchObject({
      verdict: "does-not-fit",
      reason: expect.stringContaining("All the CPU of the device"),
    });
  });
});
