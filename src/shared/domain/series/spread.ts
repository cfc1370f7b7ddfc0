import * as z from "zod";

/** How far apart the values of several runs are. */
export const spreadSchema = z.object({
  /** Of how many runs; those that did not measure it are left out. */
  count: z.int().positive(),
  min: z.number(),
  median: z.number(),
  max: z.number(),
  /** (max - min) / median; null when the median is 0. */
  relative: z.number().nullable(),
});
export type Spread = z.infer<typeof spreadSchema>;

/** The middle value, of an even number the mean of the middle two; null for none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [below, above] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return below === undefined || above === undefined ? null : (below + above) / 2;
}

/** The spread of what was measured; null for no values. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = values.filter((value) => value !== null);
  const middle = median(known);
  if (middle === null) return null;
  const [min, max] = [Math.min(...known), Math.max(...known)];
  return { count: known.length, min, median: middle, max, relative: middle === 0 ? null : (max - min) / middle };
}
