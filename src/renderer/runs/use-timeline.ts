import { useMemo } from "react";
import { indexAt, type RunColumns, type RunEvent, type RunRecord, type RunTarget } from "../../shared/domain/index.ts";
import { expectedEndMs, type PhaseSpan, phaseSpans } from "./run-clock.ts";
import { useRun } from "./run-store.ts";
import { useRunView, windowNow } from "./run-view.ts";
import type { Span } from "./time-window.ts";
import { useTargetColumns } from "./use-target-columns.ts";

/** One target of a run as the page shows it: up to now, or up to where it was paused. */
export interface Timeline {
  index: number;
  target: RunTarget;
  columns: RunColumns | null;
  /** True when the host has more readings than the page. */
  isThinned: boolean;
  events: readonly RunEvent[];
  spans: readonly PhaseSpan[];
  /** The run's own clock, which goes on while the view is paused. */
  nowMs: number;
  /** The clock of the view. */
  shownMs: number;
  /** From the start to where the axis ends. */
  bounds: Span;
  window: Span;
  live: boolean;
}

/** The same columns up to a moment, as another value: what draws them sees by it that there is something new. */
function columnsUntil(columns: RunColumns, atMs: number): RunColumns {
  const { services, stack, threadHostCores, byService } = columns;
  const length = indexAt(columns, atMs + 0.001);
  return { length, services, atMs: columns.atMs, stack, threadHostCores, byService };
}

/** What the page shows of the target that is looked at, or of the one that is measured; null for a run without targets. */
export function useTimeline(record: RunRecord): Timeline | null {
  const allEvents = useRun((state) => state.events);
  const ended = useRun((state) => state.ended);
  const chosen = useRunView((view) => view.target);
  const zoom = useRunView((view) => view.window);
  const followsFromMs = useRunView((view) => view.followsFromMs);
  const pause = useRunView((view) => view.pause);
  const index = chosen ?? record.currentTarget;
  const held = useTargetColumns(index);
  const target = record.targets[index];
  const events = useMemo(() => allEvents.filter((event) => event.target === index), [allEvents, index]);
  const live = !ended && record.status === "running" && index === record.currentTarget;
  const lastMs = held === undefined ? 0 : (held.columns.atMs[held.columns.length - 1] ?? 0);
  const nowMs = Math.max(lastMs, events.at(-1)?.atMs ?? 0);
  const shownMs = pause?.atMs ?? nowMs;
  const columns = useMemo(() => (held === undefined ? null : columnsUntil(held.columns, shownMs)), [held, shownMs]);
  const shownEvents = useMemo(() => events.filter((event) => event.atMs <= shownMs), [events, shownMs]);
  const spans = useMemo(() => phaseSpans(shownEvents, index, shownMs), [shownEvents, index, shownMs]);
  const endMs = live ? expectedEndMs(record, spans, shownMs) : shownMs;
  const untilMs = Math.max(1_000, pause?.untilMs ?? Math.max(endMs, shownMs));
  const bounds = useMemo(() => ({ fromMs: 0, toMs: untilMs }), [untilMs]);
  const { fromMs, toMs } = windowNow({ window: zoom, followsFromMs }, bounds, shownMs);
  const window = useMemo(() => ({ fromMs, toMs }), [fromMs, toMs]);
  if (target === undefined) return null;
  const isThinned = held?.isThinned ?? false;
  return { index, target, columns, isThinned, events: shownEvents, spans, nowMs, shownMs, bounds, window, live };
}
