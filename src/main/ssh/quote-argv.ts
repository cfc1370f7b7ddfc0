import { AppError } from "../../shared/domain/index.ts";

/** Words that every shell takes as they are. */
const plainWord = /^[A-Za-z0-9_/:.,@+-]+$/;

function quoteWord(word: string): string {
  if (word.includes("\0")) throw new AppError("bad-input", "A command for a device must not hold a NUL character.");
  return plainWord.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * One line for a POSIX shell that runs exactly these words: the only way in which Bayplan builds remote commands.
 * Inside single quotes a shell changes nothing; a single quote itself closes, is escaped, and opens again
 * (POSIX.1-2017, Shell Command Language, 2.2.2). Throws `bad-input` on NUL, which no argument can hold.
 */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quoteWord).join(" ");
}
