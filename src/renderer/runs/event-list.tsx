import {
  ArrowRight,
  CircleCheck,
  CircleStop,
  Gauge,
  Info,
  OctagonX,
  Play,
  RotateCw,
  TriangleAlert,
} from "lucide-react";
import type { RunEvent } from "../../shared/domain/index.ts";
import { clockText } from "../../shared/format/time.ts";
import { Icon, type LucideIcon } from "../ui/icon.tsx";

const looks: Record<RunEvent["kind"], { icon: LucideIcon; tone: string }> = {
  phase: { icon: ArrowRight, tone: "muted" },
  progress: { icon: Info, tone: "muted" },
  started: { icon: Play, tone: "muted" },
  healthy: { icon: CircleCheck, tone: "c-fits" },
  unhealthy: { icon: TriangleAlert, tone: "c-tight" },
  exited: { icon: CircleStop, tone: "c-tight" },
  "oom-kill": { icon: OctagonX, tone: "c-over" },
  restarted: { icon: RotateCw, tone: "c-tight" },
  load: { icon: Gauge, tone: "muted" },
  note: { icon: Info, tone: "muted" },
};

/** What happened, newest first. */
export function EventList({ events }: { events: readonly RunEvent[] }) {
  const shown = events
    .filter((event) => event.kind !== "phase")
    .slice(-60)
    .reverse();
  if (shown.length === 0) return <p className="muted small">Nothing has happened yet.</p>;
  return (
    <ol className="events" aria-label="Events">
      {shown.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two events may be alike in everything.
        <li key={`${event.atMs} ${event.text} ${shown.length - index}`}>
          <time className="muted">{clockText(event.atMs)}</time>
          <span className={looks[event.kind].tone}>
            <Icon of={looks[event.kind].icon} size={14} />
          </span>
          <span>
            {event.service === null || event.text.includes(event.service) ? null : (
              <b className="strong">{event.service} </b>
            )}
            {event.text}
          </span>
        </li>
      ))}
    </ol>
  );
}
