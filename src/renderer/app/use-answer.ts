import { useEffect, useState } from "react";
import { failureOf } from "../../shared/contract/index.ts";
import type { Failure } from "../../shared/domain/index.ts";

export interface Answer<T> {
  value: T | null;
  failure: Failure | null;
  again: () => void;
}

/** Asks once, and once more for every new key; an answer that comes too late is dropped. */
export function useAnswer<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [state, setState] = useState<{ value: T | null; failure: Failure | null }>({ value: null, failure: null });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key says when the question is another one; round asks again.
  useEffect(() => {
    const ended = new AbortController();
    ask(ended.signal).then(
      (value) => {
        if (!ended.signal.aborted) setState({ value, failure: null });
      },
      (error: unknown) => {
        if (!ended.signal.aborted) setState({ value: null, failure: failureOf(error) });
      },
    );
    return () => ended.abort();
  }, [key, round]);
  return { ...state, again: () => setRound(round + 1) };
}
