import fc from "fast-check";
import { test } from "vitest";
import { lineMaxBytes } from "../../src/main/engines/logs/line-assembler.ts";
import { logDemux } from "../../src/main/engines/logs/log-demux.ts";
import { AppError } from "../../src/shared/domain/index.ts";
import { chunked, FUZZ_TIMEOUT_MS, fuzz, mutated } from "./fuzz.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }).map((value) => Buffer.from(value)),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.nat(200_000).map((length) => Buffer.alloc(length, "x")),
);
const stamp = fc.constantFrom(
  "2026-11-24T10:00:00.000000001Z ",
  "2026-11-24T10:00:00.000000001Z ",
  "2026-11-24T10:00:00Z ",
  "9999-99-99T99:99:99.9Z ",
  "",
  " ",
  "x".repeat(100),
);
const frame = fc
  .tuple(fc.constantFrom(1, 2), stamp, text, fc.constantFrom("\n", "", "\r\n", "\n\n"))
  .map(([type, at, body, end]) => {
    const payload = Buffer.concat([Buffer.from(at), body, Buffer.from(end)]);
    const header = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(payload.length, 4);
    return Buffer.concat([header, payload]);
  });
const stream = fc.array(frame, { maxLength: 12 }).map((frames) => Buffer.concat(frames));
const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70_000 })), {
  maxLength: 300,
});

/** No line is longer than its bound, and no more text comes out than bytes went in. */
function check(bytes: Buffer, tty: boolean, cutAt: readonly number[]): void {
  const demux = logDemux("c", tty, 0);
  const lines = chunked(bytes, cutAt).flatMap((chunk) => demux.take(chunk));
  lines.push(...demux.end());
  let total = 0;
  for (const line of lines) {
    total += line.text.length;
    if (line.text.length > lineMaxBytes + 100) throw new Error(`a line of ${line.text.length} characters`);
    if (line.text.includes("\n")) throw new Error("a line holds a newline");
    if (Number.isNaN(line.atMs)) throw new Error("a line has no time");
  }
  if (total > bytes.length) throw new Error("more text than there were bytes");
}

const expected = (error: unknown): boolean => error instanceof AppError;

test(
  "frames of a log, valid and broken, in any chunks",
  () =>
    fuzz("log frames", fc.tuple(fc.oneof(stream, mutated(stream)), cuts), ([bytes, at]) => check(bytes, false, at), {
      expected,
    }),
  FUZZ_TIMEOUT_MS,
);

test(
  "the raw log of a terminal, in any chunks",
  () => fuzz("log of a terminal", fc.tuple(stream, cuts), ([bytes, at]) => check(bytes, true, at)),
  FUZZ_TIMEOUT_MS,
);

test(
  "the lines do not depend on how the network cuts the stream",
  () =>
    fuzz("log cuts", fc.tuple(stream, cuts), ([bytes, at]) => {
      const read = (chunks: readonly Buffer[]): string => {
        const demux = logDemux("c", false, 0);
        return JSON.stringify([...chunks.flatMap((chunk) => demux.take(chunk)), ...demux.end()]);
      };
      if (read([bytes]) !== read(chunked(bytes, at))) throw new Error("other lines in other chunks");
    }),
  FUZZ_TIMEOUT_MS,
);
