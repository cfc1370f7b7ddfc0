import type { Container, LogExtent } from "../../../shared/domain/index.ts";
import type { Entry } from "../fleet/entry.ts";
import { WakeUp } from "../session/wake-up.ts";
import type { DeviceLogs } from "./device-logs.ts";
import { chosenContainers } from "./follow-logs.ts";

/** So much time is between two extents, however much comes. */
const TELL_MS = 100;

export interface WatchLogsRequest {
  containerIds: readonly string[];
  tail: number;
}

/**
 * Opens the logs of some containers as one list of rows and tells how far it reaches, until the signal aborts or the
 * device leaves the list. Throws `not-found`.
 */
export async function* watchLogs(
  entry: Entry,
  logs: DeviceLogs,
  containers: readonly Container[],
  request: WatchLogsRequest,
  signal: AbortSignal,
): AsyncGenerator<LogExtent, void, void> {
  const until = AbortSignal.any([signal, entry.left]);
  const wake = new WakeUp();
  const chosen = chosenContainers(containers, request.containerIds);
  const { view, sources, close } = logs.openView(chosen, request.tail, () => wake.call());
  let last = "";
  try {
    while (!until.aborted) {
      wake.reset();
      const extent: LogExtent = {
        viewId: view.id,
        ...(await view.reach()),
        ended: sources.filter((source) => source.ended).map((source) => source.containerId),
        notKept: sources.reduce((sum, source) => sum + source.notKept, 0),
      };
      const told = JSON.stringify({ ...extent, unchangedTo: extent.end });
      if (told !== last) yield extent;
      last = told;
      await wake.wait(null, until);
      await new WakeUp().wait(TELL_MS, until);
    }
  } finally {
    close();
  }
}
