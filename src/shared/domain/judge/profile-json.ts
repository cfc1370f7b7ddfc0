import type { SeriesResult } from "../series/index.ts";
import type { ProfileResult, TargetResult } from "../verdict.ts";

/**
 * A result as `--json` prints it: `budget`, `envelope`, `stack` and `services` repeat the first target, `series` is what the runs
 * of its series say together.
 */
export type ProfileJson = ProfileResult &
  Pick<TargetResult, "budget" | "envelope" | "stack" | "services"> & { series?: SeriesResult };

export function toProfileJson(result: ProfileResult, series: SeriesResult | null = null): ProfileJson {
  const first = result.targets[0];
  if (first === undefined) throw new RangeError("A result has at least one target.");
  const { budget, envelope, stack, services } = first;
  return { ...result, budget, envelope, stack, services, ...(series === null ? {} : { series }) };
}
