/** What one file of an ssh configuration says about which hosts there are. */
export interface ConfigLines {
  /** Aliases that stand for one host: no wildcard, not negated. */
  aliases: string[];
  /** The arguments of `Include`, as they are written. */
  includes: string[];
}

/** Nobody types more than that; a generated file may have more. */
const MAX_LINE = 4_096;

/**
 * The `Host` and `Include` lines of a file in the format of ssh_config(5): a keyword without regard to case, then
 * blanks or one `=`, then arguments, quoted where they hold blanks.
 */
export function readConfigLines(text: string): ConfigLines {
  const lines: ConfigLines = { aliases: [], includes: [] };
  for (const line of text.split("\n")) {
    if (line.length > MAX_LINE) continue;
    const match = /^\s*(host|include)(?:\s*=\s*|\s+)(.*)$/i.exec(line.replace(/\r$/, ""));
    if (match?.[1] === undefined || match[2] === undefined) continue;
    const words = splitArguments(match[2]);
    if (match[1].toLowerCase() === "include") lines.includes.push(...words);
    else lines.aliases.push(...words.filter(isOneHost));
  }
  return lines;
}

/** Blanks part arguments, double quotes keep them together, `#` begins a comment. */
function splitArguments(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    if (match[2]?.startsWith("#")) break;
    const word = match[1] ?? match[2] ?? "";
    if (word !== "") words.push(word);
  }
  return words;
}

/** A name that ssh could be given as it is. One with a `-` in front would be taken for an option. */
function isOneHost(word: string): boolean {
  return !/[*?!,\s\p{Cc}]/u.test(word) && !word.startsWith("-") && word.length <= 255;
}
