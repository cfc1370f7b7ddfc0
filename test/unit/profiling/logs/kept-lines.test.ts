import { expect, test } from "vitest";
import { KeptLines } from "../../../../src/main/profiling/logs/kept-lines.ts";
import type { RunLogEntry, RunLogLine } from "../../../../src/shared/domain/index.ts";

function line(atMs: number, text: string, service = "broker"): RunLogLine {
  return { atMs, service, stream: "stdout", text };
}

function keep(): { kept: KeptLines; entries: RunLogEntry[]; texts: () => string[] } {
  const entries: RunLogEntry[] = [];
  const kept = new KeptLines(
    1,
    (text) => text.replace("hunter2", "••"),
    (more) => entries.push(...more),
  );
  return { kept, entries, texts: () => entries.flatMap((entry) => ("text" in entry ? entry.text : [])) };
}

test("what a quiet service prints is kept at once and whole", () => {
  const { kept, entries } = keep();
  kept.add([line(10, "one"), line(1500, "two")]);
  expect(entries).toEqual([
    { target: 1, ...line(10, "one") },
    { target: 1, ...line(1500, "two") },
  ]);
});

test("of a second with too many lines its edges are kept, and the rest is counted", () => {
  const { kept, entries, texts } = keep();
  kept.add(Array.from({ length: 1000 }, (_, index) => line(2000 + index / 2, `${index}`)));
  kept.add([line(3100, "next")]);
  expect(texts().slice(0, 61)).toEqual([...Array.from({ length: 60 }, (_, index) => `${index}`), "960"]);
  expect(texts().slice(-2)).toEqual(["999", "next"]);
  expect(entries.filter((entry) => "notKept" in entry)).toEqual([
    { target: 1, atMs: 2030, untilMs: 2479.5, service: "broker", notKept: 900 },
  ]);
});

test("the end of a second is kept when nothing comes after it, and not before that is sure", () => {
  const { kept, texts } = keep();
  kept.add(Array.from({ length: 70 }, (_, index) => line(5000 + index, `${index}`)));
  kept.settle(5999);
  expect(texts()).toHaveLength(60);
  kept.settle(6000);
  expect(texts()).toHaveLength(70);
});

test("each service has seconds of its own", () => {
  const { kept, texts } = keep();
  for (let index = 0; index < 60; index += 1) kept.add([line(index, "a"), line(index, "b", "cache")]);
  expect(texts()).toHaveLength(120);
});

test("however long a flood lasts, what is kept has an end, and every line is kept or counted", () => {
  const { kept, entries } = keep();
  const text = "x".repeat(5000);
  const seconds = 300;
  for (let second = 0; second < seconds; second += 1) {
    kept.add(Array.from({ length: 200 }, (_, index) => line(second * 1000 + index, text)));
  }
  kept.settle(Number.POSITIVE_INFINITY);
  const lines = entries.flatMap((entry) => ("text" in entry ? entry.text : []));
  const characters = lines.reduce((sum, one) => sum + one.length, 0);
  expect(characters).toBeGreaterThan(8 * 1024 * 1024);
  expect(characters).toBeLessThan(17 * 1024 * 1024);
  expect(Math.max(...lines.map((one) => one.length))).toBe(2002);
  const notKept = entries.reduce((sum, entry) => sum + ("notKept" in entry ? entry.notKept : 0), 0);
  expect(lines.length + notKept).toBe(200 * seconds);
});

test("secrets are taken out before a line is kept", () => {
  const { kept, texts } = keep();
  kept.add([line(1, "login with hunter2")]);
  expect(texts()).toEqual(["login with ••"]);
});
