import type { AdvisedRun, RunId } from "../../../../shared/domain/index.ts";
import { countText, proofWord } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { targetCalled } from "./prove.ts";
import { requireRunId } from "./runs.ts";

/** Shows what the advice of a run changes in the stack's files, and writes it when told to. */
export async function advise(
  { client, output }: Context,
  { id, device, write }: { id: string; device: string | null; write: boolean },
): Promise<number> {
  const runId = requireRunId(id);
  const { result } = await client.runs.get({ runId });
  const target = targetCalled(result, id, device);
  const advised = await client.runs.advise({ runId, target, write });
  output.value(advised);
  output.text(
    [
      ...advised.files.map(({ diff }) => diff.trimEnd()),
      ...advised.left.map(
        ({ advice, reason }) => `Left as it is: ${advice.service} ${advice.key}: ${advice.proposed}. ${reason}`,
      ),
      advised.taken.length === 0
        ? "Nothing is changed."
        : `${countText(advised.taken.length, "setting")} for ${advised.label} ${write ? "written" : "would be written; --write does it"}.`,
      ...proofOf(advised, runId),
    ].join("\n"),
  );
  return 0;
}

/** Whether a run under these limits has shown that they do. */
function proofOf({ proof, taken, left }: AdvisedRun, runId: RunId): string[] {
  if (proof !== null) return [`${proofWord(proof)} (run ${proof.runId}): ${proof.reason}`];
  if (taken.length === 0 && left.length === 0) return [];
  return [`These limits are not proven; bayplan prove ${runId} runs the stack under them.`];
}
