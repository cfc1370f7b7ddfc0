import { stripVTControlCharacters, styleText } from "node:util";
import { exitCodeOf, type Failure } from "../../../shared/domain/index.ts";

/** Where a command writes: JSON or text to stdout, everything that is not the answer to stderr. */
export interface Output {
  readonly json: boolean;
  /** One JSON value on a line of its own (streams), or the one object of a one-shot command. */
  value(value: unknown): void;
  /** Lines for people; nothing under `--json`. */
  text(text: string): void;
  /** Progress and remarks, on stderr. */
  note(text: string): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    value: (value) => {
      if (json) process.stdout.write(`${JSON.stringify(value)}\n`);
    },
    text: (text) => {
      if (!json) process.stdout.write(`${text}\n`);
    },
    note: (text) => process.stderr.write(`${text}\n`),
  };
}

/** Prints a failure as the contract of the command line says and gives the exit code. */
export function printFailure(failure: Failure, json: boolean): number {
  if (json) {
    process.stdout.write(`${JSON.stringify({ error: failure })}\n`);
  } else if (failure.code !== "cancelled") {
    process.stderr.write(`${failure.message}\n`);
    if (failure.hint !== null) process.stderr.write(`${quiet(failure.hint)}\n`);
  }
  return exitCodeOf(failure.code);
}

/** Secondary text. Colour only where a person looks at it. */
export function quiet(text: string): string {
  return styleText("dim", text, { stream: process.stderr });
}

/** Text from a device as a terminal may show it: no escape sequence or control code gets through. */
export function printable(text: string): string {
  // Whole sequences go first, so that no "[31m" is left in the line. Categories Cc and Cf: controls and direction marks.
  return stripVTControlCharacters(text)
    .replaceAll("\t", "  ")
    .replace(/[\p{Cc}\p{Cf}]/gu, "\ufffd");
}
