import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { lineMaxBytes } from "../../../src/main/engines/logs/line-assembler.ts";
import { logDemux } from "../../../src/main/engines/logs/log-demux.ts";
import { ResumePoint } from "../../../src/main/engines/logs/resume-point.ts";
import type { LogLine } from "../../../src/shared/domain/index.ts";

const web = "web";
const startMs = Date.parse("2026-01-01T00:00:00Z");

function stampOf(index: number): string {
  return `2026-01-01T00:00:00.${String(index * 1_000_000).padStart(9, "0")}Z`;
}

function frame(stream: LogLine["stream"], payload: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream === "stdout" ? 1 : 2;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

function message(stream: LogLine["stream"], index: number, text: string): Buffer {
  return frame(stream, Buffer.from(`${stampOf(index)} ${text}`));
}

/** The bytes in pieces, cut at the places given. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places]
    .map((from, i) => bytes.subarray(from, places[i] ?? bytes.length))
    .filter((part) => part.length > 0);
}

function read(bytes: Buffer, cuts: readonly number[] = [], tty = false): LogLine[] {
  const demux = logDemux(web, tty, startMs);
  return [...pieces(bytes, cuts).flatMap((part) => demux.take(part)), ...demux.end()];
}

const stream = fc.constantFrom<LogLine["stream"]>("stdout", "stderr");
const text = fc.string({ unit: "grapheme", maxLength: 30 }).filter((line) => !/[\n\r]/.test(line));
const cuts = fc.array(fc.nat(100_000), { maxLength: 40 });

describe("frames", () => {
  test.prop([fc.array(fc.tuple(stream, text), { maxLength: 40 }), cuts])(
    "give the lines that were written, however they are cut",
    (written, places) => {
      const bytes = Buffer.concat(written.map(([where, line], i) => message(where, i, `${line}\n`)));
      expect(read(bytes, places)).toEqual(
        written.map(([where, line], i) => ({ atMs: startMs + i, containerId: web, stream: where, text: line })),
      );
    },
  );

  test.prop([fc.array(text, { minLength: 1, maxLength: 10 }), cuts])(
    "that are parts of one line are put together, with the time of the first",
    (parts, places) => {
      const bytes = Buffer.concat([
        ...parts.map((part, i) => message("stdout", i, part)),
        message("stderr", 50, "between\n"),
        message("stdout", 60, "\n"),
      ]);
      const lines = read(bytes, places);
      const first = parts.join("") === "" ? startMs + 60 : startMs + parts.findIndex((part) => part !== "");
      expect(lines.find((line) => line.stream === "stdout")).toMatchObject({ text: parts.join(""), atMs: first });
      expect(lines).toHaveLength(2);
    },
  );

  it("take a hundred thousand tiny lines in one chunk without a deep stack", () => {
    const bytes = Buffer.concat(Array.from({ length: 100_000 }, (_, i) => message("stdout", i % 900, "x\n")));
    expect(read(bytes)).toHaveLength(100_000);
  });

  it("cut a line without end into pieces of bounded length, between characters", () => {
    const long = "ä€😀".repeat(30_000);
    const lines = read(
      Buffer.concat([message("stdout", 1, `${long}\n`), message("stdout", 2, "next\n")]),
      [70_001, 140_003],
    );
    expect(lines.at(-1)?.text).toBe("next");
    const parts = lines.slice(0, -1).map((line) => line.text);
    expect(parts.length).toBeGreaterThan(3);
    expect(parts.join("")).toBe(long);
    for (const part of parts) expect(Buffer.byteLength(part)).toBeLessThanOrEqual(lineMaxBytes);
  });

  it("that claim a gigabyte need no gigabyte", () => {
    const demux = logDemux(web, false, startMs);
    const header = frame("stdout", Buffer.alloc(0));
    header.writeUInt32BE(1_000_000_000, 4);
    demux.take(header);
    demux.take(Buffer.from(`${stampOf(1)} `));
    const before = process.memoryUsage().rss;
    let lines = 0;
    for (let i = 0; i < 2_000; i += 1) lines += demux.take(Buffer.alloc(64 * 1024, "y")).length;
    expect(lines).toBeGreaterThanOrEqual(1_999);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
  });

  it("that are none are an error", () => {
    expect(() => read(Buffer.from("HTTP/1.1 200 OK\r\n"))).toThrow("out of step");
  });

  it("without a timestamp keep their text", () => {
    expect(read(frame("stdout", Buffer.from("no stamp here\n")))).toEqual([
      { atMs: startMs, containerId: web, stream: "stdout", text: "no stamp here" },
    ]);
    expect(read(frame("stdout", Buffer.from("word")))).toMatchObject([{ text: "word" }]);
  });
});

describe("a terminal's stream", () => {
  test.prop([fc.array(text, { maxLength: 30 }), cuts])("gives its lines, however they are cut", (written, places) => {
    const bytes = Buffer.from(written.map((line, i) => `${stampOf(i)} ${line}\r\n`).join(""));
    expect(read(bytes, places, true)).toEqual(
      written.map((line, i) => ({ atMs: startMs + i, containerId: web, stream: "stdout", text: line })),
    );
  });
});

/** A log as an engine keeps it: bytes of each message, and its place in time. */
interface Written {
  index: number;
  bytes: Buffer;
}

/** What an engine sends of it from `since` on: every message that is not older, or all from the first such one on. */
function replay(log: readonly Written[], since: string | null, firstOnly: boolean): Buffer {
  if (since === null) return Buffer.concat(log.map((one) => one.bytes));
  const sinceMs = Number(since) * 1000 - startMs;
  const isDue = (one: Written): boolean => one.index >= sinceMs - 0.1;
  const from = log.findIndex(isDue);
  const rest = firstOnly ? (from < 0 ? [] : log.slice(from)) : log.filter(isDue);
  return Buffer.concat(rest.map((one) => one.bytes));
}

describe("a log that is read again", () => {
  const entry = fc.record({
    where: stream,
    line: text,
    // Several messages of one time, and one that is written a little later than its neighbour.
    step: fc.constantFrom(0, 0, 1, 1, 1, 2, -1),
    isPart: fc.boolean(),
  });

  test.prop([
    fc.array(entry, { minLength: 1, maxLength: 200 }),
    fc.array(fc.nat(), { minLength: 1, maxLength: 5 }),
    cuts,
    fc.boolean(),
    fc.boolean(),
  ])(
    "gives each line once, wherever it broke off, in the middle of a message and of a line",
    (entries, breaks, places, tty, firstOnly) => {
      // So far from the start that no step leads to before it.
      let index = entries.length;
      const log = entries.map(({ where, line, step, isPart }) => {
        index += step;
        const words = tty || !isPart ? `${line}\n` : line;
        const stamped = Buffer.from(`${stampOf(index)} ${words}`);
        return { index, bytes: tty ? stamped : frame(where, stamped) };
      });
      const whole = read(Buffer.concat(log.map((one) => one.bytes)), [], tty);
      const point = new ResumePoint();
      const demux = logDemux(web, tty, startMs, point);
      const lines: LogLine[] = [];
      let reached = 0;
      for (const at of [...breaks.map((one) => one % (log.length + 1)), log.length].sort((a, b) => a - b)) {
        // The log has grown; this much of the answer comes through, then the link is cut, or the end is reached.
        const answer = replay(log.slice(0, at), point.resume(), firstOnly);
        demux.restart();
        reached = at === log.length ? answer.length : Math.floor(answer.length * 0.9);
        for (const part of pieces(answer.subarray(0, reached), places)) lines.push(...demux.take(part));
        expect(point.takeGap()).toBe(false);
      }
      lines.push(...demux.end());
      const plain = (list: LogLine[]) => list.map((one) => `${one.stream} ${one.text}`);
      expect(plain(lines)).toEqual(plain(whole));
    },
  );

  it("says that what was read last has gone, when the log was rotated away behind it", () => {
    const point = new ResumePoint();
    const demux = logDemux(web, false, startMs, point);
    demux.take(Buffer.concat([message("stdout", 1, "one\n"), message("stdout", 2, "half")]));
    point.resume();
    demux.restart();
    const lines = demux.take(message("stdout", 9, "nine\n"));
    expect(lines.map((line) => line.text)).toEqual(["half", "nine"]);
    expect([point.takeGap(), point.takeGap()]).toEqual([true, false]);
  });

  it("goes on in a log that has lost its beginning only, without a word", () => {
    const point = new ResumePoint();
    const demux = logDemux(web, false, startMs, point);
    demux.take(Buffer.concat([1, 2, 3].map((i) => message("stdout", i, `${i}\n`))));
    point.resume();
    demux.restart();
    const lines = demux.take(Buffer.concat([3, 4].map((i) => message("stdout", i, `${i}\n`))));
    expect(lines.map((line) => line.text)).toEqual(["4"]);
    expect(point.takeGap()).toBe(false);
  });

  it("is not doubled when the device's clock went back by an hour, and it is read again meanwhile", () => {
    const log = (count: number, from: number, words: string): Written[] =>
      Array.from({ length: count }, (_, i) => ({
        index: i + from,
        bytes: message("stdout", i + from, `${words} ${i}\n`),
      }));
    const before = log(900, 0, "first");
    const after = log(600, 0.5, "again");
    for (const firstOnly of [false, true]) {
      const point = new ResumePoint();
      const demux = logDemux(web, false, startMs, point);
      const lines = demux.take(Buffer.concat([...before, ...after.slice(0, 500)].map((one) => one.bytes)));
      demux.restart();
      lines.push(...demux.take(replay([...before, ...after], point.resume(), firstOnly)));
      expect(lines).toHaveLength(1500);
      expect(lines.at(-1)?.text).toBe("again 599");
    }
  });

  it("names the place to the nanosecond, with any offset", () => {
    const pointAt = (stamp: string): string | null => {
      const point = new ResumePoint();
      point.begin(stamp);
      return point.resume();
    };
    // A second before the only message that was read: one that is written late may be older.
    expect(pointAt("2026-11-22T11:10:44.667762158Z")).toBe("1795345843.667762158");
    expect(pointAt("2026-11-22T12:10:44.5+01:00")).toBe("1795345843.500000000");
    expect(pointAt("2026-11-22T11:10:44Z")).toBe("1795345843.000000000");
    expect(pointAt("yesterday")).toBeNull();
  });
});
