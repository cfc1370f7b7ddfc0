import { type PointerEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { clockText } from "../../shared/format/time.ts";
import { fineClockText } from "./chart-specs.ts";
import { showWindow, useRunView } from "./run-view.ts";
import { onTimeKey } from "./time-keys.ts";
import { momentAt, panned, type Span, shareOf, spanBetween, zoomed } from "./time-window.ts";
import type { Timeline } from "./use-timeline.ts";

/** Room for the y axis at the left of the plot, and for the names of lines at its right; charts.css has the same. */
const leftPixels = 50;
const rightPixels = 80;
/** A pointer that moved less than this has clicked. */
const clickPixels = 4;

/** The pixels of the plot in a frame of some width. */
export function plotPixels(frameWidth: number): number {
  return Math.max(60, frameWidth - leftPixels - rightPixels);
}

/** Wheel with Ctrl (or a pinch) zooms about the pointer, Shift or a sideways wheel moves; a plain wheel scrolls the page. */
function useWheel(frame: RefObject<HTMLElement | null>, latest: RefObject<Timeline>): void {
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    function onWheel(event: WheelEvent): void {
      const { window, bounds, shownMs, live } = latest.current;
      const nowMs = live ? shownMs : null;
      const sideways =
        Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.shiftKey ? event.deltaY : 0;
      if (event.ctrlKey || event.metaKey) {
        const box = element?.getBoundingClientRect();
        const share = box === undefined ? 0.5 : (event.clientX - box.left - leftPixels) / plotPixels(box.width);
        const aroundMs = momentAt(Math.max(0, Math.min(1, share)), window);
        showWindow(zoomed(window, bounds, Math.exp(event.deltaY * 0.002), aroundMs), nowMs);
      } else if (sideways !== 0) {
        const byMs = (sideways / plotPixels(element?.clientWidth ?? 600)) * (window.toMs - window.fromMs);
        showWindow(panned(window, bounds, byMs), nowMs);
      } else return;
      event.preventDefault();
    }
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [frame, latest]);
}

interface Drag {
  kind: "brush" | "pan";
  startX: number;
  startMs: number;
  window: Span;
}

/** Dragging marks a span; with Shift or the middle button it moves the clock. */
function useDrag(frame: RefObject<HTMLElement | null>, latest: RefObject<Timeline>) {
  const drag = useRef<Drag | null>(null);
  function at(event: PointerEvent): { share: number; inPlot: boolean } {
    const box = frame.current?.getBoundingClientRect();
    if (box === undefined) return { share: 0, inPlot: false };
    const share = (event.clientX - box.left - leftPixels) / plotPixels(box.width);
    return { share: Math.max(0, Math.min(1, share)), inPlot: share >= -0.01 && share <= 1.01 };
  }
  return {
    onPointerDown(event: PointerEvent): void {
      const { share, inPlot } = at(event);
      if (!inPlot || event.button > 1 || (event.target instanceof Element && event.target.closest("button") !== null))
        return;
      const { window } = latest.current;
      const kind = event.button === 1 || event.shiftKey ? "pan" : "brush";
      drag.current = { kind, startX: event.clientX, startMs: momentAt(share, window), window };
      frame.current?.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent): void {
      const { window, bounds, shownMs, live } = latest.current;
      const { share, inPlot } = at(event);
      const held = drag.current;
      if (held?.kind === "pan") {
        const width = held.window.toMs - held.window.fromMs;
        const byMs = ((held.startX - event.clientX) / plotPixels(frame.current?.clientWidth ?? 600)) * width;
        showWindow(panned(held.window, bounds, byMs), live ? shownMs : null);
        return;
      }
      const atMs = momentAt(share, window);
      if (held !== null && Math.abs(event.clientX - held.startX) >= clickPixels) {
        useRunView.setState({ brush: spanBetween(held.startMs, atMs, bounds), cursorMs: atMs });
      } else useRunView.setState({ cursorMs: inPlot ? atMs : null });
    },
    onPointerUp(event: PointerEvent): void {
      const held = drag.current;
      drag.current = null;
      if (held === null) return;
      if (held.kind === "brush" && Math.abs(event.clientX - held.startX) < clickPixels)
        useRunView.setState({ brush: null });
    },
    onPointerCancel(): void {
      drag.current = null;
    },
    onPointerLeave(): void {
      if (drag.current === null) useRunView.setState({ cursorMs: null });
    },
  };
}

/** What lies over charts and lanes: the cursor and the marked span, the same in all of them. */
function Cover({ window }: { window: Span }) {
  const cursorMs = useRunView((view) => view.cursorMs);
  const brush = useRunView((view) => view.brush);
  const width = window.toMs - window.fromMs;
  const place = (ms: number) => Math.max(0, Math.min(1, shareOf(ms, window))) * 100;
  const inView = cursorMs !== null && cursorMs >= window.fromMs && cursorMs <= window.toMs;
  const marked = brush !== null && brush.toMs >= window.fromMs && brush.fromMs <= window.toMs ? brush : null;
  return (
    <div className="time-cover" aria-hidden={true}>
      {marked === null ? null : (
        <i
          className="time-brush"
          style={{ left: `${place(marked.fromMs)}%`, width: `${place(marked.toMs) - place(marked.fromMs)}%` }}
        />
      )}
      {inView ? (
        <i className="time-cursor" style={{ left: `${place(cursorMs)}%` }}>
          <b className={shareOf(cursorMs, window) > 0.9 ? "left" : ""}>{fineClockText(cursorMs, width)}</b>
        </i>
      ) : null}
    </div>
  );
}

/** One time axis for everything inside: the pointer, the wheel and the keys lead the cursor, the zoom and the marked span. */
export function TimeFrame({
  timeline,
  frame,
  children,
}: {
  timeline: Timeline;
  frame: RefObject<HTMLDivElement | null>;
  children: ReactNode;
}) {
  const latest = useRef(timeline);
  latest.current = timeline;
  useWheel(frame, latest);
  const drag = useDrag(frame, latest);
  const [focused, setFocused] = useState(false);
  const { window, target } = timeline;
  return (
    <div
      ref={frame}
      className="time-frame"
      role="application"
      aria-roledescription="charts on one time axis"
      aria-label={`Charts of ${target.name} from ${clockText(window.fromMs)} to ${clockText(window.toMs)}. Arrows move the cursor, with Shift they mark a span, plus and minus zoom, 0 shows all.`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys move the cursor and the view.
      tabIndex={0}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      onKeyDown={(event) => {
        if (event.target === event.currentTarget && onTimeKey(timeline, event)) event.preventDefault();
      }}
      {...drag}
    >
      {children}
      <Cover window={window} />
      {focused ? <Cursor timeline={timeline} /> : null}
    </div>
  );
}

/** What stands at the cursor, read aloud as the keys move it. */
function Cursor({ timeline }: { timeline: Timeline }) {
  const cursorMs = useRunView((view) => view.cursorMs);
  const brush = useRunView((view) => view.brush);
  const text =
    brush !== null
      ? `${fineClockText(brush.fromMs, 0)} to ${fineClockText(brush.toMs, 0)} marked`
      : cursorMs === null
        ? ""
        : fineClockText(cursorMs, 0);
  return (
    <span className="unseen" role="status" aria-label={`Cursor on ${timeline.target.name}`}>
      {text}
    </span>
  );
}
