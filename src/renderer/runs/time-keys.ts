import { indexAt, type RunColumns } from "../../shared/domain/index.ts";
import { showWindow, useRunView } from "./run-view.ts";
import { panned, spanBetween, zoomed } from "./time-window.ts";
import type { Timeline } from "./use-timeline.ts";

/** Zooms about the cursor when it is in view, else about the middle. */
export function zoomBy(timeline: Timeline, factor: number): void {
  const { window, bounds, shownMs, live } = timeline;
  const { cursorMs } = useRunView.getState();
  const inView = cursorMs !== null && cursorMs >= window.fromMs && cursorMs <= window.toMs;
  const aroundMs = inView ? cursorMs : (window.fromMs + window.toMs) / 2;
  showWindow(zoomed(window, bounds, factor, aroundMs), live ? shownMs : null);
}

export function panBy(timeline: Timeline, share: number): void {
  const { window, bounds, shownMs, live } = timeline;
  const byMs = (window.toMs - window.fromMs) * share;
  showWindow(panned(window, bounds, byMs), live ? shownMs : null);
}

/** Goes on when it is paused; else stands still from now on. */
export function togglePause(timeline: Timeline): void {
  const { pause } = useRunView.getState();
  const { shownMs, bounds, index } = timeline;
  // The target stays, too, when the next one begins.
  if (pause === null) useRunView.setState({ pause: { atMs: shownMs, untilMs: bounds.toMs }, target: index });
  else useRunView.setState({ pause: null, target: null });
}

export function zoomToBrush(timeline: Timeline): void {
  const { brush } = useRunView.getState();
  if (brush !== null) showWindow(zoomed(brush, timeline.bounds, 1, brush.fromMs), null);
}

/** The moment of the reading so many readings from the cursor, or from the last one. */
function stepped(columns: RunColumns, cursorMs: number | null, by: number): number {
  const last = columns.length - 1;
  const at = cursorMs === null ? last : Math.min(last, indexAt(columns, cursorMs));
  return columns.atMs[Math.max(0, Math.min(last, at + by))] ?? 0;
}

/** One step of the cursor; with Shift the span grows along with it. */
function step(timeline: Timeline, by: number, marks: boolean): void {
  const { columns, window, bounds, shownMs, live } = timeline;
  if (columns === null || columns.length === 0) return;
  const view = useRunView.getState();
  const cursorMs = stepped(columns, view.cursorMs, by);
  const anchorMs =
    view.brush === null
      ? (view.cursorMs ?? shownMs)
      : view.cursorMs === view.brush.fromMs
        ? view.brush.toMs
        : view.brush.fromMs;
  useRunView.setState({ cursorMs, ...(marks ? { brush: spanBetween(anchorMs, cursorMs, bounds) } : {}) });
  const outside = cursorMs < window.fromMs ? cursorMs - window.fromMs : Math.max(0, cursorMs - window.toMs);
  if (outside !== 0) showWindow(panned(window, bounds, outside), live ? shownMs : null);
}

/** What a key does on the charts; false for a key that does nothing there. */
export function onTimeKey(timeline: Timeline, event: { key: string; shiftKey: boolean; ctrlKey: boolean }): boolean {
  const far = event.ctrlKey ? 10 : 1;
  switch (event.key) {
    case "ArrowLeft":
      step(timeline, -far, event.shiftKey);
      return true;
    case "ArrowRight":
      step(timeline, far, event.shiftKey);
      return true;
    case "+":
    case "=":
      zoomBy(timeline, 0.5);
      return true;
    case "-":
      zoomBy(timeline, 2);
      return true;
    case "0":
      showWindow(null, null);
      return true;
    case "PageUp":
    case "PageDown":
      panBy(timeline, event.key === "PageUp" ? -0.5 : 0.5);
      return true;
    case "Enter":
      zoomToBrush(timeline);
      return true;
    case "Escape":
      useRunView.setState({ brush: null, cursorMs: null });
      return true;
    case " ":
      if (timeline.live || useRunView.getState().pause !== null) togglePause(timeline);
      return true;
    default:
      return false;
  }
}
