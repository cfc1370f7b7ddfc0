import { expect, test } from "vitest";
import {
  baselineNameSchema,
  type ComparableRun,
  isBaselineFile,
  judgeAgainstBaseline,
  type TargetResult,
} from "../../../../src/shared/domain/index.ts";
import { finishedRun } from "../../profiling/report/finished-run.ts";
import { mebibyte, observation } from "../judge/observations.ts";

function targetOf(peakMib: number | null): TargetResult {
  const [target] = finishedRun([observation()]).result.targets;
  if (target === undefined) throw new Error("no target");
  return {
    ...target,
    stack: { ...target.stack, memoryPeakBytes: peakMib === null ? null : peakMib * mebibyte },
  };
}

function baselineOf(...targets: TargetResult[]) {
  const { record, result } = finishedRun([observation()]);
  const runs = targets.map(
    (target): ComparableRun => ({ record, result: { ...result, targets: [target] }, observations: [] }),
  );
  return { name: "base", runs, allowed: 0.1 };
}

test("memory may peak as far over the median of the baseline as was said", () => {
  const baseline = baselineOf(targetOf(90), targetOf(100), targetOf(400));
  expect(judgeAgainstBaseline(targetOf(110), baseline)).toMatchObject({ passed: true, limit: 0.1 });
  expect(judgeAgainstBaseline(targetOf(112), baseline)).toMatchObject({
    name: "memoryOverBaseline",
    passed: false,
    text: "Memory peaks at 112 MiB, 12% more than the baseline base (100 MiB), of at most 10% more.",
  });
  expect(judgeAgainstBaseline(targetOf(50), baseline)).toMatchObject({ passed: true, value: -0.5 });
});

test("what cannot be compared is neither passed nor missed", () => {
  const other = targetOf(100);
  const unknown = [
    [targetOf(110), baselineOf({ ...other, device: { ...other.device, label: "another" } })],
    [
      targetOf(110),
      baselineOf({ ...other, envelope: { ...other.envelope, limits: { ...other.envelope.limits, memoryBytes: 1 } } }),
    ],
    [targetOf(null), baselineOf(other)],
    [targetOf(110), baselineOf(targetOf(null))],
  ] as const;
  for (const [target, baseline] of unknown) {
    expect(judgeAgainstBaseline(target, baseline)).toMatchObject({ passed: null, value: null });
  }
});

test("a name is none that means a file", () => {
  expect(["./base", "a/b", "base.bayplan"].map(isBaselineFile)).toEqual([true, true, true]);
  expect(["main", "v1.2", "../x", "x.bayplan", ""].map((name) => baselineNameSchema.safeParse(name).success)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
