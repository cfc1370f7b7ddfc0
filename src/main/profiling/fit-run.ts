import {
  AppError,
  type Budget,
  type Correction,
  type FitCell,
  type FitMatrix,
  type HostReport,
  type Model,
  type Prediction,
  type ProfileResult,
  type ProjectTo,
  projectTarget,
  type RunRecord,
  type TargetObservation,
  type TargetResult,
} from "../../shared/domain/index.ts";
import { boardNotes } from "./board-notes.ts";
import { budgetOfModel } from "./budget/index.ts";
import { planEnvelope } from "./envelope/index.ts";

/** A finished run with what was seen of each of its targets, in their order. */
export interface MeasuredRun {
  record: RunRecord;
  result: ProfileResult | null;
  observations: readonly TargetObservation[];
}

/**
 * What one run says about other budgets: measured where it ran under that one, projected elsewhere. `asked`: those and no
 * others; null: the measured ones, then every model, with the corrections that were learned, by model.
 * @throws AppError `unsupported` when the run has no result, or was kept by a version that wrote no observations.
 */
export function fitRun(
  run: MeasuredRun,
  models: readonly Model[],
  asked: readonly Budget[] | null,
  corrections: ReadonlyMap<string, Correction> = new Map(),
): FitMatrix {
  const { result, record } = run;
  if (result === null) {
    throw new AppError("unsupported", `The run ${record.id} has no result to project: it is ${record.status}.`, {
      hint: "Choose a finished run of `bayplan runs`.",
    });
  }
  const base = leastConstrained(run.observations);
  if (base === null) {
    throw new AppError("unsupported", `The run ${record.id} was kept without what a projection needs.`, {
      hint: "It is of an older Bayplan. Measure the stack again.",
    });
  }
  const notesOf = new Map(models.map((model) => [model.id, boardNotes(model)]));
  const measured = result.targets.map(measuredCell);
  const cellOf = (budget: Budget): FitCell =>
    measured.find(({ device }) => device.kind !== "custom" && device.label === budget.label) ??
    project(base, budget, result);
  const labels = new Set(measured.map(({ device }) => device.label));
  const others = models
    .filter((model) => !labels.has(model.id))
    .map((model) => cellOf(corrected(budgetOfModel(model, result.rules), corrections.get(model.id))));
  const cells = asked === null ? [...measured, ...others] : asked.map(cellOf);
  return {
    schemaVersion: 1,
    runId: record.id,
    stackName: record.stackName,
    cells: cells.map((cell) => ({ ...cell, notes: notesOf.get(cell.device.label) ?? [] })),
  };
}

function corrected(budget: Budget, correction: Correction | undefined): Budget {
  return correction === undefined ? budget : { ...budget, correction };
}

function measuredCell({ device, budget, verdict, headline, axes }: TargetResult): FitCell {
  return { device, budget, projected: false, verdict, headline, axes, notes: [] };
}

function project(base: TargetObservation, budget: Budget, { host, rules }: ProfileResult): FitCell {
  return projectTarget(base, { budget, envelope: envelopeFor(budget, host) }, rules);
}

/** What an envelope of a budget would be on the machine that measured. */
function envelopeFor(budget: Budget, host: HostReport): ProjectTo["envelope"] {
  const { limits, speedRatio, speedSource, cpuBand, missing } = planEnvelope(budget, [], {
    cpus: host.cpus,
    memoryBytes: host.memoryBytes,
    singleCoreScore: host.singleCoreScore,
    scoreSource: host.singleCoreScoreSource,
    kernels: host.kernels ?? null,
  });
  return { limits, speedRatio, speedSource, cpuBand, missing };
}

/** What a run would have said of another budget, with what was seen as if on that. Throws a RangeError for a run without observations. */
export function predictFrom(
  observations: readonly TargetObservation[],
  budget: Budget,
  result: ProfileResult,
): Prediction {
  const base = leastConstrained(observations);
  if (base === null) throw new RangeError("Nothing was observed.");
  const envelope = { ...envelopeFor(budget, result.host), mode: base.envelope.mode };
  return { seen: { ...base, budget, envelope }, axes: project(base, budget, result).axes };
}

/** Of the targets of a run, the one under whose budget the stack could show most: it ran, and had most memory, then most CPU. */
function leastConstrained(observations: readonly TargetObservation[]): TargetObservation | null {
  const rank = (seen: TargetObservation) =>
    [
      seen.failedInside === null ? 1 : 0,
      seen.envelope.limits.memoryBytes ?? Number.POSITIVE_INFINITY,
      seen.envelope.limits.cpuQuotaCores ?? Number.POSITIVE_INFINITY,
    ] as const;
  return observations.reduce<TargetObservation | null>((best, seen) => {
    if (best === null) return seen;
    const [a, b] = [rank(seen), rank(best)];
    const at = a.findIndex((value, index) => value !== b[index]);
    return at >= 0 && (a[at] ?? 0) > (b[at] ?? 0) ? seen : best;
  }, null);
}
