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
/** Marks of the lexer that stand for no text. */
const marks = new Set(["\u0002", "\u0018", "\u001f"]);
const scalarMark = "\u001f";

/** The comments of a YAML text that silence rules; what looks like one inside a value is none. */
export function ignoreComments(file: string, text: string): IgnoreComment[] {
  // Most files have none, and a lexer is the slowest way to find that out.
  if (!text.includes("bayplan-ignore")) return [];
  const lines = text.split("\n");
  const found: IgnoreComment[] = [];
  let offset = 0;
  let before = "";
  for (const token of new Lexer().lex(text)) {
    if (marks.has(token)) {
      before = token;
      continue;
    }
    const match = token.startsWith("#") && before !== scalarMark ? pattern.exec(token) : null;
    if (match !== null) found.push(...commentAt(file, lines, text, offset, match.groups?.rules ?? ""));
    before = token;
    offset += token.length;
  }
  return found;
}

function commentAt(file: string, lines: string[], text: string, offset: number, rules: string): IgnoreComment[] {
  const above = text.slice(0, offset).split("\n");
  const line = above.length;
  const column = (above.at(-1) ?? "").length + 1;
  const isAlone = (above.at(-1) ?? "").trim() === "";
  const next = lines.findIndex((content, index) => index >= line && !/^\s*(?:#.*)?$/.test(content));
  const about = isAlone && next !== -1 ? next + 1 : line;
  return rules
    .split(",")
    .map((rule) => rule.trim())
    .filter((rule) => rule !== "")
    .map((rule) => ({ rule, line: about, place: { file, line, column } }));
}
