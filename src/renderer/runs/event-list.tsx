import { memo, useEffect, useRef } from "react";
import type { RunEvent } from "../../shared/domain/index.ts";
import { clockText } from "../../shared/format/time.ts";
import { Icon } from "../ui/icon.tsx";
import { eventLooks } from "./event-looks.ts";
import { useRunView } from "./run-view.ts";

/** More than these are not looked through one by one; zooming in shows those of a span. */
const mostShown = 200;

function Row({ event, place }: { event: RunEvent; place: number }) {
  const isHot = useRunView((view) => view.hot === place);
  const row = useRef<HTMLLIElement>(null);
  // The lane points at a row that may be out of sight; the page itself must not move.
  useEffect(() => {
    const list = row.current?.parentElement;
    if (!isHot || row.current === null || list == null || list.contains(document.activeElement)) return;
    const over = row.current.offsetTop - list.offsetTop - list.scrollTop;
    if (over < 0) list.scrollTop += over;
    else if (over + row.current.offsetHeight > list.clientHeight)
      list.scrollTop += over + row.current.offsetHeight - list.clientHeight;
  }, [isHot]);
  const point = () => useRunView.setState({ hot: place, cursorMs: event.atMs });
  const leave = () => useRunView.setState({ hot: null });
  return (
    <li ref={row} className={isHot ? "hot" : ""}>
      <button type="button" onPointerEnter={point} onPointerLeave={leave} onFocus={point} onBlur={leave}>
        <time className="muted">{clockText(event.atMs)}</time>
        <span className={eventLooks[event.kind].tone}>
          <Icon of={eventLooks[event.kind].icon} size={14} />
        </span>
        <span>
          {event.service === null || event.text.includes(event.service) ? null : (
            <b className="strong">{event.service} </b>
          )}
          {event.text}
        </span>
      </button>
    </li>
  );
}

/** What happened, newest first. Pointing at one shows its place on the charts, and the other way round. */
function EventListView({ events }: { events: readonly RunEvent[] }) {
  const shown = events
    .map((event, place) => ({ event, place }))
    .filter(({ event }) => event.kind !== "phase")
    .slice(-mostShown)
    .reverse();
  return (
    <section className="event-part">
      <h2 className="part-title">Events</h2>
      {shown.length === 0 ? (
        <p className="muted small events">Nothing has happened yet.</p>
      ) : (
        <ol className="events" aria-label="Events">
          {shown.map(({ event, place }) => (
            <Row key={place} event={event} place={place} />
          ))}
        </ol>
      )}
    </section>
  );
}

/** Drawn again only when something of its own has changed: the charts beside it change with every frame. */
export const EventList = memo(EventListView);
