import { expect, test } from "vitest";
import { holm, medianShift, permutationPValue } from "../../../../src/shared/domain/index.ts";

test("p-values are those that a person counts", () => {
  // Of C(10,5) = 252 splits two are as far apart as these.
  expect(permutationPValue([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])).toBeCloseTo(2 / 252, 12);
  expect(permutationPValue([6, 7, 8, 9, 10], [1, 2, 3, 4, 5])).toBeCloseTo(2 / 252, 12);
  // One pair the other way: the split itself, the one further out, and the mirror images of both.
  expect(permutationPValue([1, 2, 3, 4, 6], [5, 7, 8, 9, 10])).toBeCloseTo(4 / 252, 12);
  // Rank sums of two of {1, 2, 3, 4}: 3, 4, 5, 5, 6, 7. Of {1, 3}, sum 4: 3, 4, 6 and 7 are as far from 5.
  expect(permutationPValue([1, 3], [2, 4])).toBeCloseTo(4 / 6, 12);
  expect(permutationPValue([3], [5, 9])).toBeCloseTo(2 / 3, 12);
});

test("equal values share their rank, and the count stays exact", () => {
  // Ranks 1, 3, 3, 3, 5.5, 5.5; B has 14 of 21. Of 20 splits three have 14 and three have 7.
  expect(permutationPValue([1, 2, 2], [2, 3, 3])).toBeCloseTo(6 / 20, 12);
  expect(permutationPValue([7, 7, 7], [7, 7, 7])).toBe(1);
  expect(permutationPValue([1, 1, 1, 1, 1], [1, 1, 1, 1, 2])).toBe(1);
});

test("a side without values proves nothing", () => {
  expect(permutationPValue([], [1, 2])).toBe(1);
  expect(medianShift([], [1, 2])).toBeNull();
});

test("the shift is the median of all differences, and its bound leaves off as many as 2.5 % allow", () => {
  // 25 differences from 6 to 14; of 5 and 5 two are left off on each side (P = 4/252).
  expect(medianShift([1, 2, 3, 4, 5], [11, 12, 13, 14, 15])).toEqual({ value: 10, low: 7, high: 13 });
  expect(medianShift([0, 1], [10, 11])).toEqual({ value: 10, low: null, high: null });
  expect(medianShift([5, 5, 5, 5, 5], [5, 5, 5, 5, 5])).toEqual({ value: 0, low: 0, high: 0 });
});

test("the bound excludes 0 exactly when the test says so", () => {
  const next = randomFrom(7);
  for (let trial = 0; trial < 300; trial += 1) {
    const a = Array.from({ length: 6 }, next);
    const b = Array.from({ length: 5 }, () => next() + 0.4);
    const shift = medianShift(a, b);
    const excludesZero = (shift?.low ?? 0) > 0 || (shift?.high ?? 0) < 0;
    expect(excludesZero).toBe(permutationPValue(a, b) < 0.05);
  }
});

test("without a difference p is below each of its levels as often as that level says", () => {
  const next = randomFrom(42);
  const trials = 6_000;
  for (const size of [5, 8]) {
    const pValues = Array.from({ length: trials }, () =>
      permutationPValue(Array.from({ length: size }, next), Array.from({ length: size }, next)),
    );
    // Levels that p can have: with few values it is not every number.
    const levels = [...new Set(pValues)].sort((x, y) => x - y).filter((level) => level < 0.6);
    expect(levels.length).toBeGreaterThan(5);
    for (const level of levels) {
      const share = pValues.filter((p) => p <= level).length / trials;
      const sigma = Math.sqrt((level * (1 - level)) / trials);
      expect(Math.abs(share - level)).toBeLessThan(4 * sigma);
    }
  }
});

test("fifty a side are counted, too, in no time", () => {
  const a = Array.from({ length: 50 }, (_, index) => index);
  const b = a.map((value) => value + 10);
  const startedMs = performance.now();
  const pValue = permutationPValue(a, b);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  // Against the normal approximation: U = 800 of 2500, z = -3.10, p = 0.0019.
  expect(pValue).toBeGreaterThan(0.0015);
  expect(pValue).toBeLessThan(0.0023);
});

test("p-values of several figures are adjusted by Holm, and never come out of order", () => {
  expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
