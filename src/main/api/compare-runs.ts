import {
  AppError,
  type ComparableRun,
  type Comparison,
  type ComparisonSide,
  compareRuns,
  type RunId,
  type SideRequest,
} from "../../shared/domain/index.ts";
import type { RunStore } from "../store/index.ts";

/** More on one side prove nothing more. */
const maxRuns = 50;

/**
 * Compares what is kept of two sides.
 * @throws AppError `not-found` for a name of no run or series, `unsupported` for a run without a result, `bad-input` for a run on both
 * sides and for sides without a common target.
 */
export async function compareKept(store: RunStore, a: SideRequest, b: SideRequest): Promise<Comparison> {
  const [sideA, sideB] = [await sideOf(store, a), await sideOf(store, b)];
  const inA = new Set(sideA.runs.map(({ record }) => record.id));
  const both = sideB.runs.find(({ record }) => inA.has(record.id));
  if (both !== undefined) {
    throw new AppError("bad-input", `The run ${both.record.id} is on both sides.`, {
      hint: "A run compared with itself shows no difference, whatever it is. Leave it out on one side.",
    });
  }
  const comparison = compareRuns(sideA, sideB);
  if (comparison !== null) return comparison;
  throw new AppError("bad-input", "The two sides have no target in common.", {
    hint: `A was measured against ${labelsOf(sideA)}, B against ${labelsOf(sideB)}. Measure both against the same one.`,
  });
}

async function sideOf(store: RunStore, { names }: SideRequest): Promise<ComparisonSide> {
  const ids = new Set<RunId>();
  for (const name of names) for (const id of await idsOf(store, name)) ids.add(id);
  if (ids.size > maxRuns) throw new AppError("bad-input", `A side has at most ${maxRuns} runs.`);
  return { name: names.join(", "), runs: await Promise.all([...ids].map((id) => comparableRun(store, id))) };
}

/** The runs that a name means: a run, or the finished ones of a series. */
export async function idsOf(store: RunStore, name: string): Promise<RunId[]> {
  const records = await store.summaries();
  const run = records.find(({ id }) => id === name);
  if (run !== undefined) return [run.id];
  const ofSeries = records.filter(({ series, status }) => series?.id === name && status === "finished");
  if (ofSeries.length > 0) return ofSeries.map(({ id }) => id);
  throw new AppError("not-found", `There is no run and no series ${name}.`, {
    hint: "`bayplan runs` lists the runs kept here, each with its series.",
  });
}

async function comparableRun(store: RunStore, id: RunId): Promise<ComparableRun> {
  const { record, result } = await store.outcome(id);
  if (result === null) {
    throw new AppError("unsupported", `The run ${id} has no result to compare: it is ${record.status}.`, {
      hint: "Choose finished runs of `bayplan runs`.",
    });
  }
  return { record, result, observations: await store.observations(id) };
}

function labelsOf({ runs }: ComparisonSide): string {
  const labels = new Set(runs.flatMap(({ result }) => result.targets.map(({ device }) => device.label)));
  return [...labels].join(", ");
}
