import type { ColumnPair, RunColumns } from "./run-columns.ts";

/**
 * The readings from one index up to another with at most two for each of so many buckets: the lowest and the highest
 * value of each column, in the order in which they came, so that a spike of one reading stays in view. Moments move by
 * a bucket at most. As many readings as that or fewer are given as they are.
 */
export function thinColumns(columns: RunColumns, from: number, to: number, buckets: number): RunColumns {
  const count = Math.max(0, to - from);
  if (count <= buckets * 2) return sliced(columns, from, from + count);
  const edges = Array.from({ length: buckets + 1 }, (_, index) => from + Math.floor((index * count) / buckets));
  const thin = (values: Float64Array) => extremes(values, edges);
  const thinPair = (pair: ColumnPair) => ({ memoryBytes: thin(pair.memoryBytes), hostCores: thin(pair.hostCores) });
  return {
    length: buckets * 2,
    services: columns.services,
    atMs: ends(columns.atMs, edges),
    stack: thinPair(columns.stack),
    threadHostCores: thin(columns.threadHostCores),
    byService: columns.byService.map(thinPair),
  };
}

function sliced(columns: RunColumns, from: number, to: number): RunColumns {
  const pair = ({ memoryBytes, hostCores }: ColumnPair) => ({
    memoryBytes: memoryBytes.slice(from, to),
    hostCores: hostCores.slice(from, to),
  });
  return {
    length: to - from,
    services: columns.services,
    atMs: columns.atMs.slice(from, to),
    stack: pair(columns.stack),
    threadHostCores: columns.threadHostCores.slice(from, to),
    byService: columns.byService.map(pair),
  };
}

/** The first and the last moment of each bucket. */
function ends(atMs: Float64Array, edges: readonly number[]): Float64Array {
  const made = new Float64Array((edges.length - 1) * 2);
  for (let bucket = 0; bucket + 1 < edges.length; bucket += 1) {
    made[bucket * 2] = atMs[edges[bucket] ?? 0] ?? Number.NaN;
    made[bucket * 2 + 1] = atMs[(edges[bucket + 1] ?? 1) - 1] ?? Number.NaN;
  }
  return made;
}

function extremes(values: Float64Array, edges: readonly number[]): Float64Array {
  const made = new Float64Array((edges.length - 1) * 2);
  for (let bucket = 0; bucket + 1 < edges.length; bucket += 1) {
    const { low, high } = extremesOf(values, edges[bucket] ?? 0, edges[bucket + 1] ?? 0);
    made[bucket * 2] = values[Math.min(low, high)] ?? Number.NaN;
    made[bucket * 2 + 1] = values[Math.max(low, high)] ?? Number.NaN;
  }
  return made;
}

/** Where the lowest and the highest of some values are; the first one for both when none was measured. */
export function extremesOf(values: Float64Array, from: number, to: number): { low: number; high: number } {
  let low = -1;
  let high = -1;
  for (let index = from; index < to; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (low === -1 || value < (values[low] ?? 0)) low = index;
    if (high === -1 || value > (values[high] ?? 0)) high = index;
  }
  return low === -1 ? { low: from, high: from } : { low, high };
}
