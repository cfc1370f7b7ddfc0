/** A line without wrapping, in pixels. */
export const rowPx = 20;

/** Chromium cuts elements off near 33.5 million pixels; this is well below, and enough for a thumb to be exact. */
export const longestPx = 8_000_000;

/** So much at either end is scrolled pixel by pixel, also in the longest log. */
const edgePx = 20_000;

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
  const { way, rowsWay } = waysOf(range);
  return along(position * range.px, rowsWay, way);
}

/** Which row is at the top when it is scrolled so far. */
export function positionAt(scrollTop: number, range: ScrollRange): number {
  const { way, rowsWay } = waysOf(range);
  return along(scrollTop, way, rowsWay) / range.px;
}

/** How far the bar and how far the rows can be scrolled, in pixels. */
function waysOf(range: ScrollRange): { way: number; rowsWay: number } {
  return { way: spaceOf(range) - range.viewPx, rowsWay: Math.max(0, range.rows * range.px - range.viewPx) };
}

/**
 * Where a place on one way is on another, in pixels. The ends of both are the same, so that a wheel has room where the
 * rows end; what is between them is stretched.
 */
function along(at: number, way: number, other: number): number {
  const edge = Math.min(edgePx, way / 2, other / 2);
  if (at <= edge) return Math.max(0, at);
  if (at >= way - edge) return Math.max(0, Math.min(other, other - (way - at)));
  return edge + ((at - edge) / (way - 2 * edge)) * (other - 2 * edge);
}
