import { describe, expect, test } from "vitest";
import { phaseSpans } from "../../../../src/renderer/runs/run-clock.ts";
import {
  busiestThread,
  cpuOverWindows,
  memoryOf,
  peakOf,
  samplesOfTarget,
} from "../../../../src/renderer/runs/run-series.ts";
import type { RunEvent } from "../../../../src/shared/domain/index.ts";
import { shownServices } from "../../../../src/shared/format/index.ts";
import { aRunSample } from "../samples.ts";

describe("CPU of a run", () => {
  const samples = [0, 250, 500, 750, 1000, 1250, 2250].map((atMs) =>
    aRunSample(atMs, { cpuSeconds: (atMs / 1000) * 0.4 }),
  );

  test("is the rate over a full second, in device cores, null before that", () => {
    const cores = cpuOverWindows(samples, (sample) => sample.cpuSeconds, 2.5);
    expect(cores.slice(0, 4)).toEqual([null, null, null, null]);
    for (const value of cores.slice(4)) expect(value).toBeCloseTo(1);
  });

  test("a counter that was not read leaves a gap and no zero", () => {
    const broken = samples.map((sample, index) => (index === 5 ? { ...sample, cpuSeconds: null } : sample));
    expect(cpuOverWindows(broken, (sample) => sample.cpuSeconds, 1)[5]).toBeNull();
  });

  test("the busiest thread holds between its readings", () => {
    const thread = { service: "s", name: "t", hostCores: 0.2 };
    expect(busiestThread([aRunSample(0), aRunSample(1, { busiestThread: thread }), aRunSample(2)], 3)).toEqual([
      null,
      expect.closeTo(0.6),
      expect.closeTo(0.6),
    ]);
  });
});

describe("series of a run", () => {
  test("more than seven services become six and the rest", () => {
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    expect(shownServices(names.slice(0, 7)).map(({ name }) => name)).toEqual(names.slice(0, 7));
    expect(shownServices(names).at(-1)).toEqual({ name: "2 more", members: ["g", "h"] });
  });

  test("memory of several services is their sum, null when none was measured", () => {
    const service = (memoryBytes: number | null) => ({
      memoryBytes,
      cacheBytes: null,
      cpuSeconds: null,
      oomKills: null,
    });
    const samples = [aRunSample(0, { services: { a: service(1), b: service(null) } }), aRunSample(1)];
    expect(memoryOf(samples, ["a", "b"])).toEqual([1, null]);
    expect(peakOf(samples, (sample) => sample.services.a?.memoryBytes ?? null)).toEqual({ value: 1, atMs: 0 });
  });

  test("thinning keeps the last sample and the target's own", () => {
    const samples = Array.from({ length: 100 }, (_, index) => aRunSample(index, { target: index % 2 }));
    const thin = samplesOfTarget(samples, 1, 10);
    expect(thin.length).toBeLessThanOrEqual(11);
    expect(thin.at(-1)?.atMs).toBe(99);
    expect(thin.every((sample) => sample.target === 1)).toBe(true);
  });
});

describe("phaseSpans", () => {
  test("each phase lasts until the next, the last one until now", () => {
    const phase = (atMs: number, name: RunEvent["phase"], target = 0): RunEvent => ({
      target,
      atMs,
      kind: "phase",
      service: null,
      phase: name,
      text: "",
    });
    expect(phaseSpans([phase(0, "start"), phase(5, "steady", 1), phase(10, "steady")], 0, 30)).toEqual([
      { phase: "start", fromMs: 0, untilMs: 10 },
      { phase: "steady", fromMs: 10, untilMs: 30 },
    ]);
  });
});
