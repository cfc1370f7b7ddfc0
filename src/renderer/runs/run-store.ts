import { create } from "zustand";
import { failureOf } from "../../shared/contract/index.ts";
import type { Failure, ProfileResult, RunEvent, RunRecord, RunSample, RunUpdate } from "../../shared/domain/index.ts";
import { runIdSchema } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { watch } from "../app/watch.ts";

/** What is known of the run on the page. */
export interface RunView {
  seq: number;
  record: RunRecord | null;
  samples: readonly RunSample[];
  events: readonly RunEvent[];
  result: ProfileResult | null;
  /** Samples that the host left out because this face was too slow. */
  dropped: number;
  /** True when nothing more will come. */
  ended: boolean;
  failure: Failure | null;
}

export const emptyRun: RunView = {
  seq: 0,
  record: null,
  samples: [],
  events: [],
  result: null,
  dropped: 0,
  ended: false,
  failure: null,
};

/** The view after one update, or null when updates are missing in between. */
export function applyRunUpdate(view: RunView, update: RunUpdate): RunView | null {
  if (update.kind === "snapshot") {
    const { seq, record, samples, events, result } = update;
    return { seq, record, samples, events, result, dropped: 0, ended: isLast(update), failure: null };
  }
  if (view.record === null || update.seq !== view.seq + 1) return null;
  const next = { ...view, seq: update.seq };
  if (update.kind === "samples") {
    return { ...next, samples: [...view.samples, ...update.samples], dropped: view.dropped + update.dropped };
  }
  if (update.kind === "events") return { ...next, events: [...view.events, ...update.events] };
  if (update.kind === "record") return { ...next, record: update.record };
  return { ...next, record: update.record, result: update.result, ended: true };
}

export const useRun = create<RunView>(() => emptyRun);

/** True for the update after which nothing comes. A record may say "finished" a moment before the result is there. */
export function isLast(update: RunUpdate): boolean {
  return update.kind === "ended" || (update.kind === "snapshot" && update.record.status !== "running");
}

function follow(runId: string): () => void {
  return watch({
    open: (signal) => client.runs.watch({ runId: runIdSchema.parse(runId) }, { signal }),
    take: (update) => {
      const next = applyRunUpdate(useRun.getState(), update);
      if (next === null) return "again";
      useRun.setState(next);
      return isLast(update) ? "done" : undefined;
    },
    failed: (failure) => useRun.setState({ failure }),
  });
}

/** Shows a run: a stored one as it is kept, one that runs as it goes on. Gives the function that lets go of it. */
export function openRun(runId: string): () => void {
  let closed = false;
  let stop: (() => void) | null = null;
  useRun.setState(emptyRun);
  async function load(): Promise<void> {
    try {
      const { record, samples, events, result } = await client.runs.get({ runId: runIdSchema.parse(runId) });
      if (closed) return;
      useRun.setState({ record, samples, events, result, ended: record.status !== "running" });
      if (record.status === "running") stop = follow(runId);
    } catch (error) {
      if (!closed) useRun.setState({ failure: failureOf(error) });
    }
  }
  void load();
  return () => {
    closed = true;
    stop?.();
  };
}
