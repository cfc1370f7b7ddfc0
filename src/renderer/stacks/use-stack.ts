import { useEffect, useState } from "react";
import type { Failure, OpenedStack, StackFormat } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { watch } from "../app/watch.ts";

export interface WatchedStack {
  /** As it was when it could last be had. */
  opened: OpenedStack | null;
  readAtMs: number | null;
  /** Why there is nothing newer; null while there is. */
  failure: Failure | null;
  /** Grows with every reading: what was asked about an older one is asked again. */
  version: number;
}

const nothing: WatchedStack = { opened: null, readAtMs: null, failure: null, version: 0 };

/** Follows a stack of the host (null: the sample) over the changes of its files. `again` reads it anew at once. */
export function useStack(file: string | null, from: StackFormat | null): WatchedStack & { again: () => void } {
  const [state, setState] = useState(nothing);
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: round asks again.
  useEffect(
    () =>
      watch({
        open: (signal) => client.stacks.watch({ file, from }, { signal }),
        take: (update) => {
          setState((before) =>
            update.kind === "opened"
              ? { opened: update.opened, readAtMs: update.atMs, failure: null, version: before.version + 1 }
              : { ...before, failure: update.failure },
          );
          return undefined;
        },
        failed: (failure) => setState((before) => ({ ...before, failure })),
      }),
    [file, from, round],
  );
  return { ...state, again: () => setRound(round + 1) };
}
