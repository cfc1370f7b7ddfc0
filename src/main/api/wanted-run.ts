import { dirname } from "node:path";
import {
  AppError,
  type BaselineGate,
  type Budget,
  defaultRules,
  type Gates,
  type Load,
  loadName,
  type OpenedStack,
  type ProfileResult,
  type Rules,
  type RunId,
  type RunRecord,
  type RunRequest,
  type TargetResult,
} from "../../shared/domain/index.ts";
import { loadOfStack, openStack, readBayplanFile, requireStack, withAdvice } from "../stacks/index.ts";
import { openBaselineGate } from "./baseline-gate.ts";
import type { RunServiceParts } from "./start-parts.ts";

/** A target of a finished run whose advised limits a run is to prove. */
export interface Proving {
  runId: RunId;
  target: number;
  judged: TargetResult;
}

/** Everything that a run is, before an engine is asked. */
export interface WantedRun {
  opened: OpenedStack;
  budgets: Budget[];
  rules: Rules;
  gates: Gates;
  /** The baseline that it is held against; null for none. */
  gate: BaselineGate | null;
  loads: Load[];
}

/**
 * Reads what a run is to measure: the stack, what `bayplan.yaml` beside it says, the budgets. A proof has the budget of the run that it
 * is about, and the limits that were advised there.
 * @throws AppError `bad-input`, `conflict` for a proof of a stack that is loaded otherwise by now, and what finding a budget throws.
 */
export async function wantedRun(
  request: RunRequest,
  parts: RunServiceParts,
  proving: Proving | null,
): Promise<WantedRun> {
  const opened = await openStack(request.file, process.env, request);
  const stack = requireStack(opened);
  const folder = dirname(stack.file);
  const { gates, thresholds, baseline } = await readBayplanFile(folder);
  const rules = { ...defaultRules, ...thresholds };
  const loads = await loadOfStack(folder, stack, process.env, request.load);
  if (proving === null) {
    const gate = await openBaselineGate(parts, folder, { baseline, gates });
    return { opened, budgets: await parts.budgetsOf(request.targets, rules), rules, gates, gate, loads };
  }
  requireSameLoad(proving.judged, loads);
  const limited = { ...opened, stack: withAdvice(stack, proving.judged.advice) };
  return { opened: limited, budgets: [proving.judged.budget], rules, gates: {}, gate: null, loads };
}

/** The target of a finished run that is to be proven, and what to ask for. @throws AppError `unsupported`, `not-found`. */
export function provingOf(
  { record, result }: { record: RunRecord; result: ProfileResult | null },
  target: number,
): { request: RunRequest; proving: Proving } {
  if (result === null) {
    throw new AppError("unsupported", `The run ${record.id} has no result to prove: it is ${record.status}.`, {
      hint: "Choose a finished run of `bayplan runs`.",
    });
  }
  const judged = result.targets[target];
  const asked = record.request.targets[target];
  if (judged === undefined || asked === undefined) {
    throw new AppError("not-found", `The run ${record.id} has no target ${target + 1}.`);
  }
  return { request: { ...record.request, targets: [asked] }, proving: { runId: record.id, target, judged } };
}

/** Limits that hold under another load prove nothing. */
function requireSameLoad({ load }: TargetResult, loads: readonly Load[]): void {
  const was = load.map(({ name, askedPerSecond }) => `${name} ${askedPerSecond ?? ""}`);
  const now = loads.map((one) => `${loadName(one)} ${"rate" in one ? one.rate : ""}`);
  if (was.length === 0 || was.join("\n") === now.join("\n")) return;
  throw new AppError("conflict", "The load in bayplan.yaml is not that of the run any more.", {
    hint: "Limits are proven under the load that they were advised for: measure it again.",
  });
}

/** What a run is about, as its record says it; null for a run of its own. */
export function provesOf({ proving }: { proving: Proving | null }): RunRecord["proves"] {
  return proving === null ? null : { runId: proving.runId, target: proving.target };
}
