import { AppError, type ProfileResult, type Proof, type RunId } from "../../../../shared/domain/index.ts";
import type { Context } from "../context.ts";
import { followRun } from "../follow-run.ts";
import { proofLines } from "../load-lines.ts";
import { requireRunId } from "./runs.ts";

/** Runs the stack of a finished run under the limits that it advised for one target. 0 proven, 1 not, 5 could not be told. */
export async function prove(context: Context, { id, device }: { id: string; device: string | null }): Promise<number> {
  const { client, output } = context;
  const runId = requireRunId(id);
  const { result } = await client.runs.get({ runId });
  const target = targetCalled(result, id, device);
  const proof = await proveTarget(context, runId, target);
  output.value({ runId, target: result?.targets[target]?.device.label ?? null, proof });
  output.text(proofLines(proof).join("\n"));
  return exitCodeOfProof(proof);
}

/** Proves one target and waits for the end. Ctrl-C cancels and cleans up. @throws AppError what made the run fail. */
export async function proveTarget(context: Context, runId: RunId, target: number): Promise<Proof> {
  const record = await context.client.runs.prove({ runId, target });
  const result = await followRun(context, record);
  const proof = result.targets[0]?.proof ?? null;
  if (proof === null) throw new AppError("internal", `The run ${record.id} ended without a proof.`);
  return proof;
}

/** The place of a target among those of a run: the first one unless one is named. @throws AppError `not-found`. */
export function targetCalled(result: ProfileResult | null, id: string, device: string | null): number {
  const labels = result?.targets.map((target) => target.device.label) ?? [];
  const target = device === null ? 0 : labels.indexOf(device);
  if (target >= 0) return target;
  throw new AppError("not-found", `The run ${id} was not measured against ${device}.`, {
    hint: `It has ${labels.join(", ")}.`,
  });
}

export function exitCodeOfProof({ passed }: Proof): number {
  if (passed === null) return 5;
  return passed ? 0 : 1;
}
