import { useEffect, useMemo } from "react";
import { compileLogQuery, type Failure, type LogQuery } from "../../../shared/domain/index.ts";
import { failureIn, type LogModel, type LogState } from "./log-model.ts";
import type { SearchWish } from "./search-bar.tsx";

/** A person still writes: each letter would be a search of its own. */
const writingMs = 150;

/** What a person wishes as a search of the model; what was under way is cancelled when it changes. */
export function useLogSearch(
  model: LogModel,
  state: LogState,
  wish: SearchWish,
  topRow: { current: number },
): { pattern: RegExp | null; failure: Failure | null } {
  const { text, regex, matchCase } = wish;
  const query = useMemo(
    (): LogQuery | null => (text === "" ? null : { text, regex, ignoreCase: !matchCase }),
    [text, regex, matchCase],
  );
  const wrong = useMemo(() => (query === null ? null : failureIn(() => compileLogQuery(query))), [query]);
  useEffect(() => {
    const wanted = wrong === null ? query : null;
    model.search(null, 0);
    if (wanted === null) return;
    const timer = setTimeout(() => model.search(wanted, topRow.current), writingMs);
    return () => clearTimeout(timer);
  }, [model, query, wrong, topRow]);
  const searched = state.search.query;
  const pattern = useMemo(() => (searched === null ? null : compileLogQuery(searched)), [searched]);
  return { pattern, failure: wrong ?? state.search.failure };
}
