import { Lexer } from "yaml";

const openers = new Set(["[", "{"]);
const closers = new Set(["]", "}"]);
/** `- - -` and `? ? ?` nest within one line. */
const inlineIndicators = new Set(["-", "?"]);

/**
 * True when lists and mappings are nested deeper than `max` levels by brackets, or within one line. The parser is
 * recursive and may end the process on such a text, so this is asked before it. Levels made by indentation cost
 * letters by their square, so the limit on the file's size bounds them.
 */
export function isNestedDeeper(source: string, max: number): boolean {
  let brackets = 0;
  let indicators = 0;
  for (const token of new Lexer().lex(source)) {
    if (openers.has(token)) brackets += 1;
    else if (closers.has(token)) brackets = Math.max(0, brackets - 1);
    else if (inlineIndicators.has(token)) indicators += 1;
    else if (token.includes("\n")) indicators = 0;
    if (brackets + indicators > max) return true;
  }
  return false;
}
