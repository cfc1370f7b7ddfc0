import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError, type RunPlan } from "../../shared/domain/index.ts";
import { parseBudgetText } from "../profiling/index.ts";
import { bayplanFileName, readBayplanFile } from "../stacks/index.ts";

/**
 * How a stack is to be measured, as `bayplan.yaml` beside it says. `path` is the stack's file or a folder that holds it: a folder's
 * `bayplan.yaml` may name the file. @throws AppError `bad-input` for a `bayplan.yaml` that cannot be read.
 */
export async function planRun(path: string): Promise<RunPlan> {
  const isFolder = await isFolderAt(path);
  const folder = isFolder ? path : dirname(path);
  const { stack, devices, budgets, duration, warmUp, failOn, repeat } = await readBayplanFile(folder);
  return {
    file: isFolder && stack !== undefined ? join(folder, stack) : path,
    targets: [
      ...devices.map((name) => ({ kind: "named" as const, name })),
      ...budgets.map((text) => budgetFrom(join(folder, bayplanFileName), text)),
    ],
    durationMs: duration ?? null,
    warmUpMs: warmUp ?? null,
    failOn: failOn ?? null,
    repeat: repeat ?? null,
  };
}

function budgetFrom(file: string, text: string) {
  try {
    return parseBudgetText(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(
      error.code,
      `${file}: \`budgets\`: ${error.message}`,
      error.hint === null ? {} : { hint: error.hint },
    );
  }
}

/** False also for what is not there: opening the stack says so in its own words. */
async function isFolderAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return false;
    throw error;
  }
}
