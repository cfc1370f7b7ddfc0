import { describe, expect, it } from "vitest";
import { defaultRules, judgeTarget, type TargetObservation } from "../../../../src/shared/domain/index.ts";
import { budget, envelope, minute, observation, type Second, service, windowsOf } from "./observations.ts";

const cpu = (seen: TargetObservation) => judgeTarget(seen, defaultRules).axes.cpu;
const all = (second: Second) => minute(60, second);

describe("cpu", () => {
  it("is the p95 of 1 s windows in device cores, with a band of 1.7", () => {
    const axis = cpu(observation({ seconds: minute(3, { hostCores: 0.9 }, { hostCores: 0.2 }) }));
    expect(axis?.value).toBeCloseTo(0.8, 9);
    expect(axis?.high).toBeCloseTo(0.8 * 1.7, 9);
    expect(cpu(observation({ seconds: minute(4, { hostCores: 0.9 }, { hostCores: 0.2 }) }))?.value).toBeCloseTo(3.6);
  });

  it("fits when hi <= 0.85 B", () => {
    // 0.5 host cores are 2 of 4 device cores: 2 x 1.7 = 3.4 = 0.85 x 4
    expect(cpu(observation({ seconds: all({ hostCores: 0.4999 }) }))?.verdict).toBe("fits");
    expect(cpu(observation({ seconds: all({ hostCores: 0.51 }) }))?.verdict).toBe("tight");
  });

  it("does not fit when v > B", () => {
    const free = { ...envelope, limits: { ...envelope.limits, cpuQuotaCores: null } };
    const seen = observation({ envelope: free, seconds: all({ hostCores: 1.01, threadCores: 0.1 }) });
    expect(cpu(seen)?.verdict).toBe("does-not-fit");
  });

  it("does not fit when a thread's p95 is more than 1 device core: half a host core against 4 x 0.25", () => {
    const axis = cpu(observation({ seconds: all({ hostCores: 0.5, threadCores: 0.5 }) }));
    expect(axis?.verdict).toBe("does-not-fit");
    expect(axis?.reason).toContain("Thread worker of broker needs 2.00 device cores");
  });

  it("is tight when a thread's hi is more than 0.85", () => {
    // 0.125 host cores are 0.5 device cores: 0.5 x 1.7 = 0.85
    expect(cpu(observation({ seconds: all({ threadCores: 0.1249 }) }))?.verdict).toBe("fits");
    expect(cpu(observation({ seconds: all({ threadCores: 0.13 }) }))?.verdict).toBe("tight");
  });

  it("does not fit when >= 95% of the quota was used in more than 50% of steady windows", () => {
    const saturated = { hostCores: 0.96, threadCores: 0.24 };
    expect(cpu(observation({ seconds: minute(31, saturated) }))?.verdict).toBe("does-not-fit");
    expect(cpu(observation({ seconds: minute(30, saturated) }))?.verdict).toBe("tight");
    expect(cpu(observation({ seconds: minute(31, saturated) }))?.evidence).toEqual([
      { atMs: 0, untilMs: 31_000, text: "all of the CPU quota used", lines: [] },
    ]);
  });

  it("is tight when more than 1% of the windows were saturated", () => {
    expect(cpu(observation({ seconds: minute(1, { hostCores: 0.97 }) }))?.verdict).toBe("tight");
    const long = [{ hostCores: 0.97 }, ...Array.from({ length: 99 }, () => ({}))];
    expect(cpu(observation({ seconds: long }))?.verdict).toBe("fits");
  });

  it("shows throttling and never judges it: at a period of 10 ms a healthy burst is throttled", () => {
    const stack = { ...observation().stack, throttledSeconds: 55 };
    const windows = windowsOf(all({})).map((window) => ({ ...window, throttledSeconds: 0.95 }));
    const result = judgeTarget({ ...observation({ stack }), windows }, defaultRules);
    expect(result.stack.throttledSeconds).toBe(55);
    expect(result.axes.cpu?.verdict).toBe("fits");
  });

  it("takes what lies a hair above an enforced quota for the quota itself", () => {
    const seconds = minute(4, { hostCores: 1.01, threadCores: 0.2 });
    expect(cpu(observation({ seconds }))?.verdict).toBe("tight");
  });

  it("is unknown when free CPU was under the quota in more than 5% of windows: this machine was busy", () => {
    const held = { otherCores: 3.1, hostCores: 0.5 };
    const busy = cpu(observation({ seconds: minute(4, held) }));
    expect(busy?.verdict).toBe("unknown");
    expect(busy?.reason).toContain("This machine was busy");
    expect(cpu(observation({ seconds: minute(3, held) }))?.verdict).toBe("fits");
  });

  it("still says that it fits on a busy machine that left the stack more than twice what it used", () => {
    const left = cpu(observation({ seconds: minute(60, { otherCores: 3.1, hostCores: 0.4 }) }));
    expect(left?.verdict).toBe("fits");
    expect(left?.reason).toContain("This machine was busy, but left the stack more than it used.");
  });

  it("never says no because of what a busy machine added", () => {
    const over = cpu(observation({ seconds: minute(60, { otherCores: 3.3, hostCores: 0.3, threadCores: 0.3 }) }));
    expect(over?.verdict).toBe("unknown");
  });

  it("still says no on a busy machine when even a band's width less would be too much", () => {
    const busy = (threadCores: number) =>
      cpu(observation({ seconds: all({ hostCores: 0.6, threadCores, otherCores: 3.5 }) }))?.verdict;
    expect(busy(0.5)).toBe("does-not-fit");
    expect(busy(0.4)).toBe("unknown");
  });

  it("is unknown when a smaller host was full and no quota was in force", () => {
    const free = { ...envelope, limits: { ...envelope.limits, cpuQuotaCores: null } };
    const seconds = all({ hostCores: 0.8, threadCores: 0.1, otherCores: 3.1 });
    expect(cpu(observation({ envelope: free, seconds }))?.verdict).toBe("unknown");
  });

  it("is unknown when a thread filled a whole host core that is slower than the device's", () => {
    const slow = { ...envelope, speedRatio: 1.5, limits: { ...envelope.limits, cpuQuotaCores: 3.9 } };
    const seconds = all({ hostCores: 0.99, threadCores: 0.99, otherCores: 0 });
    expect(cpu(observation({ envelope: slow, seconds }))?.verdict).toBe("unknown");
  });

  it("is unknown without a score, with the reason", () => {
    const noScore = { ...budget, cpuCores: null, cpuSource: "no benchmark" };
    expect(cpu(observation({ budget: noScore }))?.reason).toContain("no benchmark");
    const noRatio = { ...envelope, speedRatio: null, speedSource: "7-zip did not run" };
    const axis = cpu(observation({ envelope: noRatio }));
    expect(axis?.verdict).toBe("unknown");
    expect(axis?.reason).toContain("7-zip did not run");
    expect(axis?.value).toBeNull();
  });

  it("caps the answer at tight for a batch service, and judges the rest by itself", () => {
    const batch = service({ name: "transcoder", batch: true });
    const full = minute(60, { hostCores: 0.98, threadCores: 0.98 });
    const windows = windowsOf(full, "transcoder").map((window) => ({
      ...window,
      services: { ...window.services, broker: { memoryPeakBytes: 1, hostCores: 0.02 } },
      hostCores: 1,
    }));
    const seen = { ...observation({ services: [service(), batch] }), windows };
    expect(cpu(seen)?.verdict).toBe("tight");
    expect(cpu({ ...seen, services: [service({ batch: true }), service({ name: "transcoder" })] })?.verdict).toBe(
      "does-not-fit",
    );
  });
});
