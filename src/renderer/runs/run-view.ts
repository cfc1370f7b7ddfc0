import { create } from "zustand";
import type { Span } from "./time-window.ts";

/** A view that stands still while the run goes on: what was known then, and how far the axis reached. */
export interface Pause {
  atMs: number;
  untilMs: number;
}

/** How a person looks at a run. Charts, events and logs all follow it. */
export interface RunView {
  /** The target that is shown; null: the one that is measured. */
  target: number | null;
  /** The part of the clock that is in view; null: all of it. */
  window: Span | null;
  /** Set while the window moves along with the run: the moment at which it was where it says. */
  followsFromMs: number | null;
  pause: Pause | null;
  /** The span that was marked, for its figures and log lines. */
  brush: Span | null;
  /** The moment under the pointer, or where the keys have led. */
  cursorMs: number | null;
  /** The event that is pointed at, in the lane or in the list, by its place in the run. */
  hot: number | null;
  shape: "stack" | "services";
}

const first: RunView = {
  target: null,
  window: null,
  followsFromMs: null,
  pause: null,
  brush: null,
  cursorMs: null,
  hot: null,
  shape: "stack",
};

export const useRunView = create<RunView>(() => first);

/** A run is looked at anew: all of it, or with a span of one of its targets marked. */
export function resetRunView(target: number | null = null, brush: Span | null = null): void {
  useRunView.setState({ ...first, target, brush });
}

/** Another target has another clock: what was marked on the old one says nothing there. */
export function showTarget(target: number): void {
  const { shape } = useRunView.getState();
  useRunView.setState({ ...first, target, shape });
}

/** Shows a part of the clock; one that reaches up to now moves along with the run. Null shows all. */
export function showWindow(window: Span | null, nowMs: number | null): void {
  const follows = window !== null && nowMs !== null && window.toMs >= nowMs;
  useRunView.setState({ window, followsFromMs: follows ? nowMs : null });
}

/** The part of the clock in view now. */
export function windowNow(
  { window, followsFromMs }: Pick<RunView, "window" | "followsFromMs">,
  bounds: Span,
  nowMs: number,
): Span {
  if (window === null) return bounds;
  const moved = followsFromMs === null ? 0 : Math.max(0, nowMs - followsFromMs);
  return { fromMs: window.fromMs + moved, toMs: window.toMs + moved };
}
