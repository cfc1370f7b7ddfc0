import { describe, expect, it } from "vitest";
import {
  advisedCpuCores,
  advisedMemoryBytes,
  defaultRules,
  judgeTarget,
  type RunWindow,
  shareLimits,
} from "../../../../src/shared/domain/index.ts";
import { budget, mebibyte, observation, service, windowsOf } from "./observations.ts";

/** Services that peak at these MiB, all in one second, or each in a second of its own. */
function stackOf(peaks: Record<string, number>, together: boolean, budgetMib: number) {
  const names = Object.keys(peaks);
  const windows: RunWindow[] = windowsOf(Array.from({ length: 60 }, () => ({}))).map((window, index) => {
    const services = Object.fromEntries(
      names.map((name, at) => [
        name,
        { memoryPeakBytes: (together || at === index ? (peaks[name] ?? 0) : 1) * mebibyte, hostCores: 0.01 },
      ]),
    );
    const memoryPeakBytes = Object.values(services).reduce((sum, one) => sum + one.memoryPeakBytes, 0);
    return { ...window, services, memoryPeakBytes };
  });
  const seen = observation({
    budget: { ...budget, memoryBytes: budgetMib * mebibyte },
    services: names.map((name) => service({ name })),
  });
  const { advice } = judgeTarget({ ...seen, windows }, defaultRules);
  return Object.fromEntries(advice.filter((one) => one.key === "mem_limit").map((one) => [one.service, one]));
}

describe("advice", () => {
  it("mem_limit is max(1.25 x peak, peak + 16 MiB) up to the next 8 MiB", () => {
    expect(advisedMemoryBytes(100 * mebibyte)).toBe(128 * mebibyte);
    expect(advisedMemoryBytes(12 * mebibyte)).toBe(32 * mebibyte);
    expect(advisedMemoryBytes(64 * mebibyte)).toBe(80 * mebibyte);
  });

  it("cpus is 1.2 x p99 up to the next 0.05, at least 0.1", () => {
    expect(advisedCpuCores(0.88)).toBe(1.1);
    expect(advisedCpuCores(0.5)).toBe(0.6);
    expect(advisedCpuCores(0)).toBe(0.1);
  });

  it("gives each service its full margin while the limits add up to no more than the budget", () => {
    const advice = stackOf({ historian: 100, broker: 12 }, true, 724);
    expect(advice.historian?.proposed).toBe("128m");
    expect(advice.broker?.proposed).toBe("32m");
  });

  it("shrinks the margins together, down to 1.1 x peak", () => {
    const advice = stackOf({ a: 300, b: 300 }, true, 700);
    expect([advice.a?.proposed, advice.b?.proposed]).toEqual(["350m", "350m"]);
  });

  it("says by how much limits of 1.1 x peak overcommit and by how much the peaks missed each other", () => {
    const advice = stackOf({ a: 365, b: 300 }, false, 724);
    expect([advice.a?.proposed, advice.b?.proposed]).toEqual(["402m", "330m"]);
    expect(advice.a?.reason).toContain("overcommit by 8 MiB");
    expect(advice.a?.reason).toContain("missed each other by 299 MiB");
    expect(advice.a?.reason).not.toContain("impossible");
  });

  it("says impossible here only when the stack's own v > B", () => {
    expect(stackOf({ a: 400, b: 400 }, true, 724).a?.reason).toContain("impossible here");
  });

  it("gives no memory advice from peaks that were cut off by the budget", () => {
    const kill = { atMs: 1, service: "broker", at: "envelope", process: null } as const;
    const { advice } = judgeTarget(observation({ oomKills: [kill] }), defaultRules);
    expect(advice.map((one) => one.key)).toEqual(["cpus"]);
  });

  it("proposes a restart policy for a service that has none and no end", () => {
    const { advice } = judgeTarget(observation({ services: [service({ restartPolicy: "no" })] }), defaultRules);
    expect(advice.find((one) => one.key === "restart")?.proposed).toBe("unless-stopped");
    const job = service({ restartPolicy: "no", longRunning: false });
    expect(
      judgeTarget(observation({ services: [job] }), defaultRules).advice.some((one) => one.key === "restart"),
    ).toBe(false);
  });

  it("never shrinks a limit below what was wanted when 1.1 x peak is more", () => {
    const { limits } = shareLimits([{ service: "a", peak: 100, wanted: 105 }], 50, 1);
    expect(limits).toEqual([{ service: "a", limit: 105, shrunk: false }]);
  });
});
