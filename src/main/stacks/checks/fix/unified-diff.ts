import { applyEdits, inTextOrder, type TextEdit } from "./text-edit.ts";

interface Change {
  /** Index of the first old line. */
  line: number;
  before: string[];
  after: string[];
}

const contextLines = 3;

/** What edits change in a text, as `diff -u` and `git apply` write it; "" when nothing changes. */
export function unifiedDiff(file: string, text: string, edits: readonly TextEdit[]): string {
  const lines = linesOf(text);
  const changes = changesOf(text, lines, edits);
  if (changes.length === 0) return "";
  const out = [`--- a/${file}`, `+++ b/${file}`];
  let shift = 0;
  for (const hunk of hunksOf(changes)) {
    const { body, from, oldCount, newCount } = hunkBody(lines, hunk);
    const at = (start: number, count: number) => `${count === 0 ? start : start + 1}${count === 1 ? "" : `,${count}`}`;
    out.push(`@@ -${at(from, oldCount)} +${at(from + shift, newCount)} @@`, ...body);
    shift += newCount - oldCount;
  }
  return `${out.join("\n")}\n`;
}

/** The lines that edits touch, neighbouring edits together, less what stays the same at both ends. */
function changesOf(text: string, lines: readonly string[], edits: readonly TextEdit[]): Change[] {
  const starts = lineStarts(lines);
  const blocks: { first: number; last: number; edits: TextEdit[] }[] = [];
  for (const edit of inTextOrder(edits)) {
    const first = lineOf(starts, edit.start);
    const last = lineOf(starts, edit.end);
    const open = blocks.at(-1);
    if (open !== undefined && first <= open.last) {
      open.edits.push(edit);
      open.last = Math.max(open.last, last);
    } else blocks.push({ first, last, edits: [edit] });
  }
  return blocks.flatMap(({ first, last, edits: own }) => {
    const start = starts[first] ?? 0;
    const end = (starts[last] ?? 0) + (lines[last]?.length ?? 0);
    const moved = own.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
    const before = lines.slice(first, last + 1);
    const after = linesOf(applyEdits(text.slice(start, end), moved));
    let same = 0;
    while (same < before.length && same < after.length && before[same] === after[same]) same += 1;
    let tail = 0;
    while (
      tail < Math.min(before.length, after.length) - same &&
      before[before.length - 1 - tail] === after[after.length - 1 - tail]
    ) {
      tail += 1;
    }
    const change = {
      line: first + same,
      before: before.slice(same, before.length - tail),
      after: after.slice(same, after.length - tail),
    };
    return change.before.length + change.after.length === 0 ? [] : [change];
  });
}

function hunksOf(changes: readonly Change[]): Change[][] {
  const hunks: Change[][] = [];
  for (const change of changes) {
    const previous = hunks.at(-1)?.at(-1);
    const isNear = previous !== undefined && change.line - (previous.line + previous.before.length) <= 2 * contextLines;
    if (isNear) hunks.at(-1)?.push(change);
    else hunks.push([change]);
  }
  return hunks;
}

function hunkBody(lines: readonly string[], hunk: readonly Change[]) {
  const from = Math.max(0, (hunk[0]?.line ?? 0) - contextLines);
  const body: string[] = [];
  let at = from;
  let oldCount = 0;
  let newCount = 0;
  const context = (to: number) => {
    for (; at < to; at += 1) {
      body.push(marked(" ", lines[at] ?? ""));
      oldCount += 1;
      newCount += 1;
    }
  };
  for (const { line, before, after } of hunk) {
    context(line);
    body.push(...before.map((text) => marked("-", text)), ...after.map((text) => marked("+", text)));
    oldCount += before.length;
    newCount += after.length;
    at += before.length;
  }
  context(Math.min(lines.length, at + contextLines));
  return { body, from, oldCount, newCount };
}

/** The lines of a text, each with the line break that ends it. */
function linesOf(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** A line of a diff; one that no line break ends is marked as `diff` does. */
function marked(sign: string, line: string): string {
  return line.endsWith("\n") ? `${sign}${line.slice(0, -1)}` : `${sign}${line}\n\\ No newline at end of file`;
}

function lineStarts(lines: readonly string[]): number[] {
  const starts: number[] = [];
  let offset = 0;
  for (const line of lines) {
    starts.push(offset);
    offset += line.length;
  }
  return starts;
}

function lineOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
