import { describe, expect, test } from "vitest";
import { groupByStack, portsText } from "../../../../src/renderer/device/container-groups.ts";
import { styledPieces } from "../../../../src/renderer/device/logs/ansi-text.ts";
import { atTheEnd, letGo, newRows } from "../../../../src/renderer/device/logs/follow-state.ts";
import { HitList } from "../../../../src/renderer/device/logs/hit-list.ts";
import { hitText } from "../../../../src/renderer/device/logs/hit-text.ts";
import { logFileLine } from "../../../../src/renderer/device/logs/log-file-line.ts";
import { markedPieces } from "../../../../src/renderer/device/logs/marked-pieces.ts";
import { PageCache, pageRows } from "../../../../src/renderer/device/logs/page-cache.ts";
import { moved, within } from "../../../../src/renderer/device/logs/row-place.ts";
import { longestPx, positionAt, rowPx, scrollTopOf, spaceOf } from "../../../../src/renderer/device/logs/scroll-map.ts";
import { logLevel } from "../../../../src/renderer/format/log-level.ts";
import { AppError, compileLogQuery, type LogRow, matchRanges, plainText } from "../../../../src/shared/domain/index.ts";
import { aContainer } from "../samples.ts";

const row = (at: number, text = `line ${at}`): LogRow => ({
  kind: "line",
  row: at,
  line: { atMs: at, containerId: "a", stream: "stdout", text },
});
const page = (number: number, count = pageRows) =>
  Array.from({ length: count }, (_, index) => row(number * pageRows + index));

describe("PageCache", () => {
  test("asks for what is looked at and not here, once", () => {
    const cache = new PageCache(10);
    expect(cache.missing(150, 450, 10_000)).toEqual([0, 1, 2]);
    cache.ask(1);
    expect(cache.missing(150, 450, 10_000)).toEqual([0, 2]);
    cache.put(1, page(1));
    expect(cache.missing(150, 450, 10_000)).toEqual([0, 2]);
    expect(cache.row(250)).toEqual(row(250));
    expect(cache.row(450)).toBeUndefined();
  });

  test("a page at the end is asked for again when the list has grown, and shown as it was meanwhile", () => {
    const cache = new PageCache(10);
    cache.ask(0);
    cache.put(0, page(0, 50));
    expect(cache.missing(0, 60, 50)).toEqual([]);
    expect(cache.missing(0, 60, 60)).toEqual([0]);
    expect(cache.row(49)).toEqual(row(49));
  });

  test("rows that have changed are asked for again; an answer from before is not the last word", () => {
    const cache = new PageCache(10);
    cache.ask(0);
    cache.put(0, page(0));
    cache.ask(1);
    cache.changed(150);
    expect(cache.row(160)).toEqual(row(160));
    cache.put(1, page(1));
    expect(cache.missing(0, 400, 400)).toEqual([0, 1]);
    expect(cache.missing(0, 150, 150)).toEqual([]);
  });

  test("holds as many pages as it may: those that were looked at last", () => {
    const cache = new PageCache(3);
    for (const number of [0, 1, 2]) {
      cache.ask(number);
      cache.put(number, page(number));
    }
    cache.missing(0, 10, 10_000);
    cache.ask(3);
    cache.put(3, page(3));
    expect(cache.size).toBe(3);
    expect(cache.row(0)).toEqual(row(0));
    expect(cache.row(pageRows)).toBeUndefined();
  });

  test("an answer for another list, or none, is not taken", () => {
    const cache = new PageCache(3);
    cache.ask(0);
    cache.clear();
    cache.put(0, page(0));
    expect(cache.row(0)).toBeUndefined();
    cache.ask(0);
    cache.put(0, null);
    expect(cache.missing(0, 10, 10)).toEqual([0]);
  });
});

describe("the map of a scroll bar", () => {
  const short = { rows: 1_000, px: rowPx, viewPx: 410 };
  const long = { rows: 10_000_000, px: rowPx, viewPx: 410 };

  test("goes pixel by pixel where the rows fit", () => {
    expect(spaceOf(short)).toBe(20_000);
    expect(scrollTopOf(100.5, short)).toBeCloseTo(2_010);
    expect(positionAt(2_010, short)).toBeCloseTo(100.5);
  });

  test("covers ten million rows with an element that a browser can have, from the first row to the last", () => {
    expect(spaceOf(long)).toBe(longestPx);
    expect(positionAt(0, long)).toBe(0);
    const bottom = longestPx - long.viewPx;
    expect(positionAt(bottom, long)).toBeCloseTo(long.rows - long.viewPx / rowPx);
    expect(scrollTopOf(long.rows, long)).toBe(bottom);
    expect(positionAt(scrollTopOf(7_654_321, long), long)).toBeCloseTo(7_654_321);
  });

  test("goes pixel by pixel at both ends of the longest log, where there must be room to scroll", () => {
    const bottom = longestPx - long.viewPx;
    expect(scrollTopOf(30, long)).toBeCloseTo(600);
    const last = long.rows - long.viewPx / rowPx;
    expect(scrollTopOf(last - 30, long)).toBeCloseTo(bottom - 600);
    expect(positionAt(bottom - 600, long)).toBeCloseTo(last - 30);
  });

  test("rows that fill no view are not scrolled", () => {
    const few = { rows: 3, px: rowPx, viewPx: 410 };
    expect([spaceOf(few), scrollTopOf(2, few), positionAt(100, few)]).toEqual([410, 0, 0]);
  });
});

describe("a place among rows", () => {
  const bounds = { first: 100, end: 200 };
  const heightOf = (at: number) => (at % 2 === 0 ? 20 : 60);

  test("moves by pixels over rows of any height, and back", () => {
    const down = moved({ row: 110, px: 5 }, 90, heightOf, bounds);
    expect(down).toEqual({ row: 112, px: 15 });
    expect(moved(down, -90, heightOf, bounds)).toEqual({ row: 110, px: 5 });
  });

  test("stops at the first row, and stays on rows that there are", () => {
    expect(moved({ row: 101, px: 0 }, -500, heightOf, bounds)).toEqual({ row: 100, px: 0 });
    expect(moved({ row: 198, px: 0 }, 500, heightOf, bounds).row).toBe(199);
    expect(within({ row: 20, px: 7 }, bounds)).toEqual({ row: 100, px: 0 });
    expect(within({ row: 900, px: 7 }, bounds)).toEqual({ row: 199, px: 0 });
  });
});

test("a view that was let go of says what has come since, and nothing when it follows", () => {
  const away = letGo(atTheEnd, 100);
  expect([newRows(atTheEnd, 130), newRows(away, 100), newRows(away, 130)]).toEqual([0, 0, 30]);
  expect(newRows(letGo(away, 120), 130)).toBe(30);
});

describe("hits", () => {
  test("are found by their row, step by step, and those that moved are let go", () => {
    const hits = new HitList();
    const rows = Array.from({ length: 3_000 }, (_, index) => index * 7);
    hits.add(rows.slice(0, 10));
    hits.add(rows.slice(10));
    expect([hits.count, hits.at(2_999), hits.at(3_000)]).toEqual([3_000, 20_993, undefined]);
    expect([hits.has(14), hits.has(15), hits.indexFrom(15), hits.indexFrom(99_999)]).toEqual([true, false, 3, 3_000]);
    hits.cutFrom(71);
    expect([hits.count, hits.at(10)]).toEqual([11, 70]);
  });

  test("are said with their number, and with a sign while there may be more", () => {
    const current = { row: 9, index: 2 };
    expect(hitText({ count: 128, current, full: false, over: true })).toBe("3 of 128");
    expect(hitText({ count: 1_280, current, full: false, over: false })).toBe("3 of 1,280…");
    expect(hitText({ count: 0, current: null, full: false, over: true })).toBe("None");
    expect(hitText({ count: 1_000_000, current: null, full: true, over: true })).toBe("1,000,000+");
  });

  test("are marked across the colours of a line", () => {
    const pieces = styledPieces("\u001b[31mERR\u001b[0mOR: no route, error");
    const pattern = compileLogQuery({ text: "error", regex: false, ignoreCase: true });
    const ranges = matchRanges(pattern, pieces.map((piece) => piece.text).join(""));
    const marked = markedPieces(pieces, ranges);
    expect(marked.map(({ text, marked: is }) => (is ? `<${text}>` : text)).join("|")).toBe(
      "<ERR>|<OR>|: no route, |<error>",
    );
    expect(marked[0]?.className).toBe("ansi-red");
  });

  test("of an expression: signs are themselves in plain text, empty matches are none", () => {
    const ranges = (text: string, regex: boolean) =>
      matchRanges(compileLogQuery({ text, regex, ignoreCase: false }), "a.b (c) a-b");
    expect(ranges("a.b", false)).toEqual([{ from: 0, to: 3 }]);
    expect(ranges("(c)", false)).toEqual([{ from: 4, to: 7 }]);
    expect(ranges("a.b", true)).toEqual([
      { from: 0, to: 3 },
      { from: 8, to: 11 },
    ]);
    expect(ranges("x*", true)).toEqual([]);
    expect(() => ranges("[", true)).toThrow(AppError);
  });
});

test("a row in a file has its time with the zone, its container and no codes", () => {
  const name = () => "web";
  expect(logFileLine(row(0, "\u001b[31mred\u001b[0m"), name)).toBe("1970-01-01T00:00:00.000Z web red");
  const mark = { atMs: 0, kind: "gap" as const, containerId: "a", missing: null, text: "Lines may be missing here." };
  expect(logFileLine({ kind: "mark", row: 4, mark }, name)).toBe(
    "1970-01-01T00:00:00.000Z --- Lines may be missing here.",
  );
});

describe("lines", () => {
  const red = "\u001b[31mred\u001b[0m and \u001b[2Jrest";

  test("colours become classes, other controls go", () => {
    expect(styledPieces(red)).toEqual([
      { text: "red", className: "ansi-red" },
      { text: " and rest", className: "" },
    ]);
    expect(plainText(red)).toBe("red and rest");
    expect(plainText("\u001b]0;title\u0007bell\u0007")).toBe("bell");
    expect(plainText("a\u009bb\u202ec\u007f\u0000d")).toBe("abcd");
  });

  test.each([
    ["ERROR: no route", "error"],
    ["FATAL heap", "error"],
    ["[ERR] x", "error"],
    ["0 errors, 0 warnings", "plain"],
    ['{"error":null,"ok":1}', "plain"],
    ["err=nil done", "plain"],
    ["level=warning slow", "warning"],
    ["terror in the warned house", "plain"],
  ])("%s is %s", (text, level) => {
    expect(logLevel(text)).toBe(level);
  });
});

describe("containers", () => {
  test("stacks by name, those without one last", () => {
    const groups = groupByStack([
      aContainer({ id: "1", stack: null, service: null, name: "x" }),
      aContainer({ id: "2", stack: "b", service: "z" }),
      aContainer({ id: "3", stack: "a" }),
      aContainer({ id: "4", stack: "b", service: "c" }),
    ]);
    expect(groups.map((group) => [group.stack, ...group.containers.map(({ id }) => id)])).toEqual([
      ["a", "3"],
      ["b", "4", "2"],
      [null, "1"],
    ]);
  });

  test("ports are said once, with the protocol where it is not tcp", () => {
    const port = { containerPort: 53, hostPort: 53, hostAddress: "0.0.0.0", protocol: "udp" as const };
    const ports = [
      port,
      { ...port, hostAddress: "::" },
      { ...port, hostPort: 8080, containerPort: 80, protocol: "tcp" as const },
      { ...port, hostPort: null, containerPort: 9, protocol: "tcp" as const },
    ];
    expect(portsText(aContainer({ ports }))).toBe("53/udp, 8080→80, 9");
  });
});
