import { randomBytes } from "node:crypto";
import { AppError, toFailure } from "../../shared/domain/index.ts";

/** A bug in a run is logged where it happened and shown by its id; the run itself ends as failed. */
export function runFailure(error: unknown) {
  if (error instanceof AppError) return toFailure(error);
  if (error instanceof Error && error.name === "AbortError") {
    return toFailure(new AppError("cancelled", "The run was cancelled."));
  }
  const id = randomBytes(4).toString("hex");
  process.stderr.write(`bug ${id} in a run: ${error instanceof Error ? error.stack : String(error)}\n`);
  return toFailure(new AppError("internal", `Something went wrong in Bayplan (id ${id}).`));
}
