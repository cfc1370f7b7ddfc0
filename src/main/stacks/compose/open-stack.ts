import { dirname } from "node:path";
import { AppError, type OpenedStack, type Stack } from "../../../shared/domain/index.ts";
import { Reading } from "./reading.ts";
import { overrideFileOf, readSourceFile } from "./source-file.ts";
import { readStack } from "./stack.ts";
import { type Environment, readVariables } from "./variables.ts";
import { readYamlTree } from "./yaml-tree.ts";

/**
 * Opens a compose file, or the one in a folder: its source, its meaning, and every remark on it with its place.
 * `stack` is null while an error finding stands. Every key that is not applied is a finding.
 * @throws AppError only when there is no source to show: `not-found`, or `bad-input` (unreadable, over 1 MiB, not text).
 */
export async function openStack(path: string, environment: Environment = process.env): Promise<OpenedStack> {
  const { file, text } = await readSourceFile(path);
  const { lookup, problem } = await readVariables(file, environment);
  const reading = new Reading(file, dirname(file), lookup);
  if (problem !== null) {
    const place = problem.line === null ? null : { file: problem.file, line: problem.line, column: 1 };
    reading.error("compose.env-file", place, problem.message);
  }
  const override = overrideFileOf(file);
  if (override !== null) {
    const message = `${override} is not applied: this file is read alone.`;
    reading.warn("compose.override-file", null, message, "Write what it says into the file itself.");
  }
  const tree = readYamlTree(text, reading);
  if (tree === null && !reading.hasErrors) {
    const place = { file, line: 1, column: 1 };
    reading.error("compose.empty", place, "The file is empty.", "A compose file begins with `services:`.");
  }
  const stack = tree === null ? null : readStack(reading, tree);
  return { file, source: text, stack: reading.hasErrors ? null : stack, findings: reading.findings() };
}

/**
 * The stack of an opened file.
 * @throws AppError `bad-input` with the first error finding, its place, and how many more there are.
 */
export function requireStack(opened: OpenedStack): Stack {
  if (opened.stack !== null) return opened.stack;
  const errors = opened.findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first === undefined) throw new AppError("bad-input", `${opened.file} could not be read as a stack.`);
  const place = first.place === null ? opened.file : `${first.place.file}:${first.place.line}:${first.place.column}`;
  const more = errors.length - 1;
  const rest = more === 0 ? "" : ` (and ${more} more ${more === 1 ? "error" : "errors"})`;
  throw new AppError("bad-input", `${place}: ${first.message}${rest}`, first.hint === null ? {} : { hint: first.hint });
}
