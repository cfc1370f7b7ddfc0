import {
  AppError,
  type Comparison,
  type ComparisonSide,
  compareRuns,
  type SideRequest,
} from "../../shared/domain/index.ts";
import { type KeptRuns, runsOfSide } from "./kept-runs.ts";

/**
 * Compares what is kept of two sides.
 * @throws AppError `not-found` for a name of no run, series or baseline, `unsupported` for a run without a result, `bad-input` for a run on
 * both sides and for sides without a common target.
 */
export async function compareKept(kept: KeptRuns, a: SideRequest, b: SideRequest): Promise<Comparison> {
  const sideA = { name: nameOf(a), runs: await runsOfSide(kept, a) };
  const sideB = { name: nameOf(b), runs: await runsOfSide(kept, b) };
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

function nameOf(side: SideRequest): string {
  return "baseline" in side ? side.baseline : side.names.join(", ");
}

function labelsOf({ runs }: ComparisonSide): string {
  const labels = new Set(runs.flatMap(({ result }) => result.targets.map(({ device }) => device.label)));
  return [...labels].join(", ");
}
