import { useEffect, useRef, useState } from "react";
import { failureOf } from "../../../shared/contract/index.ts";
import type { Failure } from "../../../shared/domain/index.ts";
import { offerFile } from "../../ui/offer-file.ts";
import type { LogModel } from "./log-model.ts";
import { logFile } from "./save-log.ts";

export interface Saving {
  /** How much is done, from 0 to 1; null: nothing is being saved. */
  share: number | null;
  failure: Failure | null;
  start: () => Promise<void>;
  cancel: () => void;
}

/** Saves all rows that there are into a file. */
export function useSave(model: LogModel, fileName: () => string, nameOf: (containerId: string) => string): Saving {
  const [share, setShare] = useState<number | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const running = useRef<AbortController | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other logs, or none: what is being saved is of these.
  useEffect(() => () => running.current?.abort(), [model]);

  async function start(): Promise<void> {
    const abort = new AbortController();
    running.current?.abort();
    running.current = abort;
    setFailure(null);
    setShare(0);
    try {
      const { first: from, end } = model.state;
      const rows = (at: number, count: number) => model.rows(at, count);
      const file = await logFile({ rows, from, end, nameOf, onProgress: setShare }, abort.signal);
      if (file !== null) offerFile(fileName(), file);
    } catch (error) {
      if (!abort.signal.aborted) setFailure(failureOf(error));
    } finally {
      if (running.current === abort) {
        running.current = null;
        setShare(null);
      }
    }
  }
  return { share, failure, start, cancel: () => running.current?.abort() };
}
