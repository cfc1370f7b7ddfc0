import type { TextRange } from "../../../shared/domain/index.ts";
import type { StyledPiece } from "./ansi-text.ts";

/** A piece of a line in one style, marked or not. */
export interface MarkedPiece extends StyledPiece {
  marked: boolean;
}

/** The pieces of a line cut at the edges of the ranges to mark, which are ascending and count over all pieces. */
export function markedPieces(pieces: readonly StyledPiece[], ranges: readonly TextRange[]): MarkedPiece[] {
  const cut: MarkedPiece[] = [];
  let start = 0;
  for (const { text, className } of pieces) {
    let done = 0;
    const add = (to: number, marked: boolean): void => {
      const end = Math.min(text.length, to - start);
      if (end > done) cut.push({ text: text.slice(done, end), className, marked });
      done = Math.max(done, end);
    };
    for (const range of ranges) {
      if (range.to <= start || range.from >= start + text.length) continue;
      add(range.from, false);
      add(range.to, true);
    }
    add(start + text.length, false);
    start += text.length;
  }
  return cut;
}
