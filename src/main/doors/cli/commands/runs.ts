import { AppError, runIdSchema } from "../../../../shared/domain/index.ts";
import { answerWord, longAgeText } from "../../../../shared/format/index.ts";
import { toProfileJson } from "../../../profiling/index.ts";
import type { Context } from "../context.ts";
import { substitutionLines } from "../substitution-lines.ts";
import { formatTable } from "../table.ts";
import { formatAnswers } from "./profile.ts";

/** The runs that are kept, newest first. */
export async function listRuns({ client, output }: Context): Promise<number> {
  const runs = await client.runs.list();
  output.value({ runs });
  output.text(
    runs.length === 0
      ? "No runs yet. `bayplan profile FILE --device MODEL` makes one."
      : formatTable(runs, [
          { head: "RUN", value: ({ id }) => id },
          { head: "STACK", value: ({ stackName }) => stackName },
          { head: "TARGETS", value: ({ targets }) => targets.map((target) => target.label).join(", ") },
          { head: "ANSWER", value: ({ verdict, status }) => (verdict === null ? status : answerWord(verdict)) },
          {
            head: "STARTED",
            value: ({ startedAtMs }) => new Date(startedAtMs).toISOString().slice(0, 16).replace("T", " "),
          },
          {
            head: "TOOK",
            right: true,
            value: ({ startedAtMs, endedAtMs }) => (endedAtMs === null ? "-" : longAgeText(endedAtMs - startedAtMs)),
          },
        ]),
  );
  return 0;
}

/** One run with its verdict, as `profile` printed it. */
export async function showRun({ client, output }: Context, { id }: { id: string }): Promise<number> {
  const runId = runIdSchema.safeParse(id);
  if (!runId.success)
    throw new AppError("not-found", `There is no run ${id}.`, { hint: "`bayplan runs` lists the runs kept here." });
  const { record, result } = await client.runs.get({ runId: runId.data });
  output.value(result === null ? { record } : toProfileJson(result));
  output.text(
    result === null
      ? [
          `${record.id}: ${record.status}${record.failure === null ? "" : `. ${record.failure.message}`}`,
          ...substitutionLines("Ran with stand-ins:", record.substitutions),
        ].join("\n")
      : formatAnswers(result),
  );
  return 0;
}
