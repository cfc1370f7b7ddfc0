import { type AdvisedRun, AppError, type ProfileResult, type RunRecord } from "../../shared/domain/index.ts";
import { adviseFiles } from "../stacks/index.ts";

/**
 * What the advice for one target of a run changes in the files of its stack, as they are now; `write` puts it there.
 * @throws AppError `unsupported` for a run without a result or a format without such settings, `not-found` for a target or a file
 * that is not there, `conflict` for a file that changes meanwhile.
 */
export async function adviseRun(
  { record, result }: { record: RunRecord; result: ProfileResult | null },
  index: number,
  write: boolean,
): Promise<AdvisedRun> {
  if (result === null) {
    throw new AppError(
      "unsupported",
      `The run ${record.id} has no result to take advice from: it is ${record.status}.`,
      {
        hint: "Choose a finished run of `bayplan runs`.",
      },
    );
  }
  if (record.origin !== null) {
    throw new AppError("unsupported", `The run ${record.id} was imported: the files of its stack are elsewhere.`, {
      hint: "Measure the stack here, or take the advice where it was measured.",
    });
  }
  const target = result.targets[index];
  if (target === undefined) throw new AppError("not-found", `The run ${record.id} has no target ${index + 1}.`);
  const {
    desktop: _none,
    targets: _targets,
    durationMs: _duration,
    warmUpMs: _warmUp,
    load: _load,
    ...selection
  } = record.request;
  const { files, taken, left, write: writeFiles } = await adviseFiles(selection, target.advice, process.env);
  if (write) await writeFiles();
  return { label: target.device.label, files, taken, left, written: write, proof: target.proof };
}
