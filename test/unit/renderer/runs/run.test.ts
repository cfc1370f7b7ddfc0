import { describe, expect, test } from "vitest";
import { eventMarks } from "../../../../src/renderer/runs/event-looks.ts";
import { logBars } from "../../../../src/renderer/runs/log-lane.tsx";
import { pickSamples } from "../../../../src/renderer/runs/pick-samples.ts";
import { phaseSpans } from "../../../../src/renderer/runs/run-clock.ts";
import { windowNow } from "../../../../src/renderer/runs/run-view.ts";
import { lineAt } from "../../../../src/renderer/runs/span-logs.tsx";
import { panned, shareOf, spanBetween, zoomed } from "../../../../src/renderer/runs/time-window.ts";
import { type RunEvent, SampleColumns } from "../../../../src/shared/domain/index.ts";
import { shownServices } from "../../../../src/shared/format/index.ts";
import { aRunSample } from "../samples.ts";

function anEvent(atMs: number, change: Partial<RunEvent> = {}): RunEvent {
  return { target: 0, atMs, kind: "note", service: null, phase: null, text: "", ...change };
}

test("more than seven services become six and the rest", () => {
  const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
  expect(shownServices(names.slice(0, 7)).map(({ name }) => name)).toEqual(names.slice(0, 7));
  expect(shownServices(names).at(-1)).toEqual({ name: "2 more", members: ["g", "h"] });
});

describe("phaseSpans", () => {
  test("each phase lasts until the next, the last one until now", () => {
    const phase = (atMs: number, name: RunEvent["phase"], target = 0) =>
      anEvent(atMs, { target, kind: "phase", phase: name });
    expect(phaseSpans([phase(0, "start"), phase(5, "steady", 1), phase(10, "steady")], 0, 30)).toEqual([
      { phase: "start", fromMs: 0, untilMs: 10 },
      { phase: "steady", fromMs: 10, untilMs: 30 },
    ]);
  });
});

describe("the part of the clock in view", () => {
  const bounds = { fromMs: 0, toMs: 100_000 };

  test("zooming keeps the moment under the pointer where it is", () => {
    const near = zoomed(bounds, bounds, 0.5, 20_000);
    expect(near).toEqual({ fromMs: 10_000, toMs: 60_000 });
    expect(near === null ? 0 : shareOf(20_000, near)).toBeCloseTo(0.2);
  });

  test("it goes no nearer than half a second and no further than all", () => {
    const least = zoomed({ fromMs: 1_000, toMs: 1_600 }, bounds, 0.1, 1_300);
    expect((least?.toMs ?? 0) - (least?.fromMs ?? 0)).toBeCloseTo(500);
    expect(zoomed({ fromMs: 0, toMs: 60_000 }, bounds, 2, 0)).toBeNull();
  });

  test("moving ends at the bounds with the width it had", () => {
    expect(panned({ fromMs: 80_000, toMs: 90_000 }, bounds, 50_000)).toEqual({ fromMs: 90_000, toMs: 100_000 });
    expect(panned({ fromMs: 5_000, toMs: 15_000 }, bounds, -50_000)).toEqual({ fromMs: 0, toMs: 10_000 });
  });

  test("a span is marked in either direction and stays inside", () => {
    expect(spanBetween(9_000, -4_000, bounds)).toEqual({ fromMs: 0, toMs: 9_000 });
  });

  test("a window that follows moves with the run", () => {
    const window = { fromMs: 10_000, toMs: 20_000 };
    expect(windowNow({ window, followsFromMs: 20_000 }, bounds, 23_000)).toEqual({ fromMs: 13_000, toMs: 23_000 });
    expect(windowNow({ window, followsFromMs: null }, bounds, 23_000)).toEqual(window);
    expect(windowNow({ window: null, followsFromMs: null }, bounds, 23_000)).toBe(bounds);
  });
});

describe("what a chart of few pixels shows", () => {
  const columns = new SampleColumns([]);
  for (let index = 0; index < 18_000; index += 1) {
    columns.append(aRunSample(index * 100, { memoryBytes: index === 9_001 ? 999 : 100 + (index % 3) }));
  }
  const all = { fromMs: 0, toMs: 1_800_000 };
  const values = (picked: readonly number[]) => picked.map((index) => columns.stack.memoryBytes[index]);

  test("a spike of one reading among 18,000 stays, in few points", () => {
    const picked = pickSamples(columns, all, 600, [columns.stack.memoryBytes]);
    expect(picked.length).toBeLessThanOrEqual(602);
    expect(values(picked)).toContain(999);
    expect([...picked].sort((a, b) => a - b)).toEqual(picked);
  });

  test("what is shown does not change while it is moved by whole pixels", () => {
    const shown = (span: { fromMs: number; toMs: number }) =>
      new Set(
        pickSamples(columns, span, 100, [columns.stack.memoryBytes]).filter((index) => index > 3_300 && index < 8_900),
      );
    const before = shown({ fromMs: 300_000, toMs: 900_000 });
    expect(shown({ fromMs: 312_000, toMs: 912_000 })).toEqual(before);
  });

  test("few readings are all shown, with one beyond either edge", () => {
    const picked = pickSamples(columns, { fromMs: 1_000, toMs: 2_000 }, 600, [columns.stack.memoryBytes]);
    expect([picked[0], picked.at(-1)]).toEqual([9, 20]);
  });
});

describe("events on the axis", () => {
  test("those close together share a mark, and the worst lends its shape", () => {
    const events = [
      anEvent(0, { kind: "phase" }),
      anEvent(1_000, { kind: "started" }),
      anEvent(1_100, { kind: "oom-kill" }),
      anEvent(1_200, { kind: "restarted" }),
      anEvent(9_000, { kind: "progress" }),
      anEvent(9_500, { kind: "healthy" }),
    ];
    expect(eventMarks(events, 500)).toEqual([
      { atMs: 1_000, events: [1, 2, 3], kind: "oom-kill" },
      { atMs: 9_500, events: [5], kind: "healthy" },
    ]);
  });
});

describe("log lines on the axis", () => {
  test("a bar says how many and the worst of them; lines out of view are in none", () => {
    const marks = [
      { atMs: -5, level: "error" as const },
      { atMs: 10, level: "plain" as const },
      { atMs: 12, level: "error" as const },
      { atMs: 14, level: "warning" as const },
      { atMs: 90, level: "warning" as const },
    ];
    expect(logBars(marks, { fromMs: 0, toMs: 100 }, 10)).toEqual([
      { at: 1, count: 3, worst: "error" },
      { at: 9, count: 1, worst: "warning" },
    ]);
  });

  test("the line under the cursor is the last one before it", () => {
    const lines = [{ atMs: 10 }, { atMs: 20 }, { atMs: 30 }];
    expect([lineAt(lines, null), lineAt(lines, 5), lineAt(lines, 20), lineAt(lines, 99)]).toEqual([-1, -1, 1, 2]);
  });
});
