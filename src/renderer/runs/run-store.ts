import { create } from "zustand";
import { failureOf } from "../../shared/contract/index.ts";
import type { Failure, ProfileResult, RunEvent, RunId, RunRecord, RunUpdate } from "../../shared/domain/index.ts";
import { runIdSchema } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { watch } from "../app/watch.ts";
import { RunColumnsFeed } from "./run-columns-feed.ts";

/** What is known of the run on the page. */
export interface RunState {
  seq: number;
  record: RunRecord | null;
  events: readonly RunEvent[];
  result: ProfileResult | null;
  /** The clock of the target that is measured, as far as samples and events tell it. */
  lastMs: number;
  /** Samples that the host left out because this face was too slow. */
  dropped: number;
  /** True when nothing more will come. */
  ended: boolean;
  failure: Failure | null;
}

export const emptyRun: RunState = {
  seq: 0,
  record: null,
  events: [],
  result: null,
  lastMs: 0,
  dropped: 0,
  ended: false,
  failure: null,
};

/** The state after one update, or null when updates are missing in between. Samples are the feed's. */
export function applyRunUpdate(state: RunState, update: RunUpdate): RunState | null {
  if (update.kind === "snapshot") {
    const { seq, record, events, result } = update;
    return { ...emptyRun, seq, record, events, result, ended: isLast(update) };
  }
  if (state.record === null || update.seq !== state.seq + 1) return null;
  const next = { ...state, seq: update.seq };
  if (update.kind === "samples") {
    return { ...next, dropped: state.dropped + update.dropped, lastMs: update.samples.at(-1)?.atMs ?? state.lastMs };
  }
  if (update.kind === "events") {
    return { ...next, events: [...state.events, ...update.events], lastMs: update.events.at(-1)?.atMs ?? state.lastMs };
  }
  if (update.kind === "record") return { ...next, record: update.record };
  return { ...next, record: update.record, result: update.result, ended: true };
}

export const useRun = create<RunState>(() => emptyRun);

/** True for the update after which nothing comes. A record may say "finished" a moment before the result is there. */
export function isLast(update: RunUpdate): boolean {
  return update.kind === "ended" || (update.kind === "snapshot" && update.record.status !== "running");
}

let feed: RunColumnsFeed | null = null;

/** Gets the samples of a target of the run on the page, unless they are there. */
export function askForSamples(target: number): void {
  void feed?.ask(target);
}

function follow(runId: RunId, own: RunColumnsFeed): () => void {
  return watch({
    open: (signal) => client.runs.watch({ runId, samples: "new" }, { signal }),
    take: (update) => {
      const next = applyRunUpdate(useRun.getState(), update);
      if (next === null) return "again";
      if (update.kind === "snapshot") own.reset();
      useRun.setState(next);
      if (update.kind === "samples") own.take(update.samples);
      return isLast(update) ? "done" : undefined;
    },
    failed: (failure) => useRun.setState({ failure }),
  });
}

/** Shows a run: a stored one as it is kept, one that runs as it goes on. Gives the function that lets go of it. */
export function openRun(id: string): () => void {
  let closed = false;
  let stop: (() => void) | null = null;
  useRun.setState(emptyRun);
  async function load(): Promise<void> {
    try {
      const runId = runIdSchema.parse(id);
      const { record, events, result } = await client.runs.outline({ runId });
      if (closed) return;
      feed = new RunColumnsFeed(runId);
      useRun.setState({ record, events, result, ended: record.status !== "running" });
      if (record.status === "running") stop = follow(runId, feed);
    } catch (error) {
      if (!closed) useRun.setState({ failure: failureOf(error) });
    }
  }
  void load();
  return () => {
    closed = true;
    stop?.();
    feed?.close();
    feed = null;
  };
}
