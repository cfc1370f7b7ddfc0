import { useEffect, useRef, useState } from "react";
import { type Container, deviceIdSchema, type Failure } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import { watch } from "../app/watch.ts";
import { LogRing, type LogRow } from "./log-ring.ts";

/** The most rows that a view holds; older ones go. */
export const ringCapacity = 50_000;
const firstTail = 500;
/** After a break everything since is wanted; what is here already is left out. */
const againTail = 10_000;
/** This far behind the older lines are passed over: what is shown is what happens now. */
const lagLines = 20_000;
const drawEveryMs = 120;

export interface Logs {
  rows: readonly LogRow[];
  dropped: number;
  answered: boolean;
  ended: ReadonlySet<string>;
  failure: Failure | null;
}

/** What stays the same when a container is made anew. */
function sourceKey({ stack, service, name }: Container): string {
  return service === null ? `/${name}` : `${stack ?? ""}/${service}/${name}`;
}

const nothing: Logs = { rows: [], dropped: 0, answered: false, ended: new Set(), failure: null };

/**
 * Follows the logs of some containers of a device. What arrives is drawn a few times a second, however much it is. A
 * container that takes another one's place is the same source: the host goes on with it by itself.
 */
export function useLogs(deviceId: string, containers: readonly Container[]): Logs {
  const [logs, setLogs] = useState<Logs>(nothing);
  const wanted = containers.map(sourceKey).sort().join("\n");
  const ids = useRef<string[]>([]);
  ids.current = containers.map((container) => container.id);
  const ring = useRef(new LogRing(ringCapacity));

  useEffect(() => {
    ring.current = new LogRing(ringCapacity);
    setLogs(nothing);
    if (wanted === "") return;
    let tail = firstTail;
    let timer: ReturnType<typeof setTimeout> | null = null;
    const ended = new Set<string>();
    let failure: Failure | null = null;
    function draw(): void {
      timer ??= setTimeout(() => {
        timer = null;
        const { rows, dropped } = ring.current;
        setLogs({ rows, dropped, answered: true, ended: new Set(ended), failure });
      }, drawEveryMs);
    }
    const stop = watch({
      open: (signal) => {
        ring.current.resume();
        const request = { deviceId: deviceIdSchema.parse(deviceId), containerIds: ids.current, tail, lagLines };
        return client.logs.follow(request, { signal });
      },
      take: (batch) => {
        failure = null;
        tail = againTail;
        ring.current.add(batch);
        for (const id of batch.ended) ended.add(id);
        for (const line of batch.lines) ended.delete(line.containerId);
        draw();
        return undefined;
      },
      failed: (reason) => {
        failure = reason;
        draw();
      },
    });
    // A quiet container sends nothing: after a moment that is an answer too.
    const quiet = setTimeout(draw, 1_500);
    return () => {
      stop();
      clearTimeout(quiet);
      if (timer !== null) clearTimeout(timer);
    };
  }, [deviceId, wanted]);

  return logs;
}
