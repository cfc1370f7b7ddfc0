import { type ReactNode, type UIEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { moved, type RowBounds, type RowPlace, within } from "./row-place.ts";
import { positionAt, rowPx, type ScrollRange, scrollTopOf, spaceOf } from "./scroll-map.ts";

/** Rows above and below the view that are drawn as well, so that their heights are known before they are seen. */
const spareRows = 20;
/** A longer move than this many views is a jump of the scroll bar, if it may be one. */
const longestStepViews = 1.5;
const settleMs = 150;

/** A row to bring into view; another object asks again, also for the same row. */
export interface Reveal {
  row: number;
}

interface LogListProps extends RowBounds {
  following: boolean;
  wrap: boolean;
  reveal: Reveal | null;
  renderRow: (row: number) => ReactNode;
  /** The rows that are drawn have changed. */
  onRange: (from: number, to: number) => void;
  /** Somebody scrolled up from the end, or down to it. */
  onFollow: (following: boolean) => void;
  /** The row at the top, for a search that begins there. */
  topRow: { current: number };
}

/**
 * A list of any length over rows that are drawn when they are looked at. The rows stand in a window that stays where it
 * is, while an element of a bounded height is scrolled behind it: a short move goes by as many pixels, a long one to the
 * row that the scroll bar points at.
 */
export function LogList(props: LogListProps) {
  const { first, end, following, wrap, reveal, renderRow, onRange, onFollow, topRow } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLDivElement>(null);
  const [viewPx, setViewPx] = useState(0);
  const [averagePx, setAveragePx] = useState(rowPx);
  const [place, setPlace] = useState<RowPlace>({ row: first, px: 0 });
  /** Where it was scrolled to when it was looked at last: by us, or by somebody and dealt with. */
  const lastTop = useRef(0);
  const settling = useRef<ReturnType<typeof setTimeout> | null>(null);
  const alignToRows = useRef((): void => undefined);
  const revealed = useRef<Reveal | null>(null);

  const bounds: RowBounds = { first, end };
  const px = wrap ? averagePx : rowPx;
  const range: ScrollRange = { rows: end - first, px, viewPx };
  const space = spaceOf(range);
  const seen = Math.ceil(viewPx / rowPx) + 1;
  const at = following ? { row: Math.max(first, end - seen), px: 0 } : within(place, bounds);
  const from = Math.max(first, at.row - spareRows);
  const to = Math.min(end, at.row + seen + spareRows);

  const heightOf = (row: number): number => {
    const element = rows.current?.querySelector(`[data-row="${row}"]`);
    return element instanceof HTMLElement ? element.offsetHeight : px;
  };

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setViewPx(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => onRange(from, to), [from, to, onRange]);

  // The scroll bar is brought to where the rows are; what was not moved by somebody since is not taken for a move.
  function alignBar(position: number): void {
    const element = scroller.current;
    if (element === null) return;
    element.scrollTop = scrollTopOf(position - first, range);
    lastTop.current = element.scrollTop;
  }

  useLayoutEffect(() => {
    const element = rows.current;
    const outer = scroller.current;
    if (element === null || outer === null || viewPx === 0) return;
    const anchor = element.querySelector(`[data-row="${at.row}"]`);
    const top = anchor instanceof HTMLElement ? anchor.offsetTop + at.px : 0;
    const lowest = to === end ? Math.max(0, element.offsetHeight - viewPx) : Number.POSITIVE_INFINITY;
    const offset = following ? Math.min(lowest, element.offsetHeight) : Math.min(top, lowest);
    element.style.transform = `translateY(${-offset}px)`;
    topRow.current = rowAtOffset(element, offset) ?? at.row;
    // A list that became shorter took the bar along: that is no looking back, and the event of it comes after the next rows.
    const isAtBottom = outer.scrollTop >= outer.scrollHeight - outer.clientHeight - 1;
    if (following && (isAtBottom || outer.scrollTop >= lastTop.current - 2)) alignBar(end);
    if (wrap && to > from) {
      const measured = element.offsetHeight / (to - from);
      // Exact where all rows are drawn: a bar that is too short could not be scrolled at all.
      const leeway = to - from === end - first ? 0.01 : averagePx * 0.2;
      if (Math.abs(measured - averagePx) > leeway) setAveragePx(measured);
    }
  });

  /** Soon, when no more comes, the bar is brought to where the rows are by then. */
  function settle(): void {
    if (settling.current !== null) clearTimeout(settling.current);
    settling.current = setTimeout(() => {
      settling.current = null;
      alignToRows.current();
    }, settleMs);
  }

  useLayoutEffect(() => {
    alignToRows.current = () => {
      const now = currentPlace();
      alignBar(now.row + now.px / heightOf(now.row));
    };
    // The list has grown, and with it what a pixel of the bar stands for.
    const isTouched = Math.abs((scroller.current?.scrollTop ?? 0) - lastTop.current) > 1;
    if (!following && settling.current === null && !isTouched) alignToRows.current();
  });

  useEffect(
    () => () => {
      if (settling.current !== null) clearTimeout(settling.current);
    },
    [],
  );

  function currentPlace(): RowPlace {
    const element = rows.current;
    if (element === null) return at;
    const offset = -new DOMMatrixReadOnly(getComputedStyle(element).transform).m42;
    const row = rowAtOffset(element, offset);
    const shown = row === null ? null : element.querySelector(`[data-row="${row}"]`);
    return row !== null && shown instanceof HTMLElement ? { row, px: offset - shown.offsetTop } : at;
  }

  function isAtEnd(next: RowPlace): boolean {
    let below = -next.px;
    for (let row = next.row; row < end; row += 1) {
      below += heightOf(row);
      if (below > viewPx + 2) return false;
    }
    return true;
  }

  function onScroll(event: UIEvent<HTMLDivElement>): void {
    const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
    const by = scrollTop - lastTop.current;
    lastTop.current = scrollTop;
    if (by === 0) return;
    const isBottom = scrollTop >= scrollHeight - clientHeight - 1;
    // The view became taller and the browser took the bar along: nobody has looked back.
    if (following && by < 0 && isBottom) return;
    // One pixel of the thumb is this much; what is well below was a wheel, however hard it was turned.
    const thumbPx = space / viewPx;
    const isStep = Math.abs(by) <= Math.max(viewPx * longestStepViews, thumbPx / 4);
    const now = currentPlace();
    const position = positionAt(scrollTop, range);
    const jumped = { row: first + Math.floor(position), px: (position % 1) * px };
    const next = isStep ? moved(now, by, heightOf, bounds) : within(jumped, bounds);
    setPlace(next);
    if (by > 0 && (isStep ? isAtEnd(next) : isBottom)) onFollow(true);
    else if (by < 0 && following) onFollow(false);
    // At an end of the bar there may still be rows.
    const isStuck = (scrollTop <= 0 && next.row > first) || (isBottom && !isAtEnd(next));
    if (isStep && isStuck) alignBar(next.row + next.px / px);
    else settle();
  }

  /** Before the browser scrolls: what comes meanwhile must not pull the view back to the end. */
  function lookBack(): void {
    if (!following) return;
    setPlace(currentPlace());
    onFollow(false);
  }

  function goTo(key: "End" | "Home"): void {
    onFollow(key === "End");
    if (key === "End") return;
    setPlace({ row: first, px: 0 });
    alignBar(first);
  }

  useLayoutEffect(() => {
    if (reveal === null || reveal === revealed.current || viewPx === 0) return;
    revealed.current = reveal;
    const now = currentPlace();
    const row = rows.current?.querySelector(`[data-row="${reveal.row}"]`);
    const isSeen =
      row instanceof HTMLElement &&
      row.offsetTop >= offsetOf(rows.current) &&
      row.offsetTop + row.offsetHeight <= offsetOf(rows.current) + viewPx;
    const third = Math.floor(viewPx / rowPx / 3);
    const next = isSeen ? now : within({ row: reveal.row - third, px: 0 }, bounds);
    setPlace(next);
    onFollow(false);
    alignBar(next.row + next.px / px);
  });

  return (
    <div
      ref={scroller}
      className={`log ${wrap ? "wrapped" : ""}`}
      // Rows are read when a person goes to them, not as they come.
      role="log"
      aria-live="off"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled with the keyboard.
      tabIndex={0}
      aria-label="Log lines"
      onScroll={onScroll}
      onWheel={(event) => {
        if (event.deltaY < 0) lookBack();
      }}
      onTouchMove={lookBack}
      onKeyDown={(event) => {
        if (event.key === "End" || event.key === "Home") {
          // At once: a browser would glide there, which is no way to go over millions of rows.
          event.preventDefault();
          goTo(event.key);
        } else if (event.key === "ArrowUp" || event.key === "PageUp") {
          lookBack();
        }
      }}
    >
      <div style={{ height: space }}>
        <div className="log-window" style={{ height: viewPx }}>
          <div ref={rows} className="log-rows">
            {Array.from({ length: Math.max(0, to - from) }, (_, index) => renderRow(from + index))}
          </div>
        </div>
      </div>
    </div>
  );
}

/** How far rows are moved up. */
function offsetOf(element: HTMLElement | null): number {
  return element === null ? 0 : -new DOMMatrixReadOnly(getComputedStyle(element).transform).m42;
}

/** The row at this height of the drawn ones. */
function rowAtOffset(element: HTMLElement, offset: number): number | null {
  for (const child of element.children) {
    if (child instanceof HTMLElement && child.offsetTop + child.offsetHeight > offset) return Number(child.dataset.row);
  }
  return null;
}
