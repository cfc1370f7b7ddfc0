import { memo, useEffect, useRef } from "react";
import type { RunLogLine } from "../../shared/domain/index.ts";
import { countText } from "../../shared/format/words.ts";
import { logLevel } from "../format/log-level.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { seriesColor } from "../ui/swatch.tsx";
import { fineClockText } from "./chart-specs.ts";
import { useRunView } from "./run-view.ts";
import type { RunLogs } from "./use-run-logs.ts";

interface LineProps {
  line: RunLogLine;
  series: number;
  isHot: boolean;
}

const Line = memo(({ line, series, isHot }: LineProps) => {
  const level = logLevel(line.text);
  return (
    <li
      className={`run-log ${level} ${isHot ? "hot" : ""}`}
      style={{ borderColor: seriesColor(series).line }}
      onPointerEnter={() => useRunView.setState({ cursorMs: line.atMs })}
      onPointerLeave={() => useRunView.setState({ cursorMs: null })}
    >
      <time>{fineClockText(line.atMs, 0)}</time>
      <span className="clip" title={line.service}>
        {line.service}
      </span>
      <code>
        {level === "plain" ? null : <span className="unseen">{level}: </span>}
        {line.text}
      </code>
    </li>
  );
});

/** The last line at or before a moment, or -1. */
export function lineAt(lines: readonly Pick<RunLogLine, "atMs">[], atMs: number | null): number {
  if (atMs === null) return -1;
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function notShown({ leftOut, notKept }: RunLogs, follows: boolean): string | null {
  const texts = [
    ...(leftOut > 0 && !follows ? [`${countText(leftOut, "more line")} in this span: mark a shorter one.`] : []),
    ...(notKept > 0 ? [`${countText(notKept, "line")} came too fast to be kept.`] : []),
  ];
  return texts.length === 0 ? null : texts.join(" ");
}

interface SpanLogsProps {
  logs: RunLogs;
  services: readonly string[];
  follows: boolean;
}

/** What the services printed in the span; the line under the cursor is marked, and pointing at a line leads the cursor. */
function SpanLogsView({ logs, services, follows }: SpanLogsProps) {
  const { lines } = logs;
  const hot = useRunView((view) => lineAt(lines, view.cursorMs));
  const list = useRef<HTMLOListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the list to its end.
  useEffect(() => {
    if (follows && list.current !== null && !list.current.matches(":hover, :focus"))
      list.current.scrollTop = list.current.scrollHeight;
  }, [lines, follows]);
  useEffect(() => {
    const element = list.current;
    const row = hot === -1 ? undefined : element?.children[hot];
    // The pointer is on the charts: the list follows it. A list that is pointed at stays.
    if (element === null || !(row instanceof HTMLElement) || element.matches(":hover")) return;
    element.scrollTop = row.offsetTop - element.offsetTop - element.clientHeight / 2;
  }, [hot]);
  const rest = notShown(logs, follows);
  return (
    <section className="span-logs" aria-label="Log lines of the span">
      {logs.failure === null ? null : <FailureNote failure={logs.failure} />}
      {logs.isKnown && logs.failure === null && lines.length === 0 ? (
        <p className="muted small none">{follows ? "Nothing was printed yet." : "Nothing was printed in this span."}</p>
      ) : null}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the list scrolls, and the arrow keys must reach it. */}
      <ol ref={list} aria-label="Lines" aria-busy={!logs.isKnown} tabIndex={0}>
        {lines.map((line, index) => (
          <Line
            // biome-ignore lint/suspicious/noArrayIndexKey: two lines may be alike in everything.
            key={`${line.atMs} ${index}`}
            line={line}
            series={services.indexOf(line.service)}
            isHot={index === hot}
          />
        ))}
      </ol>
      {rest === null ? null : <p className="muted small none">{rest}</p>}
    </section>
  );
}

/** Drawn again only when something of its own has changed: the charts beside it change with every frame. */
export const SpanLogs = memo(SpanLogsView);
