import { Lexer } from "yaml";
import { FitSigns, type Insert, type Misfit } from "./yaml-signs.ts";

/** A text as the parser takes it, and where each of its places stood before. */
export interface DialectText {
  text: string;
  /** Null: nothing that Compose would refuse was met. */
  misfit: Misfit | null;
  isTooDeep: boolean;
  originalOffset: (offset: number) => number;
}

/** Letters that are read again and again to mend a text; what is left then is told as it stands. */
const mendingMaxLetters = 8 * 1024 * 1024;

/**
 * Compose reads YAML 1.1, in the dialect of its own reader; the parser here reads YAML 1.2. This makes the text mean to the one what it
 * means to the other: lines of a list in brackets, or of a text in quotes, that are not indented enough are indented, and a text
 * such as `-` or `a:` before a comma is put in quotes. It also tells what only the parser here would take, and whether brackets
 * and indicators nest deeper than `maxDepth`: the parser is recursive and may end the process on such a text.
 */
export function toParserDialect(source: string, maxDepth: number): DialectText {
  const inserted = new Inserted();
  let text = source;
  for (let letters = 0; ; ) {
    const signs = new FitSigns(text, maxDepth);
    for (const lexeme of new Lexer().lex(text)) if (!signs.take(lexeme)) break;
    signs.end();
    letters += text.length;
    const { misfit, isTooDeep, inserts } = signs;
    if (inserts.length === 0 || misfit !== null || isTooDeep || letters > mendingMaxLetters) {
      return { text, misfit, isTooDeep, originalOffset: (offset) => inserted.originalOffset(offset) };
    }
    text = inserted.into(text, inserts);
  }
}

/** Where letters were put in that the source does not have. */
class Inserted {
  /** By their offset in the source: where, and how many letters were put in up to there. */
  #all: { at: number; length: number }[] = [];
  #sums: number[] = [];

  /** A text with more letters in it. */
  into(text: string, inserts: readonly Insert[]): string {
    const sorted = [...inserts].sort((a, b) => a.at - b.at);
    const more = sorted.map(({ at, text: own }) => ({ at: this.originalOffset(at), length: own.length }));
    const pieces: string[] = [];
    let from = 0;
    for (const { at, text: own } of sorted) {
      pieces.push(text.slice(from, at), own);
      from = at;
    }
    pieces.push(text.slice(from));
    this.#all = [...this.#all, ...more].sort((a, b) => a.at - b.at);
    let sum = 0;
    this.#sums = this.#all.map(({ length }) => {
      sum += length;
      return sum;
    });
    return pieces.join("");
  }

  /** Where in the source a letter stands; for one that was put in, where that was done. */
  originalOffset(offset: number): number {
    let low = 0;
    let high = this.#all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = (this.#all[middle]?.at ?? 0) + (this.#sums[middle - 1] ?? 0);
      if (start < offset) low = middle + 1;
      else high = middle;
    }
    const before = this.#all[low - 1];
    if (before === undefined) return offset;
    return Math.max(before.at, offset - (this.#sums[low - 1] ?? 0));
  }
}
