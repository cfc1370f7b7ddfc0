/** A slope with its 95 % interval, in units of y for one of x. */
export interface Slope {
  value: number;
  low: number;
  high: number;
}

/** Two-sided 95 % of the normal distribution. */
const z95 = 1.96;

/**
 * The median of the slopes between all pairs (Theil 1950), with Sen's interval (1968: the pairs whose rank is the middle ± half of
 * z·sqrt(n(n-1)(2n+5)/18)). Unlike least squares, a few leaps, a start that is still going on or a sawtooth of a garbage
 * collector do not turn it. Null for fewer than three points: they bound nothing.
 */
export function medianSlope(points: readonly { x: number; y: number }[]): Slope | null {
  const slopes: number[] = [];
  for (const [index, a] of points.entries()) {
    for (const b of points.slice(index + 1)) if (b.x !== a.x) slopes.push((b.y - a.y) / (b.x - a.x));
  }
  slopes.sort((a, b) => a - b);
  const n = points.length;
  const spread = z95 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (rank: number) => slopes[Math.min(slopes.length - 1, Math.max(0, rank))];
  const middle = [at(Math.floor((slopes.length - 1) / 2)), at(Math.ceil((slopes.length - 1) / 2))];
  const [below, above] = middle;
  const low = at(Math.floor((slopes.length - spread) / 2) - 1);
  const high = at(Math.ceil((slopes.length + spread) / 2));
  if (n < 3 || below === undefined || above === undefined || low === undefined || high === undefined) return null;
  return { value: (below + above) / 2, low, high };
}
