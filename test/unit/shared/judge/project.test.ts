import { describe, expect, it } from "vitest";
import {
  type Budget,
  defaultRules,
  projectTarget,
  type TargetObservation,
  targetObservationSchema,
} from "../../../../src/shared/domain/index.ts";
import { budget, envelope, mebibyte, minute, observation, service } from "./observations.ts";

/** The machine of these tests: 4 CPUs, one of which is worth 4000; `budget` is a quarter of it a core. */
function project(seen: TargetObservation, change: Partial<Budget>) {
  const other = { ...budget, label: "other", name: "Other", ...change };
  const ratio = other.singleCoreScore === null ? null : other.singleCoreScore / 4000;
  const quota = ratio === null || other.cpuCores === null ? null : other.cpuCores * ratio;
  const limits = {
    ...envelope.limits,
    memoryBytes: other.memoryBytes,
    cpuQuotaCores: quota === null || quota >= 4 ? null : quota,
  };
  const to = { budget: other, envelope: { limits, speedRatio: ratio, speedSource: "test", missing: [] } };
  return projectTarget(seen, to, defaultRules);
}

const slower = { singleCoreScore: 500, multiCoreScore: 2000 };
const faster = { singleCoreScore: 2000, multiCoreScore: 8000 };
const kill = { atMs: 5_000, service: "broker", at: "envelope" as const, process: "java" };

describe("a run projected onto another budget", () => {
  it("is marked as projected, and names the board it is about", () => {
    const cell = project(observation(), {});
    expect(cell).toMatchObject({ projected: true, verdict: "fits", device: { label: "other", name: "Other" } });
  });

  it("memory stays what it was and meets the other budget", () => {
    const seen = observation({ seconds: minute(1, { memoryMib: 400 }) });
    expect(project(seen, { memoryBytes: 390 * mebibyte }).axes.memory?.verdict).toBe("does-not-fit");
    expect(project(seen, { memoryBytes: 450 * mebibyte }).axes.memory?.verdict).toBe("tight");
    expect(project(seen, { memoryBytes: 600 * mebibyte }).axes.memory).toMatchObject({
      verdict: "fits",
      value: 400 * mebibyte,
      limit: 600 * mebibyte,
    });
  });

  it("CPU is the same time on slower or faster cores", () => {
    const seen = observation({ seconds: minute(60, { hostCores: 0.3, threadCores: 0.1 }) });
    // 0.3 host cores are 1.2 device cores at a quarter of the speed, 2.4 at an eighth.
    expect(project(seen, {}).axes.cpu?.value).toBeCloseTo(1.2);
    expect(project(seen, slower).axes.cpu?.value).toBeCloseTo(2.4);
    expect(project(seen, slower).axes.cpu?.verdict).toBe("tight");
    expect(project(seen, { ...slower, cpuCores: 2 }).axes.cpu?.verdict).toBe("does-not-fit");
    expect(project(seen, faster).axes.cpu).toMatchObject({ verdict: "fits" });
  });

  it("one busy thread does not fit a slower core, however many there are", () => {
    const seen = observation({ seconds: minute(60, { hostCores: 0.2, threadCores: 0.2 }) });
    expect(project(seen, {}).axes.cpu?.verdict).toBe("tight");
    const cell = project(seen, { ...slower, cpuCores: 16 });
    expect(cell.axes.cpu?.verdict).toBe("does-not-fit");
    expect(cell.axes.cpu?.reason).toContain("one thread can have 1 at most");
  });

  it("a run that was killed at its budget proves nothing for a bigger one, and enough for a smaller one", () => {
    const seen = observation({ oomKills: [kill], services: [service({ oomKills: 1 })] });
    const bigger = project(seen, { memoryBytes: 2000 * mebibyte });
    expect([bigger.verdict, bigger.axes.memory?.verdict]).toEqual(["unknown", "unknown"]);
    expect(bigger.headline).toContain("killed at the 724 MiB of Board");
    const smaller = project(seen, { memoryBytes: 500 * mebibyte });
    expect(smaller.axes.memory?.verdict).toBe("does-not-fit");
    expect(smaller.headline).toContain("here are 500");
    // What it showed before it was killed may already be too much.
    const least = project(observation({ oomKills: [kill], seconds: minute(1, { memoryMib: 700 }) }), {
      memoryBytes: 600 * mebibyte,
    });
    expect(least.axes.memory?.reason).toContain("more than there is");
  });

  it("a kill at a service's own limit is one under every budget", () => {
    const seen = observation({ oomKills: [{ ...kill, at: "own-limit" }] });
    expect(project(seen, { memoryBytes: 8000 * mebibyte }).axes.memory?.verdict).toBe("does-not-fit");
  });

  it("a run that used all its CPU proves nothing for a faster board, and enough for a slower one", () => {
    // The quota is 1 host core: all of it in 20 seconds of 60.
    const seen = observation({ seconds: minute(20, { hostCores: 1, threadCores: 0.1 }) });
    const cell = project(seen, faster);
    expect(cell.axes.cpu?.verdict).toBe("unknown");
    expect(cell.axes.cpu?.reason).toContain("used all 4.00 device cores of Board in 33% of the time");
    expect(project(seen, slower).axes.cpu?.verdict).toBe("does-not-fit");
    // A p95 does not move while one second in twenty is cut off.
    expect(project(observation({ seconds: minute(2, { hostCores: 1 }) }), faster).axes.cpu?.verdict).toBe("fits");
  });

  it("swap under the old budget leaves the peak of a bigger one open", () => {
    const { stack } = observation();
    const seen = observation({ stack: { ...stack, swapPeakBytes: 50 * mebibyte } });
    expect(project(seen, { memoryBytes: 2000 * mebibyte }).axes.memory?.verdict).toBe("unknown");
    expect(project(seen, { memoryBytes: 600 * mebibyte }).axes.memory?.verdict).toBe("tight");
  });

  it("a start takes between the same time and as much longer as the board is slower", () => {
    const times = { startMs: 0, healthyMs: 40_000, steadyFromMs: 0, steadyToMs: 60_000 };
    expect(project(observation({ times }), slower).axes.startup).toMatchObject({
      value: 40,
      high: 80,
      verdict: "fits",
    });
    const slowest = project(observation({ times }), { singleCoreScore: 250, multiCoreScore: 1000 });
    expect(slowest.axes.startup).toMatchObject({ high: 160, verdict: "tight" });
    expect(project(observation({ times }), faster).axes.startup).toMatchObject({ high: 40, verdict: "fits" });
    expect(project(observation({ times }), { singleCoreScore: null }).axes.startup?.verdict).toBe("unknown");
  });

  it("a stack that only failed inside fails on what is no bigger, and is open on what is", () => {
    const failed = {
      times: { startMs: 0, healthyMs: null, steadyFromMs: null, steadyToMs: null },
      failedInside: "It was not healthy after 120 s.",
      withoutEnvelope: { healthy: true, text: "" },
    };
    expect(project(observation(failed), slower).verdict).toBe("does-not-fit");
    expect(project(observation(failed), { ...faster, memoryBytes: 2000 * mebibyte }).verdict).toBe("unknown");
  });

  it("a board without a score or a memory size leaves that axis open", () => {
    expect(project(observation(), { singleCoreScore: null }).axes.cpu?.verdict).toBe("unknown");
    expect(project(observation(), { memoryBytes: null }).axes.memory?.verdict).toBe("unknown");
  });

  it("observed without limits stays so", () => {
    const seen = observation({ envelope: { ...envelope, mode: "observe" }, seconds: minute(1, { memoryMib: 400 }) });
    expect(project(seen, { memoryBytes: 500 * mebibyte }).axes.memory?.verdict).toBe("unknown");
    expect(project(seen, { memoryBytes: 600 * mebibyte }).axes.memory?.verdict).toBe("fits");
  });

  it("an observation survives being kept", () => {
    const seen = observation({ oomKills: [kill] });
    expect(targetObservationSchema.parse(JSON.parse(JSON.stringify(seen)))).toEqual(seen);
  });
});
