import { create } from "zustand";
import type { RunPlan, TargetRequest } from "../../shared/domain/index.ts";

/** What a custom budget is typed as; empty means "no figure". */
export interface CustomBudget {
  memoryMiB: string;
  cpuCores: string;
}

interface Targets {
  /** Names of models and devices, in the order in which they were chosen. */
  named: readonly string[];
  customOn: boolean;
  custom: CustomBudget;
  durationMs: number;
  warmUpMs: number;
  /** Gives this machine's display to services that ask for one. */
  desktop: boolean;
  /** The stack whose `bayplan.yaml` was followed last: what a person changes after that stays. */
  plannedFor: string | null;
}

export const useTargets = create<Targets>(() => ({
  named: [],
  customOn: false,
  custom: { memoryMiB: "256", cpuCores: "0.5" },
  durationMs: 120_000,
  warmUpMs: 10_000,
  desktop: false,
  plannedFor: null,
}));

/** Chooses what `bayplan.yaml` says of a stack, once for each stack; what it does not say stays as it is chosen. */
export function followPlan(path: string, plan: RunPlan): void {
  useTargets.setState((state) => {
    if (state.plannedFor === path) return {};
    const named = plan.targets.flatMap((target) => (target.kind === "named" ? [target.name] : []));
    const custom = plan.targets.find((target) => target.kind === "custom");
    return {
      plannedFor: path,
      durationMs: plan.durationMs ?? state.durationMs,
      warmUpMs: plan.warmUpMs ?? state.warmUpMs,
      ...(plan.targets.length === 0 ? {} : { named, customOn: custom !== undefined }),
      ...(custom === undefined ? {} : { custom: typedBudget(custom) }),
    };
  });
}

function typedBudget({ memoryBytes, cpuCores }: { memoryBytes: number | null; cpuCores: number | null }): CustomBudget {
  return {
    memoryMiB: memoryBytes === null ? "" : String(memoryBytes / 1024 ** 2),
    cpuCores: cpuCores === null ? "" : String(cpuCores),
  };
}

export function toggleNamed(name: string): void {
  useTargets.setState((state) => ({
    named: state.named.includes(name) ? state.named.filter((other) => other !== name) : [...state.named, name],
  }));
}

export type CustomCheck =
  | { ok: true; target: TargetRequest }
  | { ok: false; field: keyof CustomBudget; problem: string };

function positive(text: string): number | null | "wrong" {
  if (text.trim() === "") return null;
  const value = Number(text.trim().replace(",", "."));
  return Number.isFinite(value) && value > 0 ? value : "wrong";
}

/** Reads a custom budget; a figure that is left out makes its axis unknown, both left out is no budget. */
export function checkCustom(custom: CustomBudget): CustomCheck {
  const memoryMiB = positive(custom.memoryMiB);
  const cpuCores = positive(custom.cpuCores);
  if (memoryMiB === "wrong")
    return { ok: false, field: "memoryMiB", problem: "Write MiB as a number, for example 256." };
  if (cpuCores === "wrong")
    return { ok: false, field: "cpuCores", problem: "Write cores as a number, for example 0.5." };
  if (memoryMiB === null && cpuCores === null)
    return { ok: false, field: "memoryMiB", problem: "Give memory, CPU or both." };
  const memoryBytes = memoryMiB === null ? null : Math.round(memoryMiB * 1024 ** 2);
  return { ok: true, target: { kind: "custom", memoryBytes, cpuCores, storageBytes: null } };
}

/** The chosen targets as the host wants them. An unreadable custom budget is left out; its field says why. */
export function requestedTargets(state: Pick<Targets, "named" | "customOn" | "custom">): TargetRequest[] {
  const named = state.named.map((name): TargetRequest => ({ kind: "named", name }));
  const custom = state.customOn ? checkCustom(state.custom) : null;
  return custom?.ok === true ? [...named, custom.target] : named;
}
