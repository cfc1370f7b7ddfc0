import type { LogFile } from "./log-file.ts";

/** A line of one of several files, by the file's place in their list and its own place in the file. */
export interface OrderedLine {
  file: number;
  line: number;
}

/** Where several files are cut: for each the place of its first line behind the cut. */
export type Cut = readonly number[];

/** The ends of the files now. What is asked about an order is asked for one such end, while the files grow on. */
export function endsOf(files: readonly LogFile[]): Cut {
  return files.map((file) => file.end);
}

/** The first row that is still there. */
export function firstRow(files: readonly LogFile[]): number {
  return rowsBefore(files.map((file) => file.first));
}

/**
 * The lines of several files are one list of rows: by order time, at the same time the files one after the other. Nothing
 * is kept of that list: where row `row` is follows from the times that each file has in memory and a few short reads.
 * Lines that were let go count as the oldest, so that a row keeps its number.
 */
export async function cutAt(files: readonly LogFile[], ends: Cut, row: number): Promise<Cut> {
  if (row >= rowsBefore(ends)) return ends;
  const firsts = files.map((file) => file.first);
  if (row <= rowsBefore(firsts)) return firsts;
  const only = files.findIndex((_, index) => ends[index] !== firsts[index]);
  if (files.every((_, index) => index === only || ends[index] === firsts[index])) {
    return firsts.map((first, index) => (index === only ? row - (rowsBefore(firsts) - first) : first));
  }
  // Before `low` there are at most `row` lines, before `high` more.
  let low = 0;
  let high = Math.max(...files.map((file) => file.latestMs)) + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await hasMoreBefore(files, ends, middle, row)) high = middle;
    else low = middle;
  }
  const cut = [...(await cutBefore(files, ends, low))];
  const behind = await cutBefore(files, ends, low + 1);
  let rest = row - rowsBefore(cut);
  for (const [index, place] of cut.entries()) {
    const taken = Math.min(rest, (behind[index] ?? place) - place);
    cut[index] = place + taken;
    rest -= taken;
  }
  return cut;
}

/** The cut in front of everything whose order time is not before `ms`. */
export function cutBefore(files: readonly LogFile[], ends: Cut, ms: number): Promise<Cut> {
  return Promise.all(files.map(async (file, index) => Math.min(await file.placeOf(ms), ends[index] ?? 0)));
}

/** The lines between two cuts in their order. */
export async function linesBetween(files: readonly LogFile[], from: Cut, to: Cut): Promise<OrderedLine[]> {
  const all: (OrderedLine & { orderMs: number })[] = [];
  for (const [index, file] of files.entries()) {
    const start = from[index] ?? 0;
    const times = await file.orderTimes(start, to[index] ?? 0);
    for (const [at, orderMs] of times.entries()) all.push({ file: index, line: start + at, orderMs });
  }
  // The files come one after the other, and sorting keeps what is equal in its place.
  return all.sort((left, right) => left.orderMs - right.orderMs).map(({ file, line }) => ({ file, line }));
}

/**
 * The rows of some lines between two cuts, ascending: `places` are theirs in each file, ascending, and the first row
 * behind `from` is row `first`.
 */
export async function rowsOf(
  files: readonly LogFile[],
  places: readonly (readonly number[])[],
  cuts: { from: Cut; to: Cut },
  first: number,
): Promise<number[]> {
  const starts = files.map((_, index) => cuts.from[index] ?? 0);
  const counts = files.map((_, index) => (cuts.to[index] ?? 0) - (starts[index] ?? 0));
  const only = counts.findIndex((count) => count > 0);
  if (counts.every((count, index) => index === only || count === 0)) {
    return (places[only] ?? []).map((place) => first + place - (starts[only] ?? 0));
  }
  const times = await Promise.all(files.map((file, index) => file.orderTimes(starts[index] ?? 0, cuts.to[index] ?? 0)));
  const rows = places.flatMap((some, file) =>
    some.map((place) => {
      const at = place - (starts[file] ?? 0);
      const orderMs = times[file]?.[at] ?? 0;
      // At the same time the files before this one come first.
      return times.reduce((row, other, index) => {
        if (index === file) return row + at;
        return row + countBefore(other, index < file ? orderMs + 1 : orderMs);
      }, first);
    }),
  );
  return rows.sort((left, right) => left - right);
}

/** How many of these ascending times are before `ms`. */
function countBefore(times: Float64Array, ms: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

async function hasMoreBefore(files: readonly LogFile[], ends: Cut, ms: number, rows: number): Promise<boolean> {
  let low = 0;
  let high = 0;
  for (const [index, file] of files.entries()) {
    const end = ends[index] ?? 0;
    const bounds = file.boundsOf(ms);
    low += Math.min(bounds.low, end);
    high += Math.min(bounds.high, end);
  }
  if (low > rows) return true;
  if (high <= rows) return false;
  return rowsBefore(await cutBefore(files, ends, ms)) > rows;
}

/** How many rows are in front of a cut. */
export function rowsBefore(cut: Cut): number {
  return cut.reduce((total, place) => total + place, 0);
}
