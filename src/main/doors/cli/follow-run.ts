import { AppError, type ProfileResult, type RunRecord, type RunUpdate } from "../../../shared/domain/index.ts";
import type { Context } from "./context.ts";

/** Follows a run to its end and gives its result; Ctrl-C cancels it and it cleans up. @throws AppError why it has no result. */
export async function followRun(context: Context, record: RunRecord): Promise<ProfileResult> {
  const { client, output, signal } = context;
  const cancel = () => {
    output.note("Stopping the run and removing what it started.");
    void client.runs.cancel({ runId: record.id });
  };
  signal.addEventListener("abort", cancel, { once: true });
  if (signal.aborted) cancel();
  try {
    // The watch is not tied to Ctrl-C: the run's own end is what this waits for, so that nothing is left running.
    const { ended, result } = await follow(context, record);
    if (result === null) throw failureOfRun(ended);
    return result;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** Prints what happens in a run until it ends. */
export async function follow(
  { client, output }: Context,
  { id }: RunRecord,
): Promise<{ ended: RunRecord; result: ProfileResult | null }> {
  const stream = await client.runs.watch({ runId: id });
  for await (const update of stream) {
    printProgress(output.note, update);
    if (update.kind === "ended") return { ended: update.record, result: update.result };
  }
  throw new AppError("internal", `The run ${id} ended without an end.`);
}

function printProgress(note: (text: string) => void, update: RunUpdate): void {
  if (update.kind !== "events" && update.kind !== "snapshot") return;
  for (const { atMs, service, text } of update.events) {
    note(`${(atMs / 1000).toFixed(1).padStart(6)} s  ${service === null ? "" : `${service}: `}${text}`);
  }
}

/** Why a run has no result. */
export function failureOfRun({ failure }: Pick<RunRecord, "failure">): AppError {
  if (failure === null) return new AppError("internal", "The run failed without a reason.");
  return new AppError(failure.code, failure.message, failure.hint === null ? {} : { hint: failure.hint });
}
