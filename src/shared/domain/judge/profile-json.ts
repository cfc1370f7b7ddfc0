import type { ProfileResult, TargetResult } from "../verdict.ts";

/** A result as `--json` prints it: `budget`, `envelope`, `stack` and `services` repeat the first target. */
export type ProfileJson = ProfileResult & Pick<TargetResult, "budget" | "envelope" | "stack" | "services">;

export function toProfileJson(result: ProfileResult): ProfileJson {
  const first = result.targets[0];
  if (first === undefined) throw new RangeError("A result has at least one target.");
  const { budget, envelope, stack, services } = first;
  return { ...result, budget, envelope, stack, services };
}
