import { createInterface } from "node:readline/promises";
import type { AppError } from "../../../shared/domain/index.ts";
import type { Surroundings } from "./context.ts";
import { printable } from "./output.ts";

/**
 * Asks a person at the terminal. Throws what `unasked` makes where nobody can be asked, since consent is never assumed:
 * then it must have been given as an option.
 */
export async function askYesNo(
  { output, signal }: Surroundings,
  question: string,
  unasked: () => AppError,
): Promise<boolean> {
  if (output.json || !process.stdin.isTTY) throw unasked();
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await prompt.question(`${printable(question)} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
