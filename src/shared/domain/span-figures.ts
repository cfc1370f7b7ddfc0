import * as z from "zod";
import { type ColumnPair, indexAt, type RunColumns } from "./run-columns.ts";

/** What one service, or the stack, came to in a span of a run; null is "not measured". */
export const spanFigureSchema = z.object({
  peakBytes: z.number().nullable(),
  peakAtMs: z.number().nullable(),
  /** 95 % of the seconds that end in the span took no more, in cores of this machine. */
  p95HostCores: z.number().nullable(),
});
export type SpanFigure = z.infer<typeof spanFigureSchema>;

/** The figures of a span of a run. */
export const spanFiguresSchema = z.object({
  samples: z.int().nonnegative(),
  stack: spanFigureSchema,
  services: z.array(spanFigureSchema),
});
export type SpanFigures = z.infer<typeof spanFiguresSchema>;

/** Peak of memory and p95 of CPU from one moment to another, of the stack and of each service. */
export function spanFigures(columns: RunColumns, fromMs: number, toMs: number): SpanFigures {
  const from = indexAt(columns, fromMs);
  let to = indexAt(columns, toMs);
  while (to < columns.length && (columns.atMs[to] ?? 0) <= toMs) to += 1;
  const figureOf = (pair: ColumnPair): SpanFigure => {
    const at = peakIndex(pair.memoryBytes, from, to);
    return {
      peakBytes: at === null ? null : (pair.memoryBytes[at] ?? null),
      peakAtMs: at === null ? null : (columns.atMs[at] ?? null),
      p95HostCores: quantile(pair.hostCores, from, to, 0.95),
    };
  };
  return { samples: to - from, stack: figureOf(columns.stack), services: columns.byService.map(figureOf) };
}

/** Where the highest value is, or null when none was measured. */
export function peakIndex(values: Float64Array, from: number, to: number): number | null {
  let peak: number | null = null;
  for (let index = from; index < to; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (!Number.isNaN(value) && (peak === null || value > (values[peak] ?? 0))) peak = index;
  }
  return peak;
}

/** By the nearest rank. */
function quantile(values: Float64Array, from: number, to: number, share: number): number | null {
  const measured = values.slice(from, to).filter((value) => !Number.isNaN(value));
  return measured.length === 0 ? null : nthSmallest(measured, Math.max(0, Math.ceil(measured.length * share) - 1));
}

/** Hoare's selection, which turns the values about: sorting all of them would take ten times as long. */
function nthSmallest(values: Float64Array, nth: number): number {
  const at = (index: number) => values[index] ?? Number.NaN;
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = at((low + high) >> 1);
    let left = low;
    let right = high;
    while (left <= right) {
      while (at(left) < pivot) left += 1;
      while (at(right) > pivot) right -= 1;
      if (left > right) break;
      const held = at(left);
      values[left] = at(right);
      values[right] = held;
      left += 1;
      right -= 1;
    }
    if (nth <= right) high = right;
    else if (nth >= left) low = left;
    else break;
  }
  return at(nth);
}
