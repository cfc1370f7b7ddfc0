import { Maximize2, Pause, Play, ScanLine, ZoomIn, ZoomOut } from "lucide-react";
import { clockText } from "../../shared/format/time.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Seg } from "../ui/seg.tsx";
import { showWindow, useRunView } from "./run-view.ts";
import { togglePause, zoomBy, zoomToBrush } from "./time-keys.ts";
import type { Timeline } from "./use-timeline.ts";

const shapes = [
  { value: "stack" as const, label: "Stack" },
  { value: "services" as const, label: "Services" },
];

/** How one looks at the run: whole or by service, standing still or going on, near or far. */
export function RunTools({ timeline }: { timeline: Timeline }) {
  const { window, bounds, nowMs, live } = timeline;
  const shape = useRunView((view) => view.shape);
  const pause = useRunView((view) => view.pause);
  const brush = useRunView((view) => view.brush);
  const isPart = window.toMs - window.fromMs < bounds.toMs - bounds.fromMs;
  const hint =
    pause !== null
      ? `Paused at ${clockText(pause.atMs)}, behind by ${Math.round((nowMs - pause.atMs) / 1_000)} s. The run goes on.`
      : isPart
        ? `${clockText(window.fromMs)} to ${clockText(window.toMs)} of ${clockText(bounds.toMs)}`
        : "Drag marks a span, Ctrl and wheel zoom";
  return (
    <div className="run-tools" role="toolbar" aria-label="View">
      <Seg
        label="Charts of"
        value={shape}
        options={shapes}
        onChange={(value) => useRunView.setState({ shape: value })}
      />
      <span className={pause === null ? "run-hint muted small" : "run-hint small paused"} role="status">
        {hint}
      </span>
      {live || pause !== null ? (
        <Button icon={pause === null ? Pause : Play} onClick={() => togglePause(timeline)}>
          {pause === null ? "Pause" : "Resume"}
        </Button>
      ) : null}
      <span className="row tight">
        <IconButton
          icon={ScanLine}
          label="Zoom to the marked span"
          disabled={brush === null}
          onClick={() => zoomToBrush(timeline)}
        />
        <IconButton icon={ZoomIn} label="Zoom in" onClick={() => zoomBy(timeline, 0.5)} />
        <IconButton icon={ZoomOut} label="Zoom out" disabled={!isPart} onClick={() => zoomBy(timeline, 2)} />
        <IconButton icon={Maximize2} label="Show all" disabled={!isPart} onClick={() => showWindow(null, null)} />
      </span>
    </div>
  );
}
