import { type RunFilter, type RunSummary, summaryOf } from "../../shared/domain/index.ts";
import type { RunStore } from "../store/index.ts";
import type { RunService } from "./run-service.ts";

/** What is kept, newest first, with those that are being measured here as they are now. */
export async function runHistory(store: RunStore, runs: RunService, filter: RunFilter): Promise<RunSummary[]> {
  const stored = await store.summaries(filter);
  return stored.map((summary) => {
    const active = runs.active(summary.id);
    return active === null ? summary : summaryOf(active);
  });
}
