import { expect, test } from "vitest";
import { filterGroups, groupRuns, isFinished } from "../../../../src/renderer/runs/run-groups.ts";
import { type RunSummary, runSummarySchema } from "../../../../src/shared/domain/index.ts";

function run(id: string, change: Partial<RunSummary> & { of?: string } = {}): RunSummary {
  const { of, ...rest } = change;
  return runSummarySchema.parse({
    id,
    stackName: "gateway",
    targets: [{ label: "rpi-5-4gb", name: "Raspberry Pi 5 4GB" }],
    status: "finished",
    phase: null,
    verdict: "fits",
    startedAtMs: 0,
    endedAtMs: 1,
    series: of === undefined ? null : { id: of, index: 1, of: 2 },
    origin: null,
    ...rest,
  });
}

test("the runs of a series are one row with the worst answer, where its newest stands", () => {
  const groups = groupRuns([run("c", { of: "s-1" }), run("b"), run("a", { of: "s-1", verdict: "tight" })]);
  expect(groups.map(({ name, series, verdict, runs }) => [name, series, verdict, runs.length])).toEqual([
    ["s-1", true, "tight", 2],
    ["b", false, "fits", 1],
  ]);
});

test("all words of a filter have to be somewhere in a row", () => {
  const groups = groupRuns([run("a"), run("b", { stackName: "line" }), run("c", { verdict: "does-not-fit" })]);
  const found = (filter: string) => filterGroups(groups, filter).map(({ name }) => name);
  expect([found(""), found("LINE"), found("pi does-not"), found("line does-not")]).toEqual([
    ["a", "b", "c"],
    ["b"],
    ["c"],
    [],
  ]);
});

test("a row without a finished run has nothing to compare, and no answer", () => {
  const [group] = groupRuns([run("a", { status: "running", verdict: null })]);
  expect(group === undefined ? null : [group.verdict, isFinished(group)]).toEqual([null, false]);
});
