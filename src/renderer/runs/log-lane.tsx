import { useMemo } from "react";
import type { RunLogLine } from "../../shared/domain/index.ts";
import { type LogLevel, logLevel } from "../format/log-level.ts";
import { type Span, shareOf } from "./time-window.ts";

const barPixels = 4;

/** A line as the lane sees it. */
export interface LogMark {
  atMs: number;
  level: LogLevel;
}

/** Lines that fall on one bar of the lane. */
export interface LogBar {
  at: number;
  count: number;
  worst: LogLevel;
}

/** How many lines were printed when, in so many bars over the window, with the worst that one of them says. */
export function logBars(marks: readonly LogMark[], window: Span, bars: number): LogBar[] {
  const found = new Map<number, LogBar>();
  for (const { atMs, level } of marks) {
    const share = shareOf(atMs, window);
    if (share < 0 || share > 1) continue;
    const at = Math.min(bars - 1, Math.floor(share * bars));
    const bar = found.get(at);
    if (bar === undefined) found.set(at, { at, count: 1, worst: level });
    else {
      bar.count += 1;
      if (level === "error" || bar.worst === "plain") bar.worst = level;
    }
  }
  return [...found.values()];
}

/** When something was printed, on the axis of the charts: the taller a bar the more, a cross on errors, a tip on warnings. */
export function LogLane({ lines, window, pixels }: { lines: readonly RunLogLine[]; window: Span; pixels: number }) {
  const count = Math.max(1, Math.floor(pixels / barPixels));
  // The words of a line are looked at once, not at each move.
  const marks = useMemo(() => lines.map(({ atMs, text }) => ({ atMs, level: logLevel(text) })), [lines]);
  const bars = useMemo(() => logBars(marks, window, count), [marks, window, count]);
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  return (
    <div className="lane log-lane" aria-hidden={true}>
      <span className="lane-name">logs</span>
      <div className="lane-body">
        {bars.map((bar) => (
          <i
            key={bar.at}
            className={bar.worst}
            style={{ left: `${(bar.at / count) * 100}%`, height: `${30 + 70 * (bar.count / most)}%` }}
          />
        ))}
      </div>
    </div>
  );
}
