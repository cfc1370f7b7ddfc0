import {
  AppError,
  accuracyAxes,
  type Budget,
  learnRatio,
  type Prediction,
  type ProfileResult,
  type RunAccuracy,
  type RunId,
  type RunRecord,
  rulesFor,
  type TargetObservation,
} from "../../shared/domain/index.ts";
import { predictFrom, type Speeds } from "../profiling/index.ts";
import type { RunStore } from "../store/index.ts";

interface Measured {
  record: RunRecord;
  result: ProfileResult;
  observations: TargetObservation[];
}

/**
 * What a run on this machine said of a device beside what a run on it measured. Throws `not-found`, and `bad-input` when the runs
 * are not such a pair.
 */
export async function compareRuns(
  store: RunStore,
  { predictedRunId, measuredRunId }: { predictedRunId: RunId; measuredRunId: RunId },
): Promise<RunAccuracy & { pair: { score: number | null } }> {
  const [here, there] = await Promise.all([readRun(store, predictedRunId), readRun(store, measuredRunId)]);
  const { on } = there.record;
  const [seen] = there.observations;
  const [measuredTarget] = there.result.targets;
  if (on === null || seen === undefined || measuredTarget === undefined) {
    throw new AppError("bad-input", `The run ${measuredRunId} was not made on a device.`, {
      hint: "The second run is one of `bayplan profile FILE --on DEVICE`.",
    });
  }
  if (here.record.on !== null) {
    throw new AppError(
      "bad-input",
      `The run ${predictedRunId} was made on ${here.record.on.name}: it predicts nothing.`,
      {
        hint: "The first run is one of `bayplan profile FILE --device …` on this machine.",
      },
    );
  }
  const { prediction, label, projected } = predictionOf(here, [on.name, on.modelId], seen.budget);
  const rules = rulesFor(prediction.seen, here.result.rules);
  const learns = learnRatio(prediction.seen, seen, rules);
  return {
    schemaVersion: 1,
    stackName: there.record.stackName,
    predictedRunId,
    measuredRunId,
    device: on.name,
    modelId: on.modelId,
    predictedFor: { label, projected },
    axes: accuracyAxes(prediction, { seen, axes: measuredTarget.axes }, rules),
    notes: notesOf(here.record, there.record),
    learns: projected ? { ratio: null, reason: "It was projected, and not measured for that device." } : learns,
    pair: { score: prediction.seen.budget.singleCoreScore },
  };
}

async function readRun(store: RunStore, id: RunId): Promise<Measured> {
  const [{ record, result }, observations] = await Promise.all([store.outcome(id), store.observations(id)]);
  if (result === null || observations.length === 0) {
    throw new AppError("bad-input", `The run ${id} has no result: it is ${record.status}.`, {
      hint: "Choose finished runs of `bayplan runs`.",
    });
  }
  return { record, result, observations };
}

/** What was measured for the device or its model, else projected onto what the device has. */
function predictionOf(
  run: Measured,
  labels: readonly (string | null)[],
  budget: Budget,
): { prediction: Prediction; label: string; projected: boolean } {
  for (const [at, { device, axes }] of run.result.targets.entries()) {
    const seen = run.observations[at];
    if (seen !== undefined && device.kind !== "custom" && labels.includes(device.label)) {
      return { prediction: { seen, axes }, label: device.label, projected: false };
    }
  }
  const { result } = run;
  return { prediction: predictFrom(run.observations, budget, result), label: budget.label, projected: true };
}

function notesOf(here: RunRecord, there: RunRecord): string[] {
  const notes: string[] = [];
  if (here.stackName !== there.stackName) notes.push(`The stacks are ${here.stackName} and ${there.stackName}.`);
  else if (here.file !== there.file) notes.push(`The stacks are of two files: ${here.file} and ${there.file}.`);
  if (here.services.join() !== there.services.join()) notes.push("They do not have the same services.");
  if (here.substitutions.length > 0) notes.push("Here, something stood in for what the device has itself.");
  return notes;
}

/**
 * Learns from a run on a device that has just been kept, by the newest run of the same stack here that was made for that device or
 * its model. Nothing, when there is no such run, nobody knows which model it is, or the pair teaches nothing.
 */
export async function learnFromRun(store: RunStore, speeds: Speeds, measuredRunId: RunId): Promise<void> {
  const { record, result } = await store.outcome(measuredRunId);
  const { on } = record;
  if (on === null || on.modelId === null || result === null) return;
  const before = (await store.list()).find(
    (run) =>
      run.on === null &&
      run.status === "finished" &&
      run.file === record.file &&
      run.services.join() === record.services.join() &&
      run.targets.some(({ label }) => label === on.name || label === on.modelId),
  );
  if (before === undefined) return;
  const { learns, pair } = await compareRuns(store, { predictedRunId: before.id, measuredRunId });
  if (learns.ratio === null || pair.score === null) return;
  await speeds.learn({
    modelId: on.modelId,
    predictedRunId: before.id,
    measuredRunId,
    ratio: learns.ratio,
    score: pair.score,
    learnedAt: new Date().toISOString(),
  });
}
