import { setImmediate as breathe } from "node:timers/promises";
import { createContext, Script } from "node:vm";
import {
  AppError,
  compileLogQuery,
  hasControls,
  type LogQuery,
  matchRanges,
  plainText,
} from "../../shared/domain/index.ts";
import type { LogSegment } from "./log-segment.ts";

/** So much is looked through at a time; between two of these others have their turn. */
const chunkBytes = 1024 * 1024;
/** An expression that needs longer than this for one of these pieces would hold up everybody else. */
const chunkTimeoutMs = 1_000;

const newline = 10;
const escapeByte = 27;
/** Time, space and kind: see log-file.ts. */
const kindAt = 14;
const textAt = 15;

export interface LineSearch {
  query: LogQuery;
  /** The letters of the kinds of lines that count. */
  kinds: string;
}

/**
 * The places of the lines from `from` to before `to` that match, piece by piece; a piece without any is told as an empty
 * one. Throws `bad-input` for an expression that is none, or that takes too long.
 */
export async function* searchSegment(
  segment: LogSegment,
  wanted: LineSearch,
  from: number,
  to: number,
): AsyncGenerator<number[], void, void> {
  const pattern = compileLogQuery(wanted.query);
  const room = Buffer.allocUnsafe(chunkBytes * 2);
  for (let next = from; next < to; ) {
    const { bytes, line, nextLine } = await segment.chunk(next, to, chunkBytes, room);
    if (nextLine <= next) return;
    const found = canSearchBytes(wanted.query, bytes)
      ? searchBytes(bytes, line, wanted)
      : withinTime(() => searchLines(bytes, line, wanted.kinds, pattern));
    yield found.filter((place) => place >= from && place < to);
    next = nextLine;
    await breathe();
  }
}

/** Plain words are looked for in the bytes, many times quicker, where both find the same. */
function canSearchBytes({ text, regex, ignoreCase }: LogQuery, chunk: Buffer): boolean {
  const isAscii = Buffer.byteLength(text) === text.length;
  return !regex && (isAscii || !ignoreCase) && !chunk.includes(escapeByte);
}

function searchBytes(chunk: Buffer, firstLine: number, { query, kinds }: LineSearch): number[] {
  const next = query.ignoreCase ? anyCase(chunk, query.text) : exactly(chunk, query.text);
  const found: number[] = [];
  let line = firstLine;
  // Lines are counted up to a hit only: most of the bytes are looked at once.
  let counted = 0;
  for (let hit = next(0); hit >= 0; ) {
    const start = chunk.lastIndexOf(newline, hit) + 1;
    // In the time and not in the text: it may be in the text as well.
    const isText = hit >= start + textAt;
    if (isText) {
      line += countLines(chunk, counted, start);
      counted = start;
      if (kinds.includes(chunk.toString("latin1", start + kindAt, start + textAt))) found.push(line);
    }
    hit = next(isText ? lineEnd(chunk, hit) + 1 : hit + 1);
  }
  return found;
}

/** Line by line, as a person sees them: without the codes for colours. */
function searchLines(chunk: Buffer, firstLine: number, kinds: string, pattern: RegExp): number[] {
  const found: number[] = [];
  const text = chunk.toString("utf8");
  const seen = hasControls(text) ? plainText : (line: string): string => line;
  for (const [index, line] of text.split("\n").entries()) {
    // All places are looked for, not the first alone: whoever marks them in this line must not be held up either.
    if (kinds.includes(line.charAt(kindAt)) && line.length > textAt) {
      if (matchRanges(pattern, seen(line.slice(textAt))).length > 0) found.push(firstLine + index);
    }
  }
  return found;
}

const timed: { job: (() => void) | null } = { job: null };
createContext(timed);
const timeoutCode = "ERR_SCRIPT_EXECUTION_TIMEOUT";
const callJob = new Script("job()");

/** Runs something that a person's expression may make endless. */
function withinTime(search: () => number[]): number[] {
  let found: number[] = [];
  timed.job = () => {
    found = search();
  };
  try {
    callJob.runInContext(timed, { timeout: chunkTimeoutMs });
  } catch (error) {
    // It comes from the other context, so that it is no Error of this one.
    const isLate = typeof error === "object" && error !== null && "code" in error && error.code === timeoutCode;
    if (!isLate) throw error;
    throw new AppError("bad-input", "This expression takes too long on some lines.", {
      hint: "A repeat inside a repeat, such as (a+)+, is what takes long. Make it simpler.",
    });
  } finally {
    timed.job = null;
  }
  return found;
}

type Next = (from: number) => number;

function exactly(chunk: Buffer, text: string): Next {
  const bytes = Buffer.from(text);
  return (from) => (from >= chunk.length ? -1 : chunk.indexOf(bytes, from));
}

/** ASCII letters of either case. Both sides are folded byte by byte, so that places stay what they are. */
function anyCase(chunk: Buffer, text: string): Next {
  const folded = text.toLowerCase();
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
