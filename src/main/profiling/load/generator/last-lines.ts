import { saidWords } from "../../../../shared/format/index.ts";

const mostLines = 10;
const mostLetters = 200;

/** The last lines of what a program printed, fit for a terminal and a report. */
export function lastLines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => saidWords(line, mostLetters))
    .filter((line) => line !== "")
    .slice(-mostLines);
}
