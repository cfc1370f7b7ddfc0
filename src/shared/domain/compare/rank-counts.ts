/**
 * How many of all ways to choose `size` of the ranks have each sum, by the sum. Counted, not listed: one rank after the other is taken or
 * left, so 50 of 100 (10^29 ways) take a fraction of a second. `ranks` are whole numbers.
 */
export function countsBySum(ranks: readonly number[], size: number): Float64Array {
  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  const counts = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  const none = counts[0];
  if (none !== undefined) none[0] = 1;
  for (const rank of ranks) {
    // From the largest number of ranks down, so that no rank is taken twice.
    for (let taken = size; taken > 0; taken -= 1) {
      const [without, into] = [counts[taken - 1], counts[taken]];
      if (without === undefined || into === undefined) continue;
      for (let sum = most; sum >= rank; sum -= 1) into[sum] = (into[sum] ?? 0) + (without[sum - rank] ?? 0);
    }
  }
  return counts[size] ?? new Float64Array(0);
}

/** Twice the rank of each value among all, equal ones sharing the mean of theirs: doubled, a shared rank is a whole number. */
export function doubledRanks(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((value) => {
    const first = sorted.indexOf(value);
    return first + 1 + (sorted.lastIndexOf(value) + 1);
  });
}
