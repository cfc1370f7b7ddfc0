import { useState } from "react";
import type { Budget, Stack, TargetRequest } from "../../../shared/domain/index.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { FailureNote } from "../../ui/failure-note.tsx";
import { Seg } from "../../ui/seg.tsx";
import { Skeleton } from "../../ui/skeleton.tsx";
import { stackNeeds } from "./budget-rows.ts";
import { NeedTable } from "./need-table.tsx";
import { SumRow } from "./sum-row.tsx";
import type { Budgets } from "./use-budgets.ts";

interface BudgetsViewProps {
  /** Null while the file cannot be read. */
  stack: Stack | null;
  budgets: Budgets;
  onGo: (path: string, line: number) => void;
}

/** What each service may take of a target's budget, by what the file says. */
export function BudgetsView({ stack, budgets, onGo }: BudgetsViewProps) {
  const { targets, outcomes } = budgets;
  const [chosen, setChosen] = useState(0);
  if (stack === null) {
    return (
      <EmptyState title="The budgets come with a file that can be read">
        <p>Mend the errors under Source first.</p>
      </EmptyState>
    );
  }
  if (budgets.failure !== null) return <FailureNote failure={budgets.failure} />;
  const index = chosen < targets.length ? chosen : 0;
  const outcome = outcomes?.[index] ?? null;
  if (targets.length > 0 && outcome === null) return <Skeleton width={320} height={56} />;
  const budget = outcome?.ok === true ? outcome.value : null;
  const needs = stackNeeds(stack.services);
  return (
    <div className="budgets">
      {targets.length > 1 ? (
        <Seg
          label="Target"
          value={String(index)}
          options={(outcomes ?? []).map((one, number) => ({
            value: String(number),
            label: one.ok ? one.value.name : targetName(targets[number]),
          }))}
          onChange={(value) => setChosen(Number(value))}
        />
      ) : null}
      {outcome?.ok === false ? <FailureNote failure={outcome.failure} tone="tight" /> : null}
      {budget === null ? (
        outcome === null && (
          <p className="soft">
            Choose a board or a device under Targets to see the limits against its budget. Until then the bars compare
            the services with each other.
          </p>
        )
      ) : (
        <section className="sums" aria-label={`Limits against ${budget.name}`}>
          {targets.length > 1 ? null : <h2>{budget.name}</h2>}
          <SumRow axis="memory" needs={needs} budget={budget} />
          <SumRow axis="cpu" needs={needs} budget={budget} />
        </section>
      )}
      <NeedTable needs={needs} budget={budget} onGo={onGo} />
      {budget === null ? null : <p className="caption sources">{sourcesText(budget)}</p>}
    </div>
  );
}

function targetName(target: TargetRequest | undefined): string {
  return target?.kind === "named" ? target.name : "Custom";
}

function sourcesText({ memorySource, cpuSource }: Budget): string {
  return `Memory: ${memorySource.replace(/\.$/, "")}. CPU: ${cpuSource.replace(/\.$/, "")}.`;
}
