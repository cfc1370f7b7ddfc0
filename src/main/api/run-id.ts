import { randomBytes } from "node:crypto";
import { type RunId, runIdSchema } from "../../shared/domain/index.ts";

/** Sorts by time, says when, and does not collide between two Bayplans of one second. */
export function newRunId(): RunId {
  const stamp = new Date().toISOString().replace(/[-:]/g, "").slice(0, 15).replace("T", "-");
  return runIdSchema.parse(`${stamp}-${randomBytes(3).toString("hex")}`);
}
