import { expect, test } from "vitest";
import { logExcerpt } from "../../../../src/main/profiling/logs/log-excerpt.ts";
import type { RunLogLine } from "../../../../src/shared/domain/index.ts";
import { windowsOf } from "../../shared/judge/observations.ts";

function line(atMs: number, service: string, text: string): RunLogLine {
  return { atMs, service, stream: "stdout", text };
}

const windows = windowsOf(
  Array.from({ length: 60 }, (_, second) => ({
    memoryMib: second === 30 ? 200 : 100,
    hostCores: second === 50 ? 0.9 : 0.1,
  })),
);

test("the lines around a kill are the victim's, those around peaks are everybody's", () => {
  const lines = [
    line(9_000, "app", "before the kill"),
    line(9_500, "broker", "of another"),
    line(20_000, "app", "of no account"),
    line(29_900, "broker", "at the memory peak"),
    line(50_300, "app", "in the busiest second"),
  ];
  const kills = [{ atMs: 10_000, service: "app", at: "envelope", process: null }] as const;
  // Four of the five busiest seconds are the first ones, in which nobody printed.
  expect(logExcerpt(lines, { kills, exits: [], windows }).map(({ text }) => text)).toEqual([
    "before the kill",
    "at the memory peak",
    "in the busiest second",
  ]);
});

test("it is short, however much was printed and however often a service ended", () => {
  const lines = Array.from({ length: 60_000 }, (_, index) => line(index, "app", `${index}`));
  const exits = Array.from({ length: 500 }, (_, index) => ({ atMs: index * 100, service: "app" }));
  const chosen = logExcerpt(lines, { kills: [], exits, windows });
  expect(chosen.length).toBeLessThan(26 * 12);
  expect(chosen.map(({ atMs }) => atMs)).toEqual(chosen.map(({ atMs }) => atMs).sort((a, b) => a - b));
});
