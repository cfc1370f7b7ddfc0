import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import {
  coreQuantiles,
  quantile,
  type RunSample,
  WindowFold,
  windowsBetween,
} from "../../../../src/shared/domain/index.ts";

function sample(atMs: number, change: Partial<RunSample> = {}): RunSample {
  return {
    target: 0,
    atMs,
    memoryBytes: 0,
    cacheBytes: 0,
    cpuSeconds: 0,
    throttledSeconds: 0,
    services: {},
    busiestThread: null,
    otherHostCores: null,
    ...change,
  };
}

function fold(samples: readonly RunSample[]) {
  const windows = new WindowFold();
  for (const one of samples) windows.add(one);
  return windows.windows;
}

describe("windows of one second", () => {
  it("spread CPU time exactly over the seconds that it was used in", () => {
    const windows = fold([sample(0), sample(500, { cpuSeconds: 0.1 }), sample(2500, { cpuSeconds: 1.1 })]);
    expect(windows.map((window) => window.hostCores)).toEqual([0.1 + 0.25, 0.5, 0.25]);
  });

  it("keep the highest reading with the cache beside it", () => {
    const windows = fold([
      sample(0, { memoryBytes: 5, cacheBytes: 1 }),
      sample(100, { memoryBytes: 9, cacheBytes: 2 }),
      sample(200, { memoryBytes: 7, cacheBytes: 3 }),
    ]);
    expect(windows[0]).toMatchObject({ memoryPeakBytes: 9, cacheAtPeakBytes: 2, memoryPeakAtMs: 100 });
  });

  it("keep a spike between two readings in the second of the reading before it was told", () => {
    const windows = fold([sample(0), sample(900), sample(1000, { spikeBytes: 70 }), sample(1100, { spikeBytes: 60 })]);
    expect(windows[0]).toMatchObject({ memoryPeakBytes: 0, spike: { atMs: 900, bytes: 70 } });
    expect(windows[1]?.spike).toEqual({ atMs: 1000, bytes: 60 });
  });

  it("put what is known once a second into the second that has ended", () => {
    const thread = { service: "a", name: "x", hostCores: 0.5 };
    const windows = fold([sample(0), sample(1003, { busiestThread: thread, otherHostCores: 1 }), sample(1500)]);
    expect(windows[0]).toMatchObject({ busiestThread: thread, otherHostCores: 1 });
    expect(windows[1]?.busiestThread).toBeNull();
  });

  it("count a service that appears later from its first reading on", () => {
    const at = (cpuSeconds: number | null) => ({
      services: { a: { memoryBytes: null, cacheBytes: null, cpuSeconds, oomKills: null } },
    });
    const windows = fold([sample(0, at(null)), sample(1000, at(5)), sample(2000, at(5.5))]);
    expect(windows[1]?.services.a?.hostCores).toBe(0.5);
    expect(windows[0]?.services.a?.hostCores).toBeNull();
  });

  it("between two times are those that lie wholly inside", () => {
    const windows = fold([sample(0), sample(4999)]);
    expect(windowsBetween(windows, 900, 4000).map((window) => window.fromMs)).toEqual([1000, 2000, 3000]);
  });

  test.prop([
    fc.array(fc.record({ gap: fc.integer({ min: 1, max: 3000 }), used: fc.double({ min: 0, max: 2, noNaN: true }) }), {
      minLength: 1,
      maxLength: 50,
    }),
  ])("lose and invent no CPU time", (steps) => {
    let atMs = 0;
    let cpuSeconds = 0;
    const samples = [sample(0)];
    for (const { gap, used } of steps) {
      atMs += gap;
      cpuSeconds += used;
      samples.push(sample(atMs, { cpuSeconds }));
    }
    const sum = fold(samples).reduce((total, window) => total + (window.hostCores ?? 0), 0);
    expect(sum).toBeCloseTo(cpuSeconds, 6);
  });
});

describe("quantiles", () => {
  it("are always something that was measured (nearest rank)", () => {
    const values = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(coreQuantiles(values)).toEqual({ p50: 10, p95: 19, p99: 20, max: 20 });
    expect(coreQuantiles([3])).toEqual({ p50: 3, p95: 3, p99: 3, max: 3 });
    expect(coreQuantiles([])).toBeNull();
    expect(quantile([], 0.5)).toBeNull();
  });
});
