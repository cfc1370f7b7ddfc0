import {
  AppError,
  type Budget,
  defaultRules,
  type Outcome,
  type Rules,
  type TargetRequest,
  toFailure,
} from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";
import { budgetOfDevice, budgetOfModel, customBudget, findModel } from "../profiling/index.ts";

/**
 * The budgets that a run is judged against, in the order asked for. A name is a model of the catalogue first, then a
 * device. Throws `not-found` when it is neither, with near names of both.
 */
export async function budgetsOf(
  targets: readonly TargetRequest[],
  fleet: Fleet,
  rules: Rules = defaultRules,
): Promise<Budget[]> {
  return Promise.all(targets.map((target) => budgetOf(target, fleet, rules)));
}

/** The budget of each target, in the order asked for; one that has none says why. */
export function budgetOutcomes(targets: readonly TargetRequest[], fleet: Fleet): Promise<Outcome<Budget>[]> {
  return Promise.all(
    targets.map(async (target): Promise<Outcome<Budget>> => {
      try {
        return { ok: true, atMs: Date.now(), value: await budgetOf(target, fleet) };
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { ok: false, atMs: Date.now(), failure: toFailure(error) };
      }
    }),
  );
}

/** The budget of one target. Throws `not-found` as `budgetsOf` does. */
export async function budgetOf(target: TargetRequest, fleet: Fleet, rules: Rules = defaultRules): Promise<Budget> {
  if (target.kind === "custom") return customBudget(target);
  const model = await notFoundAsNull(() => findModel(target.name));
  if (!("failure" in model)) return budgetOfModel(model.value, rules);
  const device = await notFoundAsNull(async () => fleet.find(target.name));
  if (!("failure" in device)) return budgetOfDevice(device.value, {}, rules);
  throw new AppError("not-found", `${target.name} is neither a model of the catalogue nor a known device.`, {
    hint: [model.failure.hint, device.failure.hint].filter((hint) => hint !== null).join(" "),
  });
}

async function notFoundAsNull<T>(find: () => Promise<T>): Promise<{ value: T } | { failure: AppError }> {
  try {
    return { value: await find() };
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return { failure: error };
    throw error;
  }
}
