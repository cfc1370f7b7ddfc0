import { expect, test } from "vitest";
import { formatBytes, formatClock, formatCores, formatSpan } from "../../../../src/shared/format/index.ts";

test.each([
  [0, "0 B"],
  [1023, "1023 B"],
  [662 * 1024 ** 2, "662 MiB"],
  [1.74 * 1024 ** 3, "1.74 GiB"],
  [31.2 * 1024 ** 3, "31.2 GiB"],
  [512 * 1024 ** 3, "512 GiB"],
])("%d bytes", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0, "0.00"],
  [0.31, "0.31"],
  [1, "1"],
  [1.2, "1.2"],
  [3.54, "3.54"],
  [16, "16"],
])("%d cores", (cores, text) => expect(formatCores(cores)).toBe(text));

test.each([
  [400, "0 s"],
  [38_000, "38 s"],
  [4 * 60_000, "4 min"],
  [72 * 60_000, "1 h 12 min"],
  [2 * 3_600_000, "2 h"],
  [12 * 86_400_000, "12 d"],
])("%d ms", (spanMs, text) => expect(formatSpan(spanMs)).toBe(text));

test("a clock counts minutes and seconds, before zero too", () => {
  expect(formatClock(84_900)).toBe("1:24");
  expect(formatClock(-30_000)).toBe("-0:30");
});
