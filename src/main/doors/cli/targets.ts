import type { TargetRequest } from "../../../shared/domain/index.ts";
import { parseBudgetText } from "../../profiling/index.ts";

/** What `--device` and `--budget` said, each as often as it was given. */
export interface TargetFlags {
  device: string[];
  budget: string[];
}

/** One target for each flag: devices and models first. Throws `bad-input` for figures that are none. */
export function targetsOf({ device, budget }: TargetFlags): TargetRequest[] {
  return [...device.map((name) => ({ kind: "named" as const, name })), ...budget.map((text) => parseBudgetText(text))];
}
