/**
 * Series stacked on one another: the n-th result is the sum of the series up to the n-th. A series without a value
 * adds nothing at that moment; a moment at which none has a value is a gap.
 */
export function stackValues(series: readonly (readonly (number | null)[])[]): (number | null)[][] {
  const length = series[0]?.length ?? 0;
  const sums: (number | null)[] = new Array<number | null>(length).fill(null);
  return series.map((values) => {
    for (let index = 0; index < length; index += 1) {
      const value = values[index] ?? null;
      if (value !== null) sums[index] = (sums[index] ?? 0) + value;
    }
    return [...sums];
  });
}
