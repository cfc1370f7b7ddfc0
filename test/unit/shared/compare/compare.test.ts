import { expect, test } from "vitest";
import {
  type ComparableRun,
  type ComparedFigure,
  compareRuns,
  comparisonSchema,
  type FigureName,
  runRecordSchema,
} from "../../../../src/shared/domain/index.ts";
import { changeSentences, comparisonHeadline } from "../../../../src/shared/format/index.ts";
import { finishedRun } from "../../profiling/report/finished-run.ts";
import { mebibyte, observation } from "../judge/observations.ts";

interface Measured {
  peakMib?: number;
  servicePeakMib?: number;
  durationMs?: number;
  hostName?: string;
  label?: string;
}

let count = 0;

function run({
  peakMib = 100,
  servicePeakMib = 50,
  durationMs = 60_000,
  hostName = "here",
  label,
}: Measured = {}): ComparableRun {
  const seen = observation();
  const { record, result } = finishedRun([seen]);
  const [target] = result.targets;
  if (target === undefined) throw new Error("no target");
  count += 1;
  const id = `run-${count}`;
  const services = Object.fromEntries(
    Object.entries(target.services).map(([name, service]) => [
      name,
      { ...service, memoryPeakBytes: servicePeakMib * mebibyte },
    ]),
  );
  const device = label === undefined ? target.device : { ...target.device, label };
  const judged = { ...target, device, services, stack: { ...target.stack, memoryPeakBytes: peakMib * mebibyte } };
  return {
    record: runRecordSchema.parse({ ...record, id, request: { ...record.request, durationMs } }),
    result: { ...result, runId: id, host: { ...result.host, hostName }, targets: [judged] },
    observations: [seen],
  };
}

const side = (name: string, runs: ComparableRun[]) => ({ name, runs });
const five = (measured: (index: number) => Measured) => [0, 1, 2, 3, 4].map((index) => run(measured(index)));

function figure(figures: readonly ComparedFigure[] | undefined, name: FigureName): ComparedFigure {
  const found = figures?.find((one) => one.figure === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

test("what is worse in every run is worse, with its bound, and said in words", () => {
  const a = side(
    "old",
    five((index) => ({ peakMib: 100 + index })),
  );
  const b = side(
    "new",
    five((index) => ({ peakMib: 120 + index })),
  );
  const comparison = compareRuns(a, b);
  const memory = figure(comparison?.targets[0]?.stack, "memoryPeakBytes");
  expect(memory).toMatchObject({ change: "worse", reason: "" });
  expect(memory.pValue).toBeCloseTo(2 / 252, 10);
  expect(memory.difference).toEqual({
    value: 20 * mebibyte,
    low: 17 * mebibyte,
    high: 23 * mebibyte,
    relative: 20 / 102,
  });
  expect(figure(comparison?.targets[0]?.stack, "startupSeconds").change).toBe("not-shown");
  expect(comparison?.change).toBe("worse");
  if (comparison === null) return;
  expect(comparisonSchema.parse(comparison)).toEqual(comparison);
  expect(changeSentences(comparison, "worse")).toEqual([
    "the stack: memory peak got worse by +20 MiB (102 MiB to 122 MiB, between +17 MiB and +23 MiB); by chance 8 times in 1,000 comparisons.",
  ]);
  expect(compareRuns(b, a)?.targets[0]?.stack[0]?.change).toBe("better");
});

test("fewer than five a side are not comparable: the values, and no p-value", () => {
  const comparison = compareRuns(
    side("a", [run()]),
    side(
      "b",
      five(() => ({ peakMib: 200 })),
    ),
  );
  const memory = figure(comparison?.targets[0]?.stack, "memoryPeakBytes");
  expect(memory).toMatchObject({ change: "not-comparable", pValue: null, b: { median: 200 * mebibyte } });
  expect(memory.reason).toContain("there are 1 and 5");
  expect(memory.difference).toMatchObject({ value: 100 * mebibyte, low: null, high: null });
  expect(comparison === null ? "" : comparisonHeadline(comparison)).toContain("Not comparable");
});

test("a difference that measuring cannot tell is not shown, however certain", () => {
  const a = side(
    "a",
    five((index) => ({ peakMib: 200 + index / 100 })),
  );
  const b = side(
    "b",
    five((index) => ({ peakMib: 200.5 + index / 100 })),
  );
  expect(figure(compareRuns(a, b)?.targets[0]?.stack, "memoryPeakBytes")).toMatchObject({
    change: "not-shown",
    reason: expect.stringContaining("smaller than what measuring can tell"),
  });
});

test("of many figures one is different by chance: services are judged together", () => {
  const a = side(
    "a",
    five((index) => ({ servicePeakMib: 50 + index })),
  );
  const b = side(
    "b",
    five((index) => ({ servicePeakMib: 80 + index })),
  );
  const services = compareRuns(a, b)?.targets[0]?.services ?? [];
  const tested = services.flatMap(({ figures }) => figures).filter(({ pValue }) => pValue !== null).length;
  const memory = figure(services[0]?.figures, "memoryPeakBytes");
  expect(memory.adjustedPValue).toBeCloseTo(Math.min(1, (2 / 252) * tested), 10);
});

test("what was not the same is named, and stands in the way of what it changes alone", () => {
  const a = side(
    "a",
    five(() => ({})),
  );
  const b = side(
    "b",
    five(() => ({ hostName: "elsewhere", durationMs: 30_000, peakMib: 200 })),
  );
  const target = compareRuns(a, b)?.targets[0];
  expect(target?.differences.map(({ what }) => what)).toEqual(["machine", "duration"]);
  expect(target?.differences[1]).toMatchObject({ a: "60 s", b: "30 s" });
  expect(figure(target?.stack, "memoryPeakBytes").reason).toBe("Not the same on both sides: duration.");
  expect(figure(target?.stack, "cpuP95Cores").reason).toBe("Not the same on both sides: machine.");
});

test("runs that differ among themselves on one side are told, too", () => {
  const a = side("a", [run({ durationMs: 30_000 }), ...five(() => ({}))]);
  expect(
    compareRuns(
      a,
      side(
        "b",
        five(() => ({})),
      ),
    )?.targets[0]?.differences,
  ).toMatchObject([{ what: "duration", a: "30 s or 60 s", b: "60 s" }]);
});

test("without a common target there is nothing to compare", () => {
  expect(compareRuns(side("a", [run({ label: "x" })]), side("b", [run({ label: "y" })]))).toBeNull();
});
