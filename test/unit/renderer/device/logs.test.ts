import { describe, expect, test } from "vitest";
import { plainText, styledPieces } from "../../../../src/renderer/device/ansi-text.ts";
import { groupByStack, portsText } from "../../../../src/renderer/device/container-groups.ts";
import { logLevel } from "../../../../src/renderer/device/log-level.ts";
import { LogRing } from "../../../../src/renderer/device/log-ring.ts";
import { aContainer } from "../samples.ts";

const line = (atMs: number, text: string, containerId = "a") => ({
  atMs,
  containerId,
  stream: "stdout" as const,
  text,
});
const batch = (lines: ReturnType<typeof line>[], skipped = 0) => ({ lines, skipped, ended: [] });
const texts = (ring: LogRing) => ring.rows.map((row) => (row.kind === "line" ? row.raw : `mark: ${row.text}`));

describe("LogRing", () => {
  test("merges the first lines of several containers by time", () => {
    const ring = new LogRing(100);
    ring.add(batch([line(1, "a1"), line(3, "a3")]));
    ring.add(batch([line(2, "b2", "b")]));
    expect(texts(ring)).toEqual(["a1", "b2", "a3"]);
  });

  test("after a break it takes up where it was, without loss or doubling", () => {
    const ring = new LogRing(100);
    ring.add(batch([line(1, "one"), line(2, "two"), line(2, "two again")]));
    ring.resume();
    ring.add(batch([line(1, "one"), line(2, "two"), line(2, "two again"), line(2, "a third of 2"), line(3, "three")]));
    expect(texts(ring)).toEqual(["one", "two", "two again", "a third of 2", "three"]);
  });

  test("says how many lines were skipped, before the lines that follow them", () => {
    const ring = new LogRing(100);
    ring.add(batch([line(1, "one")]));
    ring.add(batch([line(9, "nine")], 1204));
    expect(texts(ring)[1]).toContain("1,204 lines skipped");
    expect(texts(ring)[2]).toBe("nine");
  });

  test("shows what happened to the log as a row, before the lines that follow", () => {
    const ring = new LogRing(100);
    ring.add(batch([line(5, "five")]));
    const text = "Connected again after 3 s. It goes on where it was.";
    ring.add({
      ...batch([line(6, "six")]),
      marks: [{ atMs: 99_999, kind: "resumed", containerId: null, missing: 0, text }],
    });
    expect(texts(ring)).toEqual(["five", `mark: ${text}`, "six"]);
  });

  test("holds its capacity and counts what it let go", () => {
    const ring = new LogRing(1000);
    ring.add(batch(Array.from({ length: 1500 }, (_, index) => line(index, String(index)))));
    expect(ring.rows.length).toBe(1000);
    expect(ring.dropped).toBe(500);
    expect(texts(ring).at(0)).toBe("500");
    expect(new Set(ring.rows.map((row) => row.key)).size).toBe(1000);
  });
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
