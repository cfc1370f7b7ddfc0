import { useEffect, useState } from "react";
import { columnsFromText, indexAt, type RunColumns, type RunId } from "../../shared/domain/index.ts";
import { client } from "../app/client.ts";
import type { Span } from "./time-window.ts";
import type { Timeline } from "./use-timeline.ts";

/** A pause this long in zooming and moving, and the host is asked for what came into view. */
const restMs = 120;
const detailPoints = 4_000;

interface Detail {
  target: number;
  span: Span;
  columns: RunColumns;
  isThinned: boolean;
}

function covers(outer: Span, inner: Span): boolean {
  return outer.fromMs <= inner.fromMs && outer.toMs >= inner.toMs;
}

function readingsIn(columns: RunColumns, span: Span): number {
  return indexAt(columns, span.toMs) - indexAt(columns, span.fromMs);
}

/**
 * The readings to draw: the page's own, or closer ones from the host where the page has thinned them and the window shows
 * fewer than it has pixels. Until they come the page's own are shown.
 */
export function useDetail(runId: RunId, timeline: Timeline, pixels: number): RunColumns | null {
  const { columns, isThinned, window, bounds, index } = timeline;
  const [detail, setDetail] = useState<Detail | null>(null);
  const isEnough = (held: RunColumns) => readingsIn(held, window) >= pixels;
  const wants = columns !== null && isThinned && window !== bounds && !isEnough(columns);
  const serves =
    detail !== null &&
    detail.target === index &&
    covers(detail.span, window) &&
    (!detail.isThinned || isEnough(detail.columns));
  const asks = wants && !serves;
  const { fromMs, toMs } = window;
  useEffect(() => {
    if (!asks) return undefined;
    const ended = new AbortController();
    const width = toMs - fromMs;
    const span = { fromMs: Math.max(0, fromMs - width), toMs: toMs + width };
    const timer = setTimeout(() => {
      client.runs.samples({ runId, target: index, ...span, points: detailPoints }, { signal: ended.signal }).then(
        (answer) => {
          if (ended.signal.aborted) return;
          const { isThinned: isThin } = answer;
          setDetail({ target: index, span, columns: columnsFromText(answer.columns), isThinned: isThin });
        },
        // The charts go on with what the page has; the next move asks again.
        () => undefined,
      );
    }, restMs);
    return () => {
      clearTimeout(timer);
      ended.abort();
    };
  }, [asks, runId, index, fromMs, toMs]);
  return wants && serves ? detail.columns : columns;
}
