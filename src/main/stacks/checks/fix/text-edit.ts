/** A piece of a text that gets another wording; `start` equals `end` for an insertion. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** The text after edits that do not overlap; those at one place in the order given. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = "";
  let done = 0;
  for (const { start, end, text: now } of inTextOrder(edits)) {
    result += text.slice(done, start) + now;
    done = end;
  }
  return result + text.slice(done);
}

export function inTextOrder(edits: readonly TextEdit[]): TextEdit[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}
