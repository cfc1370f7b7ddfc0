import { useMemo } from "react";
import { clockText } from "../../shared/format/time.ts";
import { Icon } from "../ui/icon.tsx";
import { eventLooks, eventMarks } from "./event-looks.ts";
import { useRunView } from "./run-view.ts";
import { shareOf } from "./time-window.ts";
import type { Timeline } from "./use-timeline.ts";

/** Marks closer than this would lie on one another. */
const markPixels = 22;

/** What happened, on the axis of the charts. The list below says the same in words, so this lane is for the eye alone. */
export function EventLane({ timeline, pixels }: { timeline: Timeline; pixels: number }) {
  const { events, window } = timeline;
  const hot = useRunView((view) => view.hot);
  const msPerMark = ((window.toMs - window.fromMs) / pixels) * markPixels;
  const marks = useMemo(() => eventMarks(events, msPerMark), [events, msPerMark]);
  return (
    <div className="lane event-lane" aria-hidden={true}>
      <span className="lane-name">events</span>
      <div className="lane-body">
        {marks
          .filter(({ atMs }) => atMs >= window.fromMs && atMs <= window.toMs)
          .map((mark) => {
            const { icon, tone } = eventLooks[mark.kind];
            const isHot = hot !== null && mark.events.includes(hot);
            const first = events[mark.events[0] ?? 0];
            const more = mark.events.length - 1;
            return (
              <span
                key={mark.events[0]}
                className={`event-mark ${tone} ${isHot ? "hot" : ""}`}
                style={{ left: `${shareOf(mark.atMs, window) * 100}%` }}
                title={`${clockText(mark.atMs)} ${first?.text ?? ""}${more > 0 ? ` and ${more} more` : ""}`}
                onPointerEnter={() => useRunView.setState({ hot: mark.events[0] ?? null })}
                onPointerLeave={() => useRunView.setState({ hot: null })}
              >
                <Icon of={icon} size={14} />
                {more > 0 ? <b>{more + 1}</b> : null}
              </span>
            );
          })}
      </div>
    </div>
  );
}
