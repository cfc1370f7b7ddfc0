import { useState } from "react";
import { failureOf } from "../../shared/contract/index.ts";
import type { Failure } from "../../shared/domain/index.ts";

export interface Action<A extends unknown[]> {
  run: (...args: A) => Promise<boolean>;
  busy: boolean;
  failure: Failure | null;
  clear: () => void;
}

/** Runs one call at a time and keeps its failure to show beside the button; true when it worked. */
export function useAction<A extends unknown[]>(call: (...args: A) => Promise<void>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  async function run(...args: A): Promise<boolean> {
    if (busy) return false;
    setBusy(true);
    setFailure(null);
    try {
      await call(...args);
      return true;
    } catch (error) {
      setFailure(failureOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  }
  return { run, busy, failure, clear: () => setFailure(null) };
}
