/**
 * The words of a command line as Compose splits it (mattn/go-shellwords): quotes and backslashes are taken off, nothing is
 * expanded, and the line ends at the first `;`, `&`, `|`, `<` or `>` outside quotes.
 * Null for a line that ends inside a quote, or with parentheses that are no `$(…)`.
 */
export function splitShellWords(line: string): string[] | null {
  const words: string[] = [];
  let word = "";
  let hasWord = false;
  let escaped = false;
  let double = false;
  let single = false;
  let back = false;
  let dollar = false;
  for (const letter of line) {
    const isQuoted = single || double || back || dollar;
    if (escaped) {
      word += letter;
      escaped = false;
      hasWord = true;
      continue;
    }
    if (letter === "\\") {
      if (single) word += letter;
      else escaped = true;
      continue;
    }
    if (/[ \t\r\n]/.test(letter)) {
      if (isQuoted) word += letter;
      else if (hasWord) {
        words.push(word);
        word = "";
        hasWord = false;
      }
      continue;
    }
    if (letter === "`" && !single && !double && !dollar) back = !back;
    else if (letter === ")" && !single && !double && !back) dollar = !dollar;
    else if (letter === "(" && !single && !double && !back) {
      if (dollar || !word.endsWith("$")) return null;
      dollar = true;
      word += letter;
      continue;
    } else if (letter === '"' && !single && !dollar) {
      if (double) hasWord = true;
      double = !double;
      continue;
    } else if (letter === "'" && !double && !dollar) {
      if (single) hasWord = true;
      single = !single;
      continue;
    } else if (/[;&|<>]/.test(letter) && !isQuoted) {
      // A descriptor before `>` is no word of its own.
      if (letter === ">" && /^[0-9]/.test(word)) hasWord = false;
      break;
    }
    hasWord = true;
    word += letter;
  }
  if (hasWord) words.push(word);
  return escaped || single || double || back || dollar ? null : words;
}
