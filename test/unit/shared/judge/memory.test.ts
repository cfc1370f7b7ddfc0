import { describe, expect, it } from "vitest";
import {
  defaultRules,
  estimateMemory,
  judgeTarget,
  type TargetObservation,
} from "../../../../src/shared/domain/index.ts";
import { budget, envelope, mebibyte, minute, observation, service } from "./observations.ts";

const memory = (seen: TargetObservation) => judgeTarget(seen, defaultRules).axes.memory;
const stackOf = (change: Partial<TargetObservation["stack"]>) => ({ ...observation().stack, ...change });

describe("memory", () => {
  it("fits when hi <= 0.85 B", () => {
    // 586 x 1.05 = 615.3 and 0.85 x 724 = 615.4
    expect(memory(observation({ seconds: minute(1, { memoryMib: 586 }) }))?.verdict).toBe("fits");
    expect(memory(observation({ seconds: minute(1, { memoryMib: 587 }) }))?.verdict).toBe("tight");
  });

  it("is tight between, with the numbers in the headline", () => {
    const result = judgeTarget(observation({ seconds: minute(1, { memoryMib: 662 }) }), defaultRules);
    expect(result.verdict).toBe("tight");
    expect(result.headline).toBe("Memory peaked at 662 of 724 MiB and may reach 695. It fits, with 29 MiB to spare.");
    expect(result.axes.memory?.high).toBeCloseTo(662 * 1.05 * mebibyte, 3);
  });

  it("does not fit when v > B", () => {
    expect(memory(observation({ seconds: minute(1, { memoryMib: 725 }) }))?.verdict).toBe("does-not-fit");
    expect(memory(observation({ seconds: minute(1, { memoryMib: 724 }) }))?.verdict).toBe("tight");
  });

  it("takes the peak of the whole run, the start included", () => {
    const times = { startMs: 0, healthyMs: 20_000, steadyFromMs: 25_000, steadyToMs: 60_000 };
    const axis = memory(observation({ times, seconds: minute(3, { memoryMib: 800 }) }));
    expect(axis?.verdict).toBe("does-not-fit");
    expect(axis?.evidence[0]?.atMs).toBe(100);
  });

  it("does not fit by an OOM kill at the envelope, whatever the samples say", () => {
    const kill = { atMs: 5000, service: "broker", at: "envelope", process: "mosquitto" } as const;
    const axis = memory(observation({ oomKills: [kill, kill] }));
    expect(axis?.verdict).toBe("does-not-fit");
    expect(axis?.reason).toContain("killed broker 2 times at the budget of 724 MiB");
    expect(axis?.evidence.map((one) => one.atMs)).toEqual([5000, 5000]);
  });

  it("says that a limit is too small for a kill at a service's own limit", () => {
    const limited = service({ limits: { memoryBytes: 64 * mebibyte, cpuCores: null } });
    const kill = { atMs: 5000, service: "broker", at: "own-limit", process: null } as const;
    const axis = memory(observation({ services: [limited], oomKills: [kill] }));
    expect(axis?.verdict).toBe("does-not-fit");
    expect(axis?.reason).toMatch(/^Limit too small: .*64 MiB, not at the budget/);
  });

  it("is unknown when this machine itself ran out of memory", () => {
    const kill = { atMs: 1, service: "broker", at: "machine", process: null } as const;
    expect(memory(observation({ oomKills: [kill] }))?.verdict).toBe("unknown");
  });

  it("is at most tight when swap was used", () => {
    expect(memory(observation({ stack: stackOf({ swapPeakBytes: mebibyte }) }))?.verdict).toBe("tight");
  });

  it("is at most tight when PSI memory full > 5% of steady time", () => {
    expect(memory(observation({ stack: stackOf({ memoryFullShare: 0.06 }) }))?.verdict).toBe("tight");
    expect(memory(observation({ stack: stackOf({ memoryFullShare: 0.05 }) }))?.verdict).toBe("fits");
  });

  it("observed only: fits if v <= 0.70 B, else unknown", () => {
    const observed = { ...envelope, mode: "observe" as const };
    const at = (memoryMib: number) =>
      memory(observation({ envelope: observed, seconds: minute(1, { memoryMib }) }))?.verdict;
    expect(at(506)).toBe("fits");
    expect(at(507)).toBe("unknown");
    expect(at(900)).toBe("unknown");
  });

  it("is unknown for a null budget, with its source as the reason", () => {
    const axis = memory(observation({ budget: { ...budget, memoryBytes: null, memorySource: "no figure" } }));
    expect(axis?.verdict).toBe("unknown");
    expect(axis?.reason).toContain("no figure");
  });

  it("is unknown for a foreign architecture, even after a kill", () => {
    const kill = { atMs: 1, service: "broker", at: "envelope", process: null } as const;
    const seen = observation({ foreignPlatform: "linux/arm64", oomKills: [kill] });
    expect(memory(seen)?.verdict).toBe("unknown");
    expect(memory(seen)?.reason).toContain("linux/arm64");
  });

  it("shows the cache and never judges it", () => {
    const windows = observation().windows.map((window) => ({ ...window, cacheAtPeakBytes: 700 * mebibyte }));
    const result = judgeTarget({ ...observation(), windows }, defaultRules);
    expect([result.stack.cacheAtPeakBytes, result.axes.memory?.verdict]).toEqual([700 * mebibyte, "fits"]);
  });

  it("says where a spike between two readings may have been missed", () => {
    const result = judgeTarget(observation({ stack: stackOf({ spikesMayBeMissed: true }) }), defaultRules);
    expect(result.stack.spikesMayBeMissed).toBe(true);
    expect(result.headline).toMatch(/to spare\. A spike of under 50 ms may have been missed\.$/);
    expect(judgeTarget(observation(), defaultRules).stack.spikesMayBeMissed).toBe(false);
  });

  it("shows when a spike between two readings was the peak", () => {
    const windows = observation().windows.map((window, at) =>
      at === 7 ? { ...window, spike: { atMs: 7_900, bytes: 300 * mebibyte } } : window,
    );
    const seen = { ...observation({ stack: stackOf({ spikePeakBytes: 300 * mebibyte }) }), windows };
    expect(memory(seen)).toMatchObject({
      value: 300 * mebibyte,
      low: 100 * mebibyte,
      evidence: [{ atMs: 7_900, untilMs: null, text: "spike between two readings, 300 MiB", lines: [] }],
    });
  });

  it("publishes the kernel's peak and never judges it", () => {
    const result = judgeTarget(
      observation({ stack: stackOf({ memoryKernelPeakBytes: 724 * mebibyte }) }),
      defaultRules,
    );
    expect(result.stack.memoryKernelPeakBytes).toBe(724 * mebibyte);
    expect(result.axes.memory?.verdict).toBe("fits");
  });
});

describe("the estimate of a peak", () => {
  it("is what was read, or what the kernel saw between readings, never above the kernel's own peak", () => {
    const estimate = (read: number, spike: number | null, kernel: number | null) =>
      estimateMemory(read, spike, kernel, defaultRules);
    expect(estimate(100, null, null)).toMatchObject({ low: 100, value: 100, high: 105 });
    expect(estimate(100, 150, 400)).toMatchObject({ low: 100, value: 150 });
    expect(estimate(100, 150, 120)).toMatchObject({ low: 100, value: 120 });
    expect(estimate(100, null, 90)).toMatchObject({ low: 90, value: 90 });
  });
});
