import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LogFile, type LogFileBounds, type StoredLine } from "../../../src/main/store/log-file.ts";
import {
  cutAt,
  cutBefore,
  endsOf,
  firstRow,
  linesBetween,
  rowsBefore,
  rowsOf,
} from "../../../src/main/store/log-order.ts";

let folder: string;
const files: LogFile[] = [];
const roomy: LogFileBounds = { maxBytes: 2 ** 40, maxAgeMs: 3600_000, keepFreeBytes: 0, segmentBytes: 20_000 };

function open(bounds: Partial<LogFileBounds> = {}): LogFile {
  const file = new LogFile(join(folder, String(files.length)), { ...roomy, ...bounds });
  files.push(file);
  return file;
}

async function filesWith(sources: readonly (readonly number[])[], bounds: Partial<LogFileBounds> = {}) {
  const made = sources.map(() => open(bounds));
  for (const [index, times] of sources.entries()) {
    await made[index]?.append(times.map((atMs, line): StoredLine => ({ atMs, kind: "o", text: `${index}:${line}` })));
  }
  return made;
}

/** What a person would do: give each line the latest time so far, put all in one list, and sort it. */
function sorted(sources: readonly (readonly number[])[]): { file: number; line: number }[] {
  const all = sources.flatMap((times, file) => {
    let latestMs = 0;
    return times.map((atMs, line) => {
      latestMs = Math.max(latestMs, atMs);
      return { file, line, latestMs };
    });
  });
  return all.sort((left, right) => left.latestMs - right.latestMs).map(({ file, line }) => ({ file, line }));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bayplan-log-order-"));
});

afterEach(async () => {
  for (const file of files.splice(0)) await file.remove();
  rmSync(folder, { recursive: true });
});

describe("rows of several log files", () => {
  const steps = fc.array(fc.constantFrom(0, 0, 0, 1, 1, 2, 7, 1_000, -5), { maxLength: 900 });
  const times = steps.map((some) => {
    let atMs = 1_700_000_000_000;
    return some.map((step) => {
      atMs += step;
      return atMs;
    });
  });

  test.prop([fc.array(times, { minLength: 1, maxLength: 4 }), fc.nat(), fc.integer({ min: 1, max: 300 })], {
    numRuns: 60,
  })("are those of the sorted whole, from any row on, also when clocks go back", async (sources, at, count) => {
    const made = await filesWith(sources, { segmentBytes: 9_000 });
    const ends = endsOf(made);
    const whole = sorted(sources);
    const row = at % (whole.length + 1);
    const cut = await cutAt(made, ends, row);
    const behind = await cutAt(made, ends, row + count);
    expect(rowsBefore(cut)).toBe(row);
    expect(await linesBetween(made, cut, behind)).toEqual(whole.slice(row, row + count));
    // The other way round: every third of these lines has the row that it was found at.
    const some = whole.slice(row, row + count).filter((_, index) => index % 3 === 0);
    const places = made.map((_, file) => some.flatMap((one) => (one.file === file ? [one.line] : [])));
    expect(await rowsOf(made, places, { from: cut, to: behind }, row)).toEqual(some.map((_, index) => row + index * 3));
  });

  test.prop([fc.array(times, { minLength: 1, maxLength: 3 }), times], { numRuns: 40 })(
    "before the earliest of what comes later stay what they are",
    async (sources, later) => {
      const made = await filesWith([...sources, []], { segmentBytes: 9_000 });
      const ends = endsOf(made);
      const order = await linesBetween(
        made,
        sources.concat([[]]).map(() => 0),
        ends,
      );
      await made.at(-1)?.append(later.map((atMs) => ({ atMs, kind: "o", text: "late" })));
      const unchanged = rowsBefore(await cutBefore(made, endsOf(made), Math.min(...later, 2 ** 45)));
      const now = await linesBetween(
        made,
        made.map(() => 0),
        endsOf(made),
      );
      expect(now.slice(0, unchanged)).toEqual(order.slice(0, unchanged));
    },
  );

  it("are the same for many at once as for few", async () => {
    const times = (step: number) => Array.from({ length: 30_000 }, (_, i) => 1_700_000_000_000 + Math.floor(i * step));
    const sources = [times(0.7), times(1.3)];
    const made = await filesWith(sources, { segmentBytes: 500_000 });
    const ends = endsOf(made);
    const cuts = [await cutAt(made, ends, 777), await cutAt(made, ends, 55_555)] as const;
    expect(await linesBetween(made, ...cuts)).toEqual(sorted(sources).slice(777, 55_555));
  });

  it("keep their numbers when the oldest lines of one source go", async () => {
    const [small, other] = [open({ segmentBytes: 2_000, maxBytes: 8_000 }), open()];
    const line = (atMs: number): StoredLine => ({ atMs, kind: "o", text: String(atMs) });
    await other.append(Array.from({ length: 100 }, (_, i) => line(10_000 + i)));
    for (let from = 0; from < 1_000; from += 50) {
      await small.append(Array.from({ length: 50 }, (_, i) => line(9_000 + from + i)));
    }
    const both = [small, other];
    const ends = endsOf(both);
    expect(small.first).toBeGreaterThan(0);
    expect(firstRow(both)).toBe(small.first);
    const cut = await cutAt(both, ends, 0);
    const order = await linesBetween(both, cut, ends);
    expect(order).toHaveLength(1_100 - small.first);
    // The last row of all is still row 1099.
    expect(rowsBefore(ends)).toBe(1_100);
    expect(await linesBetween(both, await cutAt(both, ends, 1_099), ends)).toEqual([{ file: 1, line: 99 }]);
  });
});
