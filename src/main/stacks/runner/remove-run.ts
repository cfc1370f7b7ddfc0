import type { Engine } from "../../engines/index.ts";
import { runLabel } from "./labels.ts";
import { type RemovedCounts, removeThings } from "./remove-things.ts";

/** Removes what a measured run has left on an engine, by its label and with its volumes. Nobody waits for it any more: no grace. */
export async function removeRun(engine: Engine, runId: string): Promise<RemovedCounts> {
  return removeThings(engine, await engine.listByLabel(`${runLabel}=${runId}`), 0);
}
