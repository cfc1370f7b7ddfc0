import { expect, test } from "vitest";
import { linePixels, linesAround } from "../../../../src/renderer/stacks/use-line-window.ts";

test("a short file is all there", () => {
  expect(linesAround(0, 600, 1_500)).toEqual({ from: 0, to: 1_500 });
});

test("of a long file what is in view is there, with a block more on either side", () => {
  const { from, to } = linesAround(10_000 * linePixels, 600, 19_500);
  expect(from).toBe(9_800);
  expect(to).toBe(10_400);
  expect(linesAround(0, 600, 19_500)).toEqual({ from: 0, to: 400 });
});

test("the end of the file is there when it is scrolled to, and past it", () => {
  for (const scrollTop of [19_500 * linePixels - 600, 30_000 * linePixels]) {
    const { from, to } = linesAround(scrollTop, 600, 19_500);
    expect(to).toBe(19_500);
    expect(from).toBeLessThan(19_467);
  }
});
