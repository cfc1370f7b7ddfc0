import { extremesOf, indexAt, type RunColumns } from "../../shared/domain/index.ts";
import type { Span } from "./time-window.ts";

/**
 * Indexes of the readings that a chart of so many pixels can show: per column of pixels the lowest and the highest of
 * each of the values that are named, so that a spike of one reading stays. Columns stand on the run's clock and not on the span, so that
 * the picture does not shiver when it is moved. One reading beyond either end is given, too: lines go on to the edge.
 */
export function pickSamples(
  columns: RunColumns,
  span: Span,
  pixels: number,
  valued: readonly Float64Array[],
): number[] {
  const from = Math.max(0, indexAt(columns, span.fromMs) - 1);
  const to = Math.min(columns.length, indexAt(columns, span.toMs) + 1);
  const all = to - from;
  if (all <= pixels * 2) return Array.from({ length: Math.max(0, all) }, (_, index) => from + index);
  const msPerColumn = (span.toMs - span.fromMs) / Math.max(1, pixels);
  const columnOf = (index: number) => Math.floor((columns.atMs[index] ?? 0) / msPerColumn);
  const picked: number[] = [];
  for (let start = from; start < to; ) {
    const column = columnOf(start);
    let end = start + 1;
    while (end < to && columnOf(end) === column) end += 1;
    picked.push(...picksOf(valued, start, end));
    start = end;
  }
  if (picked.at(-1) !== to - 1) picked.push(to - 1);
  return picked;
}

function picksOf(valued: readonly Float64Array[], start: number, end: number): number[] {
  if (end - start === 1) return [start];
  const found = new Set<number>();
  for (const values of valued) {
    const { low, high } = extremesOf(values, start, end);
    found.add(low).add(high);
  }
  return [...found].sort((a, b) => a - b);
}
