import type { Budget, Failure, Outcome, TargetRequest } from "../../../shared/domain/index.ts";
import { client } from "../../app/client.ts";
import { useAnswer } from "../../app/use-answer.ts";

export interface Budgets {
  targets: readonly TargetRequest[];
  /** One for each target, in their order; null while they are on their way. */
  outcomes: readonly Outcome<Budget>[] | null;
  failure: Failure | null;
}

/** The budgets of the chosen targets. */
export function useBudgets(targets: readonly TargetRequest[]): Budgets {
  const key = JSON.stringify(targets);
  const answer = useAnswer(key, async (signal) => ({
    key,
    outcomes: targets.length === 0 ? [] : await client.models.budgets({ targets: [...targets] }, { signal }),
  }));
  // An answer to the question before this one.
  const outcomes = answer.value?.key === key ? answer.value.outcomes : null;
  return { targets, outcomes, failure: answer.failure };
}

/** The memory that a chosen target has for the stack, in bytes; null while that is not known. */
export function budgetBytesOf({ targets, outcomes }: Budgets, name: string): number | null {
  const index = targets.findIndex((target) => target.kind === "named" && target.name === name);
  const outcome = index === -1 ? undefined : outcomes?.[index];
  return outcome?.ok === true ? outcome.value.memoryBytes : null;
}
