import { setImmediate as breathe } from "node:timers/promises";
import type { LogSegment } from "./log-segment.ts";

/** So much is looked through at a time; between two of these others have their turn. */
const chunkBytes = 1024 * 1024;

const newline = 10;
/** Time, space and kind: see log-file.ts. */
const kindAt = 14;
const textAt = 15;

export interface SegmentSearch {
  text: string;
  ignoreCase: boolean;
  /** The letters of the kinds of lines that count. */
  kinds: string;
  /** The first line to look at. */
  from: number;
}

/**
 * The lines of a segment that have the text in them, each with its number and its bytes (without the newline), which are
 * good until the next one is asked for.
 */
export async function* searchSegment(
  segment: LogSegment,
  wanted: SegmentSearch,
): AsyncGenerator<{ line: number; bytes: Buffer }, void, void> {
  const room = Buffer.allocUnsafe(chunkBytes * 2);
  for (let from = wanted.from; from < segment.endLine; ) {
    const { bytes, line, nextLine } = await segment.chunk(from, chunkBytes, room);
    for (const found of searchChunk(bytes, line, wanted)) yield found;
    from = nextLine;
    await breathe();
  }
}

function* searchChunk(
  chunk: Buffer,
  firstLine: number,
  wanted: SegmentSearch,
): Generator<{ line: number; bytes: Buffer }, void, void> {
  const next = wanted.ignoreCase ? anyCase(chunk, wanted.text) : exactly(chunk, wanted.text);
  let line = firstLine;
  // Lines are counted up to a hit only: most of the bytes are looked at once.
  let counted = 0;
  for (let hit = next(0); hit >= 0; ) {
    const start = chunk.lastIndexOf(newline, hit) + 1;
    const end = lineEnd(chunk, hit);
    // In the time and not in the text: it may be in the text as well.
    const isText = hit >= start + textAt;
    if (isText) {
      line += countLines(chunk, counted, start);
      counted = start;
      const kind = chunk.toString("latin1", start + kindAt, start + textAt);
      if (line >= wanted.from && wanted.kinds.includes(kind)) yield { line, bytes: chunk.subarray(start, end) };
    }
    hit = next(isText ? end + 1 : hit + 1);
  }
}

type Next = (from: number) => number;

function exactly(chunk: Buffer, text: string): Next {
  const bytes = Buffer.from(text);
  return (from) => (from >= chunk.length ? -1 : chunk.indexOf(bytes, from));
}

/**
 * Letters of either case. Both sides are folded as Latin 1, byte by byte, so that places stay what they are: letters
 * beyond ASCII match in their own case.
 */
function anyCase(chunk: Buffer, text: string): Next {
  const folded = Buffer.from(text).toString("latin1").toLowerCase();
  const lower = chunk.toString("latin1").toLowerCase();
  return (from) => lower.indexOf(folded, from);
}

function lineEnd(chunk: Buffer, from: number): number {
  const end = chunk.indexOf(newline, from);
  return end < 0 ? chunk.length : end;
}

function countLines(chunk: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = chunk.indexOf(newline, from); at >= 0 && at < to; at = chunk.indexOf(newline, at + 1)) count += 1;
  return count;
}
