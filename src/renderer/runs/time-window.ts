/** A part of a run's clock. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** Closer than this there is nothing more to see at 10 Hz. */
const shortestMs = 500;

/** The span moved into the bounds, as wide as it was where they allow it. */
function inside({ fromMs, toMs }: Span, bounds: Span): Span {
  const width = Math.min(toMs - fromMs, bounds.toMs - bounds.fromMs);
  const from = Math.max(bounds.fromMs, Math.min(fromMs, bounds.toMs - width));
  return { fromMs: from, toMs: from + width };
}

/** The span with the factor of its width about a moment that stays where it is; null is the whole. */
export function zoomed(span: Span, bounds: Span, factor: number, aroundMs: number): Span | null {
  const width = Math.max(shortestMs, (span.toMs - span.fromMs) * factor);
  if (width >= bounds.toMs - bounds.fromMs) return null;
  const share = (aroundMs - span.fromMs) / Math.max(1, span.toMs - span.fromMs);
  const fromMs = aroundMs - share * width;
  return inside({ fromMs, toMs: fromMs + width }, bounds);
}

/** The span moved by so many ms, as far as the bounds allow. */
export function panned(span: Span, bounds: Span, byMs: number): Span {
  return inside({ fromMs: span.fromMs + byMs, toMs: span.toMs + byMs }, bounds);
}

/** The span between two moments in either order, inside the bounds. */
export function spanBetween(oneMs: number, otherMs: number, bounds: Span): Span {
  const within = (ms: number) => Math.max(bounds.fromMs, Math.min(bounds.toMs, ms));
  return { fromMs: within(Math.min(oneMs, otherMs)), toMs: within(Math.max(oneMs, otherMs)) };
}

/** Where a moment stands in a span, 0 at its start and 1 at its end. */
export function shareOf(atMs: number, span: Span): number {
  return (atMs - span.fromMs) / Math.max(1, span.toMs - span.fromMs);
}

/** The moment at a share of a span. */
export function momentAt(share: number, span: Span): number {
  return span.fromMs + share * (span.toMs - span.fromMs);
}
