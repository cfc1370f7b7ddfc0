import { describe, expect, test } from "vitest";
import { ageText, clockText, longAgeText, momentText, timeOfDay } from "../../../../src/shared/format/time.ts";

const s = 1000;
const min = 60 * s;
const h = 60 * min;
const d = 24 * h;

describe("time", () => {
  test.each([
    [-5, "0 s"],
    [59_999, "59 s"],
    [12 * min, "12 min"],
    [47 * h, "47 h"],
    [41 * d, "41 d"],
  ])("an age of %d ms is %s", (age, text) => {
    expect(ageText(age)).toBe(text);
  });

  test.each([
    [5 * min, "5 min"],
    [h, "1 h"],
    [h + 12 * min, "1 h 12 min"],
    [3 * d + 4 * h, "3 d 4 h"],
    [41 * d, "41 d"],
  ])("a long age of %d ms is %s", (age, text) => {
    expect(longAgeText(age)).toBe(text);
  });

  test.each([
    [0, "0:00"],
    [84 * s, "1:24"],
    [-30 * s, "-0:30"],
    [3_723 * s, "1:02:03"],
  ])("a clock at %d ms is %s", (ms, text) => {
    expect(clockText(ms)).toBe(text);
  });

  test("a moment of today is a time, an older one has its day", () => {
    const noon = new Date(2026, 10, 22, 12, 0, 5, 7).getTime();
    expect(timeOfDay(noon, "milliseconds")).toBe("12:00:05.007");
    expect(momentText(noon, noon + h)).toBe("12:00");
    expect(momentText(noon, noon + d)).toBe("22 Nov, 12:00");
  });
});
