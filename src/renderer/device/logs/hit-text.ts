import type { SearchState } from "./log-search.ts";

/** `3 of 128`; with a sign behind it while more may be found, and where there are more than are counted. */
export function hitText(
  { count, current, full }: Pick<SearchState, "count" | "current" | "full">,
  isOver: boolean,
): string {
  const more = full ? "+" : isOver ? "" : "…";
  if (count === 0) return isOver ? "None" : "Searching…";
  const all = `${count.toLocaleString("en-US")}${more}`;
  return current === null ? all : `${(current.index + 1).toLocaleString("en-US")} of ${all}`;
}
