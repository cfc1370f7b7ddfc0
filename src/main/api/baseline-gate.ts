import { resolve } from "node:path";
import {
  AppError,
  type BaselineGate,
  defaultOverBaseline,
  type Gates,
  isBaselineFile,
  judgeAgainstBaseline,
  type ProfileResult,
} from "../../shared/domain/index.ts";
import { bayplanFileName } from "../stacks/index.ts";
import { openBaselines, type RunStore } from "../store/index.ts";
import { runsOfBaseline } from "./kept-runs.ts";

/**
 * The baseline that a stack's `bayplan.yaml` names, read before anything is measured; null when it names none. A file counts from the folder of the stack.
 * @throws AppError `not-found`, `bad-input` for a file that is none, and for a gate without a baseline.
 */
export async function openBaselineGate(
  kept: { dataFolder: string; store: RunStore },
  folder: string,
  { baseline, gates }: { baseline?: string | undefined; gates: Gates },
): Promise<BaselineGate | null> {
  if (baseline === undefined) {
    if (gates.memoryOverBaseline === undefined) return null;
    throw new AppError(
      "bad-input",
      `${resolve(folder, bayplanFileName)}: \`gates.memoryOverBaseline\` wants a baseline.`,
      {
        hint: "Add `baseline: NAME`, or `baseline: ./base.bayplan` for a file beside it.",
      },
    );
  }
  const name = isBaselineFile(baseline) ? resolve(folder, baseline) : baseline;
  const runs = await runsOfBaseline({ store: kept.store, baselines: openBaselines(kept.dataFolder) }, name);
  return { name: baseline, runs, allowed: gates.memoryOverBaseline ?? defaultOverBaseline };
}

/** The result with the gate of its baseline, for every target. */
export function againstBaseline(result: ProfileResult, gate: BaselineGate | null): ProfileResult {
  if (gate === null) return result;
  const targets = result.targets.map((target) => ({
    ...target,
    gates: [...target.gates, judgeAgainstBaseline(target, gate)],
  }));
  return { ...result, targets };
}
