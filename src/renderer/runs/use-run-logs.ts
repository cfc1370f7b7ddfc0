import { useEffect, useState } from "react";
import { failureOf } from "../../shared/contract/index.ts";
import type { Failure, RunId, RunLogLine } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import type { Span } from "./time-window.ts";

const restMs = 150;
const mostLines = 500;
const followEveryMs = 1_000;
/** While a run goes on its latest lines are shown: those of so long before one begins to look. */
const followBackMs = 30_000;

/** Lines of a run. */
export interface RunLogs {
  lines: readonly RunLogLine[];
  /** Lines of the span that are not among them, and those that were never kept. */
  leftOut: number;
  notKept: number;
  failure: Failure | null;
  /** False while what is there is of another span, or nothing is. */
  isKnown: boolean;
}

const nothing: RunLogs = { lines: [], leftOut: 0, notKept: 0, failure: null, isKnown: false };

interface Wanted {
  runId: RunId;
  target: number;
  span: Span;
  /** True: the latest lines, and on with the run; the span says only where it is now. */
  follows: boolean;
}

/** The log lines of a span of a run, or its latest ones as it goes on. */
export function useRunLogs({ runId, target, span, follows }: Wanted): RunLogs {
  const [logs, setLogs] = useState(nothing);
  const { fromMs, toMs } = follows ? { fromMs: 0, toMs: 0 } : span;
  const [startMs] = useState(() => Math.max(0, span.toMs - followBackMs));
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    // What was asked for before is not of this span: it is shown as what it is until the answer comes.
    setLogs((before) => (before.isKnown ? { ...before, isKnown: false } : before));
    let timer = setTimeout(() => void ask(), restMs);
    let isFirst = true;
    let fromNextMs = startMs;
    async function ask(): Promise<void> {
      const wanted = follows ? { fromMs: fromNextMs, toMs: Number.MAX_SAFE_INTEGER } : { fromMs, toMs };
      try {
        const page = await client.runs.logs({ runId, target, ...wanted, limit: mostLines }, { signal });
        if (signal.aborted) return;
        const isMore = follows && !isFirst;
        isFirst = false;
        // Just after the last line: lines of one moment come in one answer.
        fromNextMs = (page.lines.at(-1)?.atMs ?? fromNextMs - 0.001) + 0.001;
        setLogs((before) => ({
          lines: isMore ? [...before.lines, ...page.lines].slice(-mostLines) : page.lines,
          leftOut: page.leftOut,
          notKept: page.notKept,
          failure: null,
          isKnown: true,
        }));
      } catch (error) {
        if (!signal.aborted) setLogs((before) => ({ ...before, failure: failureOf(error), isKnown: true }));
      }
      if (follows && !signal.aborted) timer = setTimeout(() => void ask(), followEveryMs);
    }
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [runId, target, follows, fromMs, toMs, startMs]);
  return logs;
}
