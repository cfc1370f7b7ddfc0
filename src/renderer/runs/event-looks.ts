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
import type { LucideIcon } from "../ui/icon.tsx";

/** The shape of each kind of event, the same in the lane and in the list; colour is the second cue. */
export const eventLooks: Record<RunEvent["kind"], { icon: LucideIcon; tone: string }> = {
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

/** Worst first: of several at one place the first one lends its shape. */
const weight: readonly RunEvent["kind"][] = ["oom-kill", "unhealthy", "restarted", "exited", "healthy", "started"];

function weightOf(kind: RunEvent["kind"]): number {
  const at = weight.indexOf(kind);
  return at === -1 ? weight.length : at;
}

/** Events that stand so close on the axis that they share one mark; by their places in the list. */
export interface EventMark {
  atMs: number;
  events: readonly number[];
  kind: RunEvent["kind"];
}

/** The events of the lane, those closer than so many ms together. Phases have the bar, progress only the list. */
export function eventMarks(events: readonly RunEvent[], closerThanMs: number): EventMark[] {
  const marks: EventMark[] = [];
  for (const [place, { kind, atMs }] of events.entries()) {
    if (kind === "phase" || kind === "progress") continue;
    const last = marks.at(-1);
    if (last === undefined || atMs - last.atMs >= closerThanMs) marks.push({ atMs, events: [place], kind });
    else {
      const worst = weightOf(kind) < weightOf(last.kind) ? kind : last.kind;
      marks[marks.length - 1] = { ...last, events: [...last.events, place], kind: worst };
    }
  }
  return marks;
}
