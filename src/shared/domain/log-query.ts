import * as z from "zod";
import { AppError } from "./app-error.ts";

/** What is looked for in a log: words as they stand there, or a regular expression of JavaScript. */
export const logQuerySchema = z.object({
  text: z.string().min(1).max(1_000),
  regex: z.boolean(),
  ignoreCase: z.boolean(),
});
export type LogQuery = z.infer<typeof logQuerySchema>;

/** A place in a text, from `from` to before `to`. */
export interface TextRange {
  from: number;
  to: number;
}

/** The expression of a query, for `matchRanges`. Throws `bad-input` with what is wrong with it. */
export function compileLogQuery({ text, regex, ignoreCase }: LogQuery): RegExp {
  const source = regex ? text : text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  try {
    return new RegExp(source, ignoreCase ? "gi" : "g");
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /, "") : "it cannot be read";
    throw new AppError("bad-input", `This is no regular expression: ${reason}.`, {
      hint: "Write a \\ before a sign that is meant as it stands, or search for plain text.",
      cause: error,
    });
  }
}

/** Every place in the text that matches. An empty match is none: it could not be seen. */
export function matchRanges(pattern: RegExp, text: string): TextRange[] {
  const ranges: TextRange[] = [];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const [found] = match;
    if (found === "") pattern.lastIndex += 1;
    else ranges.push({ from: match.index, to: match.index + found.length });
  }
  return ranges;
}
