import { Lexer } from "yaml";
import type { Place } from "../../../shared/domain/index.ts";

/** `# bayplan-ignore RULE[, RULE][: reason]`: the rules that it silences, and where. */
export interface IgnoreComment {
  rule: string;
  /** The line that it speaks of: its own, or the next one with content when it stands alone. */
  line: number;
  place: Place;
}

const pattern = /^#\s*bayplan-ignore\b[ \t]*(?<rules>[^:]*)/;
/** There are not many more rules than this. */
const maxRules = 100;
/** Marks of the lexer that stand for no text. */
const marks = new Set(["\u0002", "\u0018", "\u001f"]);
const scalarMark = "\u001f";

/** The comments of a YAML text that silence rules; what looks like one inside a value is none. */
export function ignoreComments(file: string, text: string): IgnoreComment[] {
  // Most files have none, and a lexer is the slowest way to find that out.
  if (!text.includes("bayplan-ignore")) return [];
  const following = nextContent(text.split("\n"));
  const found: IgnoreComment[] = [];
  let line = 1;
  let lineText = "";
  let before = "";
  for (const token of new Lexer().lex(text)) {
    if (!marks.has(token)) {
      const match = token.startsWith("#") && before !== scalarMark ? pattern.exec(token) : null;
      if (match !== null) {
        // Alone on its line it speaks of what comes next.
        const about = lineText.trim() === "" ? (following[line] ?? line) : line;
        const place = { file, line, column: lineText.length + 1 };
        for (const rule of named(match.groups?.rules ?? "")) found.push({ rule, line: about, place });
      }
      const breaks = token.split("\n");
      line += breaks.length - 1;
      lineText = breaks.length > 1 ? (breaks.at(-1) ?? "") : lineText + token;
    }
    before = token;
  }
  return found;
}

function named(rules: string): string[] {
  return rules
    .split(",")
    .map((rule) => rule.trim())
    .filter((rule) => rule !== "")
    .slice(0, maxRules);
}

/** For each line, by its number, the number of the next one that holds more than a comment; null at the end. */
function nextContent(lines: readonly string[]): (number | null)[] {
  const following: (number | null)[] = Array.from({ length: lines.length + 1 }, () => null);
  for (let index = lines.length - 1; index > 0; index -= 1) {
    const isContent = !/^\s*(?:#.*)?$/.test(lines[index] ?? "");
    following[index] = isContent ? index + 1 : (following[index + 1] ?? null);
  }
  return following;
}
