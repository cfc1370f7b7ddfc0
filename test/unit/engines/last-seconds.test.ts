import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { LastSeconds } from "../../../src/main/engines/logs/last-seconds.ts";
import { logDemux } from "../../../src/main/engines/logs/log-demux.ts";
import { ResumePoint } from "../../../src/main/engines/logs/resume-point.ts";
import type { LogLine } from "../../../src/shared/domain/index.ts";

const startMs = Date.parse("2026-01-01T00:00:00Z");

/** A line as an engine keeps it, to the nanosecond, and sends it, with whole seconds. */
interface Kept {
  seconds: number;
  stream: LogLine["stream"];
  text: string;
}

function bytesOf(line: Kept, tty: boolean): Buffer {
  const stamp = new Date(startMs + Math.floor(line.seconds) * 1000).toISOString().replace(".000Z", "Z");
  const payload = Buffer.from(`${stamp} ${line.text}\n`);
  if (tty) return payload;
  const header = Buffer.from([line.stream === "stdout" ? 1 : 2, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** Podman gives what is newer than `since`. */
function since(log: readonly Kept[], point: string | null): readonly Kept[] {
  return point === null ? log : log.filter((line) => line.seconds > Number(point) - startMs / 1000);
}

class Reader {
  readonly point = new ResumePoint();
  readonly demux: ReturnType<typeof logDemux>;
  readonly lines: LogLine[] = [];

  constructor(readonly tty: boolean) {
    this.demux = logDemux("web", tty, startMs, this.point);
  }

  /** Asks for the log from where it was; some lines never come, and the last bytes neither. */
  read(log: readonly Kept[], options: { lost?: (line: Kept) => boolean; cutOff?: number; tail?: number } = {}): void {
    const point = this.point.resume();
    this.demux.restart();
    const asked = point === null && options.tail !== undefined ? log.slice(-options.tail) : since(log, point);
    const sent = asked.filter((line) => options.lost?.(line) !== true);
    const bytes = Buffer.concat(sent.map((line) => bytesOf(line, this.tty)));
    const length = Math.max(0, bytes.length - (options.cutOff ?? 0));
    for (let at = 0; at < length; at += 1_000) {
      this.lines.push(...this.demux.take(bytes.subarray(at, Math.min(length, at + 1_000))));
    }
  }

  texts(): string[] {
    return this.lines.map((line) => `${line.stream} ${line.text}`);
  }
}

const textsOf = (log: readonly Kept[], tty: boolean): string[] =>
  log.map((line) => `${tty ? "stdout" : line.stream} ${line.text}`);

/** Few different texts, so that equal lines share a second. */
const entry = fc.record({
  step: fc.constantFrom(0.001, 0.001, 0.01, 0.3, 1.2),
  stream: fc.constantFrom<LogLine["stream"]>("stdout", "stderr"),
  text: fc.constantFrom("", "tick", "tock", "a longer line", "x"),
});

function logOf(entries: readonly { step: number; stream: LogLine["stream"]; text: string }[]): Kept[] {
  let seconds = 0.5;
  return entries.map(({ step, stream, text }) => {
    seconds += step;
    return { seconds, stream, text };
  });
}

describe("a log with timestamps of whole seconds that is read again", () => {
  test.prop([
    fc.array(entry, { minLength: 1, maxLength: 300 }),
    fc.array(fc.tuple(fc.nat(), fc.nat(200)), { maxLength: 5 }),
    fc.boolean(),
  ])("gives each line once and in order, wherever it broke off", (entries, breaks, tty) => {
    const log = logOf(entries);
    const reader = new Reader(tty);
    for (const [at, cutOff] of breaks
      .map(([at, off]) => [at % (log.length + 1), off] as const)
      .sort((a, b) => a[0] - b[0]))
      reader.read(log.slice(0, at), { cutOff });
    reader.read(log);
    reader.lines.push(...reader.demux.end());
    expect(reader.texts()).toEqual(textsOf(log, tty));
    expect(reader.point.takeGap()).toBe(false);
  });

  test.prop([
    fc.integer({ min: 1, max: 400 }),
    fc.array(fc.tuple(fc.nat(), fc.integer({ min: 2, max: 9 })), { minLength: 1, maxLength: 4 }),
    fc.constantFrom(0.0005, 0.004, 0.1),
  ])(
    "doubles none when lines are missing while it is followed, and has its end or says what it has not",
    (count, breaks, step) => {
      const log = logOf(
        Array.from({ length: count }, (_, i) => ({ step, stream: "stdout" as const, text: `line ${i}` })),
      );
      const reader = new Reader(false);
      for (const [at, every] of breaks
        .map(([at, every]) => [at % (count + 1), every] as const)
        .sort((a, b) => a[0] - b[0])) {
        reader.read(log.slice(0, at), { lost: (line) => log.indexOf(line) % (every * 7) < every });
      }
      reader.read(log);
      reader.lines.push(...reader.demux.end());
      const numbers = reader.lines.map((line) => Number(line.text.slice(5)));
      expect(new Set(numbers).size).toBe(numbers.length);
      // Where nearly all was missing before, nothing may be recognised: then that is said.
      expect(numbers.includes(count - 1) || reader.point.takeGap()).toBe(true);
    },
  );

  it.each([1, 2, 3, 17, 499])("that was begun %i lines before its end gives no line from before that", (tail) => {
    const log = logOf(Array.from({ length: 500 }, (_, i) => ({ step: 0.0001, stream: "stdout", text: `line ${i}` })));
    const reader = new Reader(false);
    reader.read(log, { tail });
    reader.read(log);
    const grown = [...log, { seconds: 0.9, stream: "stdout" as const, text: "line 500" }];
    reader.read(grown);
    expect(reader.texts()).toEqual(textsOf(grown.slice(500 - tail), false));
  });

  it("is recognised by its last lines when a second has more than are held", () => {
    const log = logOf(Array.from({ length: 30_000 }, (_, i) => ({ step: 1e-6, stream: "stdout", text: `line ${i}` })));
    const reader = new Reader(false);
    reader.read(log.slice(0, 29_000));
    reader.read(log);
    expect(reader.texts()).toEqual(textsOf(log, false));
  });

  it("goes on behind lines of a clock that was set back by an hour", () => {
    const era = (from: number, count: number, word: string): Kept[] =>
      Array.from({ length: count }, (_, i) => ({ seconds: from + i * 0.05, stream: "stdout", text: `${word} ${i}` }));
    const log = [...era(3_600, 900, "before"), ...era(0.5, 600, "after")];
    const reader = new Reader(false);
    reader.read(log.slice(0, 1_200));
    reader.read(log.slice(0, 1_300));
    reader.read(log);
    expect(reader.texts()).toEqual(textsOf(log, false));
    expect(reader.point.takeGap()).toBe(false);
  });

  it("says so when what was read last has gone", () => {
    const log = logOf(Array.from({ length: 200 }, (_, i) => ({ step: 0.1, stream: "stdout", text: `line ${i}` })));
    const reader = new Reader(false);
    reader.read(log.slice(0, 50));
    reader.read(log.slice(150));
    expect(reader.texts()).toEqual(textsOf([...log.slice(0, 50), ...log.slice(150)], false));
    expect([reader.point.takeGap(), reader.point.takeGap()]).toEqual([true, false]);
    // All that is left may be of the second that was read last.
    const point = new LastSeconds();
    for (let i = 0; i < 9; i += 1) point.take(startMs, "stdout", Buffer.from(`${i}`));
    point.resume(0);
    expect(point.take(startMs, "stdout", Buffer.from("other"))).toBe(false);
    point.end();
    expect(point.takeGap()).toBe(true);
  });

  it("comes whole when a break cut a long line", () => {
    const long = "ä€😀".repeat(20_000);
    const log: Kept[] = ["short", long, "next"].map((text, i) => ({ seconds: 1.1 + i * 0.01, stream: "stdout", text }));
    const reader = new Reader(false);
    reader.read(log, { cutOff: 60_000 });
    reader.read(log);
    expect(
      reader.lines
        .map((line) => line.text)
        .join("|")
        .replaceAll("|", ""),
    ).toBe(`short${long}next`);
  });
});
