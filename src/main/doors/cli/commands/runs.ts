import { AppError, type RunId, runIdSchema } from "../../../../shared/domain/index.ts";
import { answerWord, longAgeText } from "../../../../shared/format/index.ts";
import { toProfileJson } from "../../../profiling/index.ts";
import type { Context } from "../context.ts";
import { formatTable } from "../table.ts";
import { formatTarget } from "./profile.ts";

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
  const { record, result } = await client.runs.get({ runId: requireRunId(id) });
  output.value(result === null ? { record } : toProfileJson(result));
  output.text(
    result === null
      ? `${record.id}: ${record.status}${record.failure === null ? "" : `. ${record.failure.message}`}`
      : result.targets.map(formatTarget).join("\n\n"),
  );
  return 0;
}

/** The id of a run as a person wrote it. Throws `not-found` for what cannot be one. */
export function requireRunId(text: string): RunId {
  const parsed = runIdSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new AppError("not-found", `There is no run ${text}.`, { hint: "`bayplan runs` lists the runs kept here." });
}
