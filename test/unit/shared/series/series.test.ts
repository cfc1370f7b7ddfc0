import { expect, test } from "vitest";
import {
  type ProfileResult,
  type RunRecord,
  runRecordSchema,
  seriesResult,
  spreadOf,
} from "../../../../src/shared/domain/index.ts";
import { seriesRows, seriesSentence } from "../../../../src/shared/format/index.ts";
import { finishedRun } from "../../profiling/report/finished-run.ts";
import { mebibyte, observation } from "../judge/observations.ts";

function runOfSeries(
  index: number,
  peakMib: number,
  verdict: "fits" | "tight",
): { record: RunRecord; result: ProfileResult } {
  const { record, result } = finishedRun([observation()]);
  const [target] = result.targets;
  if (target === undefined) throw new Error("no target");
  const stack = { ...target.stack, memoryPeakBytes: peakMib * mebibyte, startupSeconds: null };
  return {
    record: runRecordSchema.parse({ ...record, id: `run-${index}`, series: { id: "s-1", index, of: 4 } }),
    result: { ...result, runId: `run-${index}`, verdict, targets: [{ ...target, verdict, stack }] },
  };
}

test("the spread has the median of an even number between the middle two, and leaves out what was not measured", () => {
  expect(spreadOf([4, null, 1, 2, 3])).toEqual({ count: 4, min: 1, median: 2.5, max: 4, relative: 1.2 });
  expect(spreadOf([0, 0])).toEqual({ count: 2, min: 0, median: 0, max: 0, relative: null });
  expect(spreadOf([null])).toBeNull();
});

test("the answer of a series is the worst of its runs, which are in their order", () => {
  const runs = [runOfSeries(3, 120, "fits"), runOfSeries(2, 90, "tight"), runOfSeries(1, 100, "fits")];
  const series = seriesResult(runs);
  expect(series).toMatchObject({
    id: "s-1",
    wanted: 4,
    verdict: "tight",
    worstRunId: "run-2",
    runIds: ["run-1", "run-2", "run-3"],
    targets: [{ verdict: "tight", answers: ["fits", "tight", "fits"], startupSeconds: null }],
  });
  expect(series?.targets[0]?.memoryPeakBytes).toEqual({
    count: 3,
    min: 90 * mebibyte,
    median: 100 * mebibyte,
    max: 120 * mebibyte,
    relative: 0.3,
  });
  if (series === null) return;
  expect(seriesSentence(series)).toBe("3 of 4 runs, answers: tight 1, fits 2. The worst counts.");
  expect(seriesRows(series)[0]).toMatchObject({
    figure: "memory peak",
    min: "90 MiB",
    max: "120 MiB",
    relative: "30.0 %",
  });
  expect(seriesRows(series).map(({ figure }) => figure)).not.toContain("start-up");
});

test("a series without a finished run has no answer", () => {
  expect(seriesResult([])).toBeNull();
});
