const quotes = ["'", '"'];

/** Inside double quotes a backslash only means something before these (POSIX shell, 2.2.3). */
const escapableInDouble = '"\\$`\n';

/**
 * Splits a command line into words as Compose does for a `command` written as text: quotes and backslashes as in a
 * POSIX shell, but nothing is expanded and no operator means anything. Null when a quote is left open.
 */
export function splitShellWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let index = 0; index < text.length; index += 1) {
    const letter = text.charAt(index);
    const next = text.charAt(index + 1);
    if (letter === "\\" && quote !== "'" && next !== "") {
      const isEscape = quote === null || escapableInDouble.includes(next);
      word = (word ?? "") + (isEscape ? next : letter + next);
      index += 1;
    } else if (quote !== null) {
      if (letter === quote) quote = null;
      else word = (word ?? "") + letter;
    } else if (quotes.includes(letter)) {
      quote = letter;
      word ??= "";
    } else if (/\s/.test(letter)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + letter;
    }
  }
  if (quote !== null) return null;
  if (word !== null) words.push(word);
  return words;
}
