import { judgeProof, type ProfileResult, type Proof, type TargetObservation } from "../../shared/domain/index.ts";
import type { RunStore } from "../store/index.ts";
import type { Proving } from "./wanted-run.ts";

/** The result of a run, with what it proved when it was a proof; the run that it is about is told of it, too. */
export async function keepProof(
  store: RunStore,
  result: ProfileResult,
  [seen]: readonly TargetObservation[],
  proving: Pick<Proving, "runId" | "target"> | null,
): Promise<ProfileResult> {
  const [judged] = result.targets;
  if (proving === null || judged === undefined || seen === undefined) return result;
  const proof = judgeProof(seen, judged, result.rules, result.runId);
  const about = await store.outcome(proving.runId);
  if (about.result !== null) await store.replaceResult(proving.runId, withProof(about.result, proving.target, proof));
  return withProof(result, 0, proof);
}

function withProof(result: ProfileResult, index: number, proof: Proof): ProfileResult {
  return { ...result, targets: result.targets.map((target, at) => (at === index ? { ...target, proof } : target)) };
}
