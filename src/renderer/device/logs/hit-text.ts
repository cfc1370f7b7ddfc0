import type { SearchState } from "./log-search.ts";

/** `3 of 128`; with a sign behind it while more may be found, and where there are more than are counted. */
export function hitText({
  count,
  current,
  full,
  over,
}: Pick<SearchState, "count" | "current" | "full" | "over">): string {
  const more = full ? "+" : over ? "" : "…";
  if (count === 0) return over ? "None" : "Searching…";
  const all = `${count.toLocaleString("en-US")}${more}`;
  return current === null ? all : `${(current.index + 1).toLocaleString("en-US")} of ${all}`;
}
