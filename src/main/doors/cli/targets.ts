import { AppError, type TargetRequest } from "../../../shared/domain/index.ts";
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

/** As `targetsOf`; throws `bad-input` when there is none. */
export function requireTargets(flags: TargetFlags): TargetRequest[] {
  const targets = targetsOf(flags);
  if (targets.length > 0) return targets;
  throw new AppError("bad-input", "There is nothing to judge the stack against.", {
    hint: "Name a board or a device (--device rpi-4b-2gb), or a budget (--budget memory=256MiB,cpus=0.5).",
  });
}

/** Gathers an option that may be given several times. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}
