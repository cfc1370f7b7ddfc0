import { create } from "zustand";

export type Side = "a" | "b";

/** What is chosen for each side of a comparison: ids of runs and of series. */
interface CompareChoice {
  a: readonly string[];
  b: readonly string[];
}

export const useCompareChoice = create<CompareChoice>(() => ({ a: [], b: [] }));

/** Puts a run or series on a side, or takes it away; it is on one side at most. */
export function toggleSide(side: Side, name: string): void {
  useCompareChoice.setState((choice) => {
    const other = side === "a" ? "b" : "a";
    const own = choice[side].includes(name) ? without(choice[side], name) : [...choice[side], name];
    return { ...choice, [side]: own, [other]: without(choice[other], name) };
  });
}

export function clearChoice(): void {
  useCompareChoice.setState({ a: [], b: [] });
}

export function swapSides(): void {
  useCompareChoice.setState(({ a, b }) => ({ a: b, b: a }));
}

function without(names: readonly string[], name: string): string[] {
  return names.filter((one) => one !== name);
}
