import { type PointerEvent, useRef } from "react";
import { clockText } from "../../shared/format/time.ts";
import { showWindow } from "./run-view.ts";
import { panned, type Span, shareOf } from "./time-window.ts";
import type { Timeline } from "./use-timeline.ts";

const looks: Record<string, string> = { steady: "steady", "warm-up": "warm" };

/** The phases of the whole run; while the charts show a part of it, that part is framed here and can be dragged along. */
export function PhaseBar({ timeline }: { timeline: Timeline }) {
  const { spans, bounds, window, shownMs, live } = timeline;
  const track = useRef<HTMLDivElement>(null);
  const drag = useRef<{ x: number; window: Span } | null>(null);
  const place = (ms: number) => `${Math.max(0, Math.min(1, shareOf(ms, bounds))) * 100}%`;
  const width = (fromMs: number, toMs: number) =>
    `${Math.max(0, Math.min(1, shareOf(toMs, bounds)) - Math.max(0, shareOf(fromMs, bounds))) * 100}%`;
  const isPart = window.toMs - window.fromMs < bounds.toMs - bounds.fromMs;
  function move(event: PointerEvent): void {
    const held = drag.current;
    if (held === null) return;
    const share = (event.clientX - held.x) / Math.max(1, track.current?.clientWidth ?? 1);
    showWindow(panned(held.window, bounds, share * (bounds.toMs - bounds.fromMs)), live ? shownMs : null);
  }
  return (
    <div className="phases">
      <div
        ref={track}
        className="phase-track"
        role="img"
        aria-label={`Phases: ${spans.map((span) => `${span.phase} from ${clockText(span.fromMs)}`).join(", ")}`}
      >
        {spans.map((span) => (
          <i
            key={`${span.phase} ${span.fromMs}`}
            className={looks[span.phase] ?? ""}
            style={{ left: place(span.fromMs), width: width(span.fromMs, span.untilMs) }}
          />
        ))}
      </div>
      {isPart ? (
        <div
          className="phase-window"
          style={{ left: place(window.fromMs), width: width(window.fromMs, window.toMs) }}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            drag.current = { x: event.clientX, window };
          }}
          onPointerMove={move}
          onPointerUp={() => {
            drag.current = null;
          }}
        />
      ) : null}
      <div className="phase-names" aria-hidden={true}>
        {spans
          .filter((span) => (span.untilMs - span.fromMs) / Math.max(1, bounds.toMs) > 0.07)
          .map((span) => (
            <span key={`${span.phase} ${span.fromMs}`} style={{ left: place(span.fromMs) }}>
              {span.phase === "healthy" ? "until healthy" : span.phase}
            </span>
          ))}
      </div>
    </div>
  );
}
