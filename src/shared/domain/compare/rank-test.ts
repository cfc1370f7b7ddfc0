import { countsBySum, doubledRanks } from "./rank-counts.ts";

/** The least number of runs a side at which a test can say something: of 5 and 5 there are 252 splits, of 4 and 4 only 70. */
export const leastRepeats = 5;

/**
 * The two-sided p-value of the exact permutation test on ranks (Wilcoxon 1945): the share of all ways to split the values into two sides of these
 * sizes whose rank sum is at least as far from its middle as the one that was seen. Equal values share their ranks, and the
 * count is exact with them, too. 1 when a side has no values.
 */
export function permutationPValue(a: readonly number[], b: readonly number[]): number {
  if (a.length === 0 || b.length === 0) return 1;
  const ranks = doubledRanks([...a, ...b]);
  const counts = countsBySum(ranks, b.length);
  const middle = (ranks.reduce((sum, rank) => sum + rank, 0) * b.length) / ranks.length;
  const seen = ranks.slice(a.length).reduce((sum, rank) => sum + rank, 0);
  // Sums are whole and halves of them exact, so nothing is lost by rounding here.
  const far = Math.abs(seen - middle);
  let [all, asFar] = [0, 0];
  for (const [sum, count] of counts.entries()) {
    all += count;
    if (Math.abs(sum - middle) >= far - 1e-9) asFar += count;
  }
  return asFar / all;
}

/** How much more B is than A, with the bound of 95 % that belongs to the test. */
export interface Shift {
  value: number;
  /** Null when there are too few values for a bound. */
  low: number | null;
  high: number | null;
}

/**
 * The median of all differences between a value of B and one of A, with its exact interval of at least 95 % (Hodges and Lehmann 1963, Moses 1965): what lies
 * outside is what the test on ranks would reject. Null when a side has no values.
 */
export function medianShift(a: readonly number[], b: readonly number[]): Shift | null {
  const differences = a.flatMap((from) => b.map((to) => to - from)).sort((x, y) => x - y);
  const [below, above] = [
    differences[Math.ceil(differences.length / 2) - 1],
    differences[Math.floor(differences.length / 2)],
  ];
  if (below === undefined || above === undefined) return null;
  const cut = cutOf(a.length, b.length);
  const low = cut === 0 ? null : (differences[cut - 1] ?? null);
  const high = cut === 0 ? null : (differences[differences.length - cut] ?? null);
  return { value: (below + above) / 2, low, high };
}

/** How many differences to leave off on each side: the most with a probability of at most 2.5 %; 0 when even one is too many. */
function cutOf(sizeA: number, sizeB: number): number {
  const ranks = Array.from({ length: sizeA + sizeB }, (_, index) => index + 1);
  const counts = countsBySum(ranks, sizeB);
  const least = (sizeB * (sizeB + 1)) / 2;
  const all = counts.reduce((sum, count) => sum + count, 0);
  let tail = 0;
  for (let cut = 0; ; cut += 1) {
    tail += counts[least + cut] ?? 0;
    if (tail / all > 0.025) return cut;
  }
}

/**
 * p-values adjusted for being several (Holm 1979), in the order given: where one of them is below a level, the chance that any was by chance is, too.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((value, index) => ({ value, index })).sort((x, y) => x.value - y.value);
  const adjusted = [...pValues];
  let highest = 0;
  for (const [rank, { value, index }] of order.entries()) {
    highest = Math.max(highest, Math.min(1, value * (pValues.length - rank)));
    adjusted[index] = highest;
  }
  return adjusted;
}
