/** A line without wrapping, in pixels. */
export const rowPx = 20;

/** Chromium cuts elements off near 33.5 million pixels; this is well below, and enough for a thumb to be exact. */
export const longestPx = 8_000_000;

/** What a scroll bar shows: `rows` rows of about `px` pixels, and a window of `viewPx` pixels on them. */
export interface ScrollRange {
  rows: number;
  px: number;
  viewPx: number;
}

/** How tall the element is that is scrolled: as tall as its rows, or as may be. Then a pixel of it is several of theirs. */
export function spaceOf({ rows, px, viewPx }: ScrollRange): number {
  return Math.max(viewPx, Math.min(longestPx, Math.round(rows * px)));
}

/** How far it is scrolled when the row `position` (a part of a row is a fraction) is at the top. */
export function scrollTopOf(position: number, range: ScrollRange): number {
  const last = lastTop(range);
  if (last <= 0) return 0;
  return Math.min(1, Math.max(0, position / last)) * (spaceOf(range) - range.viewPx);
}

/** Which row is at the top when it is scrolled so far. */
export function positionAt(scrollTop: number, range: ScrollRange): number {
  const way = spaceOf(range) - range.viewPx;
  if (way <= 0) return 0;
  return Math.min(1, Math.max(0, scrollTop / way)) * Math.max(0, lastTop(range));
}

/** What is at the top when the last row is at the bottom. */
function lastTop({ rows, px, viewPx }: ScrollRange): number {
  return rows - viewPx / px;
}
