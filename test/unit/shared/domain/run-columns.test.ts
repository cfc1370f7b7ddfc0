import { describe, expect, test } from "vitest";
import {
  columnsFromText,
  columnsToText,
  indexAt,
  runColumnsSchema,
  SampleColumns,
  spanFigures,
  thinColumns,
} from "../../../../src/shared/domain/index.ts";
import { aRunSample } from "../../renderer/samples.ts";

function reading(memoryBytes: number | null, cpuSeconds: number | null) {
  return { memoryBytes, cacheBytes: null, cpuSeconds, oomKills: null };
}

/** Ten readings a second of two services; the first one spikes once. */
function columnsOf(count: number, spikeAt: number): SampleColumns {
  const columns = new SampleColumns(["a", "b"], 4);
  for (let index = 0; index < count; index += 1) {
    const a = index === spikeAt ? 900 : 100 + (index % 7);
    const cpu = index * 0.05;
    columns.append(
      aRunSample(index * 100, {
        memoryBytes: a + 50,
        cpuSeconds: cpu,
        services: { a: reading(a, cpu), b: reading(index < 10 ? null : 50, null) },
      }),
    );
  }
  return columns;
}

describe("columns of samples", () => {
  test("CPU is the rate over a whole second; before that, and where a counter is missing, there is none", () => {
    const columns = columnsOf(30, 5);
    expect([...columns.stack.hostCores.subarray(0, 10)].every(Number.isNaN)).toBe(true);
    for (const cores of columns.stack.hostCores.subarray(10, 30)) expect(cores).toBeCloseTo(0.5);
    expect(columns.byService[1]?.hostCores.subarray(0, 30).every(Number.isNaN)).toBe(true);
    expect(columns.byService[1]?.memoryBytes[9]).toBeNaN();
    expect(columns.byService[1]?.memoryBytes[10]).toBe(50);
  });

  test("a thread holds until the next reading", () => {
    const columns = new SampleColumns([]);
    const busiestThread = { service: "s", name: "t", hostCores: 0.2 };
    for (const change of [{}, { busiestThread }, {}]) columns.append(aRunSample(columns.length, change));
    expect([...columns.threadHostCores.subarray(0, 3)]).toEqual([Number.NaN, 0.2, 0.2]);
  });

  test("they go on after others, with CPU when those were fed", () => {
    const before = columnsOf(30, 5);
    const next = aRunSample(3_000, { cpuSeconds: 1.5 });
    const after = SampleColumns.after(before, before);
    after.append(next);
    expect(after.length).toBe(31);
    expect(after.stack.memoryBytes[5]).toBe(950);
    expect(after.stack.hostCores[30]).toBeCloseTo(0.5);
    const cold = SampleColumns.after(before);
    cold.append(next);
    expect(cold.stack.hostCores[30]).toBeNaN();
  });

  test("they travel and come back, and what was not measured stays so", () => {
    const columns = columnsOf(25, 3);
    const text = runColumnsSchema.parse(JSON.parse(JSON.stringify(columnsToText(columns))));
    const back = columnsFromText(text);
    expect(text.stack.hostCores[0]).toBeNull();
    expect([...back.stack.memoryBytes]).toEqual([...columns.stack.memoryBytes.subarray(0, 25)]);
    expect(back.byService[1]?.memoryBytes[2]).toBeNaN();
  });
});

describe("thinning", () => {
  const columns = columnsOf(10_000, 7_777);

  test("a spike of one reading stays in every column that has it", () => {
    const thin = thinColumns(columns, 0, columns.length, 100);
    expect(thin.length).toBe(200);
    expect(Math.max(...thin.stack.memoryBytes)).toBe(950);
    expect(Math.max(...(thin.byService[0]?.memoryBytes ?? []))).toBe(900);
    expect(Math.min(...thin.stack.memoryBytes)).toBe(150);
    const at = thin.stack.memoryBytes.indexOf(950);
    expect(Math.abs((thin.atMs[at] ?? 0) - 777_700)).toBeLessThanOrEqual(10_000);
    expect([thin.atMs[0], thin.atMs[199]]).toEqual([0, 999_900]);
  });

  test("few readings are given as they are", () => {
    const part = thinColumns(columns, 7_700, 7_800, 50);
    expect(part.length).toBe(100);
    expect(part.atMs[77]).toBe(777_700);
    expect(part.stack.memoryBytes[77]).toBe(950);
  });
});

describe("figures of a span", () => {
  test("both ends count, the peak says when, and p95 is of the seconds in the span", () => {
    const columns = columnsOf(200, 50);
    const figures = spanFigures(columns, 4_000, 5_000);
    expect(figures.samples).toBe(11);
    expect(figures.stack).toEqual({ peakBytes: 950, peakAtMs: 5_000, p95HostCores: expect.closeTo(0.5) });
    expect(figures.services[1]).toEqual({ peakBytes: 50, peakAtMs: 4_000, p95HostCores: null });
    expect(spanFigures(columns, 4_000, 4_999).stack.peakBytes).toBeLessThan(200);
  });

  test("p95 by the nearest rank is what sorting gives", () => {
    const columns = new SampleColumns([], 512);
    const rates: number[] = [];
    let cpuSeconds = 0;
    for (let second = 0; second < 200; second += 1) {
      columns.append(aRunSample(second * 1_000, { cpuSeconds }));
      const rate = ((second * 7_919) % 200) / 100;
      rates.push(rate);
      cpuSeconds += rate;
    }
    const sorted = rates.slice(0, 199).sort((a, b) => a - b);
    expect(spanFigures(columns, 0, 200_000).stack.p95HostCores).toBeCloseTo(sorted[Math.ceil(199 * 0.95) - 1] ?? -1);
  });

  test("a span without readings has no figures", () => {
    expect(spanFigures(columnsOf(20, 5), 50_000, 60_000)).toEqual({
      samples: 0,
      stack: { peakBytes: null, peakAtMs: null, p95HostCores: null },
      services: Array.from({ length: 2 }, () => ({ peakBytes: null, peakAtMs: null, p95HostCores: null })),
    });
  });
});

test("indexAt finds the first reading at or after a moment", () => {
  const columns = columnsOf(10, 0);
  expect([indexAt(columns, -5), indexAt(columns, 100), indexAt(columns, 101), indexAt(columns, 5_000)]).toEqual([
    0, 1, 2, 10,
  ]);
});
