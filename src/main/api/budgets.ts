import {
  AppError,
  type Budget,
  type Correction,
  type Device,
  defaultRules,
  type Model,
  type Outcome,
  type Rules,
  type TargetRequest,
  toFailure,
} from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";
import {
  budgetOfDevice,
  budgetOfModel,
  customBudget,
  type DeviceUse,
  findModel,
  modelOfDevice,
  type Speeds,
} from "../profiling/index.ts";

/** What is known besides the catalogue. */
export interface Known {
  fleet: Fleet;
  speeds: Speeds;
}

/**
 * The budgets that a run is judged against, in the order asked for. A name is a model of the catalogue first, then a
 * device. Throws `not-found` when it is neither, with near names of both.
 */
export async function budgetsOf(
  targets: readonly TargetRequest[],
  known: Known,
  rules: Rules = defaultRules,
): Promise<Budget[]> {
  return Promise.all(targets.map((target) => budgetOf(target, known, rules)));
}

/** The budget of each target, in the order asked for; one that has none says why. */
export function budgetOutcomes(targets: readonly TargetRequest[], known: Known): Promise<Outcome<Budget>[]> {
  return Promise.all(
    targets.map(async (target): Promise<Outcome<Budget>> => {
      try {
        return { ok: true, atMs: Date.now(), value: await budgetOf(target, known) };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { ok: false, atMs: Date.now(), failure: toFailure(error) };
      }
    }),
  );
}

/**
 * The budget of one target, with its speed as it was measured there and the correction that was learned of its model. Throws
 * `not-found` as `budgetsOf` does.
 */
export async function budgetOf(target: TargetRequest, known: Known, rules: Rules = defaultRules): Promise<Budget> {
  if (target.kind === "custom") return customBudget(target);
  const model = await notFoundAsNull(() => findModel(target.name));
  if (!("failure" in model)) return withCorrection(budgetOfModel(model.value, rules), model.value.id, known.speeds);
  const device = await notFoundAsNull(async () => known.fleet.find(target.name));
  if (!("failure" in device)) return budgetOfKnown(device.value, {}, known, rules);
  throw new AppError("not-found", `${target.name} is neither a model of the catalogue nor a known device.`, {
    hint: [model.failure.hint, device.failure.hint].filter((hint) => hint !== null).join(" "),
  });
}

/** The budget of a known device, with what was measured and learned. Throws as `budgetOfDevice` does. */
export async function budgetOfKnown(
  device: Device,
  use: DeviceUse,
  { fleet, speeds }: Known,
  rules: Rules,
): Promise<Budget> {
  const speed = await speeds.ofDevice(fleet.keptAs(device.id));
  const budget = await budgetOfDevice(device, { ...use, speed }, rules);
  return withCorrection(budget, (await modelOfDevice(device))?.id ?? null, speeds);
}

/** What runs on devices of that model have taught, where it is enough. */
export async function withCorrection(budget: Budget, modelId: string | null, speeds: Speeds): Promise<Budget> {
  if (modelId === null || budget.singleCoreScore === null) return budget;
  const correction = await speeds.correctionOf(modelId, budget.singleCoreScore);
  return correction === null ? budget : { ...budget, correction };
}

/** The corrections that are in use, by model. */
export async function correctionsOf(models: readonly Model[], speeds: Speeds): Promise<Map<string, Correction>> {
  const corrections = new Map<string, Correction>();
  for (const { id, singleCoreScore } of models) {
    const correction = singleCoreScore === null ? null : await speeds.correctionOf(id, singleCoreScore.value);
    if (correction !== null) corrections.set(id, correction);
  }
  return corrections;
}

async function notFoundAsNull<T>(find: () => Promise<T>): Promise<{ value: T } | { failure: AppError }> {
  try {
    return { value: await find() };
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return { failure: error };
    throw error;
  }
}
