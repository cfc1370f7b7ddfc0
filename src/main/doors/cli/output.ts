import { stripVTControlCharacters, styleText } from "node:util";
import { exitCodeOf, type Failure } from "../../../shared/domain/index.ts";

/** Where a command writes: JSON or text to stdout, everything that is not the answer to stderr. */
export interface Output {
  readonly json: boolean;
  /** One JSON value on a line of its own (streams), or the one object of a one-shot command. */
  value(value: unknown): void;
  /** A document that is the answer whatever was asked for, and is harmless as it is. */
  document(text: string): void;
  /** Lines for people; nothing under `--json`. */
  text(text: string): void;
  /** Progress and remarks, on stderr. */
  note(text: string): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    value: (value) => {
      if (json) process.stdout.write(`${jsonText(value)}\n`);
    },
    document: (text) => process.stdout.write(`${text}\n`),
    text: (text) => {
      if (!json) process.stdout.write(`${harmless(text)}\n`);
    },
    note: (text) => process.stderr.write(`${plain(text)}\n`),
  };
}

/** Prints a failure as the contract of the command line says and gives the exit code. */
export function printFailure(failure: Failure, json: boolean): number {
  if (json) {
    process.stdout.write(`${jsonText({ error: failure })}\n`);
  } else if (failure.code !== "cancelled") {
    // It may hold what a device said.
    process.stderr.write(`${plain(failure.message)}\n`);
    if (failure.hint !== null) process.stderr.write(`${quiet(failure.hint)}\n`);
  }
  return exitCodeOf(failure.code);
}

/** Secondary text. Colour only where a person looks at it, and of whatever is in the text none. */
export function quiet(text: string): string {
  return styleText("dim", plain(text), { stream: process.stderr });
}

/** Lines that may hold names and words of a device, and hold no emphasis of ours. */
export function plain(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

/**
 * A value as JSON, on one line unless an indent is given. JSON leaves DEL and the C1 controls as they are, one of which
 * begins an escape sequence as ESC does, and direction marks.
 */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replaceAll(
    /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Our own emphasis, which is all that may pass of escape sequences (ECMA-48, SGR). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what this is about.
const emphasis = /^\u001b\[[\d;]*m/;

/**
 * The last barrier before the terminal: whatever name or message a device put into a text, nothing but emphasis, tabs and
 * newlines gets through of what steers one. Direction marks are held back too: they make a name look like another.
 */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (char, at: number) => {
    if (char === "\n" || char === "\t") return char;
    return char === "\u001b" && emphasis.test(text.slice(at, at + 20)) ? char : "\ufffd";
  });
}

/** Text from a device as a terminal may show it: no escape sequence or control code gets through. */
export function printable(text: string): string {
  // Whole sequences go first, so that no "[31m" is left in the line. Categories Cc and Cf: controls and direction marks.
  return stripVTControlCharacters(text)
    .replaceAll("\t", "  ")
    .replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd");
}
