import { create } from "zustand";
import { failureOf } from "../../shared/contract/index.ts";
import type {
  Failure,
  ProbeCounts,
  ProbeFinding,
  ProbePlan,
  ProbeRequest,
  ProbeUpdate,
} from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";

/** A search of the network as this face sees it. It goes on while its dialog is closed. */
export interface NetworkSearch {
  status: "idle" | "running" | "done" | "cancelled" | "failed";
  plan: ProbePlan | null;
  counts: ProbeCounts | null;
  found: readonly ProbeFinding[];
  failure: Failure | null;
}

export const noSearch: NetworkSearch = { status: "idle", plan: null, counts: null, found: [], failure: null };

export const useSearch = create<NetworkSearch>(() => noSearch);

/** The search after one more word of the host. */
export function applyProbeUpdate(search: NetworkSearch, update: ProbeUpdate): NetworkSearch {
  switch (update.kind) {
    case "started":
      return { ...noSearch, status: "running", plan: update.plan };
    case "progress":
      return { ...search, counts: update.counts, found: [...search.found, ...update.found] };
    case "done":
      return { ...search, status: "done", counts: update.counts, found: update.found };
  }
}

let stop: AbortController | null = null;

/** Starts a search; nothing happens while one goes on. */
export async function startSearch(request: ProbeRequest): Promise<void> {
  if (stop !== null) return;
  const mine = new AbortController();
  stop = mine;
  useSearch.setState({ ...noSearch, status: "running" });
  try {
    for await (const update of await client.devices.probe(request, { signal: mine.signal })) {
      useSearch.setState((search) => applyProbeUpdate(search, update));
    }
    if (useSearch.getState().status === "running") useSearch.setState({ status: "cancelled" });
  } catch (error) {
    const failure = failureOf(error);
    const isCancel = mine.signal.aborted || failure.code === "cancelled";
    useSearch.setState(isCancel ? { status: "cancelled" } : { status: "failed", failure });
  } finally {
    stop = null;
  }
}

/** Ends the search; what it found stays. */
export function cancelSearch(): void {
  stop?.abort();
}

/** Back to the question, for another search. */
export function clearSearch(): void {
  if (stop === null) useSearch.setState(noSearch);
}
