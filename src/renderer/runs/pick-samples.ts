import { extremesOf, indexAt, type RunColumns } from "../../shared/domain/index.ts";
import type { Span } from "./time-window.ts";

/** A column is as wide as this: a line is no thinner, and half as many points are drawn in half the time. */
const columnPixels = 2;

/**
 * Where each column of pixels begins among the readings of a span, and where the last one ends; one reading beyond either end of
 * the span belongs to it: lines go on to the edge. Columns stand on the run's clock and not on the span, so that the picture does
 * not shiver when it is moved. While there are few readings each is a column.
 */
export function columnEdges(columns: Pick<RunColumns, "atMs" | "length">, span: Span, pixels: number): number[] {
  const from = Math.max(0, indexAt(columns, span.fromMs) - 1);
  const to = Math.min(columns.length, indexAt(columns, span.toMs) + 1);
  const count = Math.max(1, pixels / columnPixels);
  if (to - from <= count * 2) return Array.from({ length: Math.max(0, to - from) + 1 }, (_, index) => from + index);
  const msPerColumn = (span.toMs - span.fromMs) / count;
  const edges = [from];
  let endMs = (Math.floor((columns.atMs[from] ?? 0) / msPerColumn) + 1) * msPerColumn;
  for (let index = from; index < to; index += 1) {
    const atMs = columns.atMs[index] ?? 0;
    if (atMs < endMs) continue;
    edges.push(index);
    endMs = (Math.floor(atMs / msPerColumn) + 1) * msPerColumn;
  }
  edges.push(to);
  return edges;
}

/** Indexes of the readings to draw: in each column the lowest and the highest of each of the values, so that a spike of one reading stays. */
export function pickAt(edges: readonly number[], valued: readonly Float64Array[]): number[] {
  const picked: number[] = [];
  for (let column = 0; column + 1 < edges.length; column += 1) {
    const [start, end] = [edges[column] ?? 0, edges[column + 1] ?? 0];
    if (end - start === 1) picked.push(start);
    else picksOf(valued, start, end, picked);
  }
  return picked;
}

function picksOf(valued: readonly Float64Array[], start: number, end: number, picked: number[]): void {
  const found: number[] = [];
  for (const values of valued) {
    const { low, high } = extremesOf(values, start, end);
    if (!found.includes(low)) found.push(low);
    if (!found.includes(high)) found.push(high);
  }
  picked.push(...found.sort((a, b) => a - b));
}

/** {@link pickAt} over the {@link columnEdges} of a span. */
export function pickSamples(
  columns: RunColumns,
  span: Span,
  pixels: number,
  valued: readonly Float64Array[],
): number[] {
  return pickAt(columnEdges(columns, span, pixels), valued);
}
