import { useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import { type Container, deviceIdSchema } from "../../../shared/domain/index.ts";
import { LogModel, type LogState } from "./log-model.ts";

/** What stays the same when a container is made anew. */
function sourceKey({ stack, service, name }: Container): string {
  return service === null ? `/${name}` : `${stack ?? ""}/${service}/${name}`;
}

/**
 * Watches the logs of some containers of a device, from `tail` lines before their ends on. A container that takes another
 * one's place is the same source: the host goes on with it by itself.
 */
export function useLogs(
  deviceId: string,
  containers: readonly Container[],
  tail: number,
): { model: LogModel; state: LogState } {
  const wanted = containers.map(sourceKey).sort().join("\n");
  const ids = useRef<string[]>([]);
  ids.current = containers.map((container) => container.id);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other containers are another list of rows.
  const model = useMemo(() => new LogModel(deviceIdSchema.parse(deviceId), tail), [deviceId, tail, wanted]);
  useEffect(() => (wanted === "" ? undefined : model.open(() => ids.current)), [model, wanted]);
  const state = useSyncExternalStore(model.subscribe, () => model.state);
  return { model, state };
}
