import { AppError } from "../../../../shared/domain/index.ts";
import { countText } from "../../../../shared/format/index.ts";
import type { Context } from "../context.ts";
import { requireRunId } from "./runs.ts";

/** Shows what the advice of a run changes in the stack's files, and writes it when told to. */
export async function advise(
  { client, output }: Context,
  { id, device, write }: { id: string; device: string | null; write: boolean },
): Promise<number> {
  const runId = requireRunId(id);
  const { result } = await client.runs.get({ runId });
  const labels = result?.targets.map((target) => target.device.label) ?? [];
  const target = device === null ? 0 : labels.indexOf(device);
  if (target < 0) {
    throw new AppError("not-found", `The run ${id} was not measured against ${device}.`, {
      hint: `It has ${labels.join(", ")}.`,
    });
  }
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
    ].join("\n"),
  );
  return 0;
}
