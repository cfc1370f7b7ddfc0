import { InterpolationProblem, interpolate, type Lookup } from "./interpolate.ts";

/** What is wrong with an env file; `line` counts from 1. */
export class EnvFileProblem extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** A name and its value; null: the file only names the variable, its value comes from the environment. */
export type EnvEntries = Map<string, string | null>;

const escapes: Record<string, string> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", $: "$$" };

/**
 * Reads an env file: `NAME=value`, `export NAME=value`, comments, 'literal' and "escaped" values over several lines.
 * Unquoted and double-quoted values may hold variables: earlier lines of the file first given way to `outer`, as Compose has it.
 * @throws EnvFileProblem with the line.
 */
export function parseEnvFile(source: string, outer: Lookup): EnvEntries {
  const entries: EnvEntries = new Map();
  const lookup: Lookup = (name) => outer(name) ?? entries.get(name) ?? undefined;
  const lines = source.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = (lines[index] ?? "").trim();
    const number = index + 1;
    if (line === "" || line.startsWith("#")) continue;
    const match = /^(?:export\s+)?([A-Za-z_][\w.-]*)\s*(?:[=:]\s*(.*))?$/.exec(line);
    const name = match?.[1];
    if (name === undefined) throw new EnvFileProblem(number, "this line is not NAME=value");
    const written = match?.[2];
    if (written === undefined) {
      entries.set(name, null);
      continue;
    }
    const quote = written.charAt(0);
    if (quote !== "'" && quote !== '"') {
      entries.set(name, expandAt(number, withoutComment(written), lookup));
      continue;
    }
    let value = written;
    let end = closingQuote(value, quote, 1);
    while (end === -1) {
      index += 1;
      if (index >= lines.length) throw new EnvFileProblem(number, "a quote is never closed");
      const from = value.length;
      value += `\n${lines[index] ?? ""}`;
      end = closingQuote(value, quote, from);
    }
    const inner = value.slice(1, end);
    const unescaped = inner.replace(/\\([nrt"\\$])/g, (whole, letter: string) => escapes[letter] ?? whole);
    entries.set(name, quote === "'" ? inner : expandAt(number, unescaped, lookup));
  }
  return entries;
}

function withoutComment(text: string): string {
  if (text.startsWith("#")) return "";
  const comment = text.search(/\s#/);
  return (comment === -1 ? text : text.slice(0, comment)).trim();
}

function closingQuote(text: string, quote: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    if (text.charAt(index) === "\\" && quote === '"') index += 1;
    else if (text.charAt(index) === quote) return index;
  }
  return -1;
}

function expandAt(line: number, text: string, lookup: Lookup): string {
  try {
    return interpolate(text, lookup).text;
  } catch (error) {
    if (error instanceof InterpolationProblem) throw new EnvFileProblem(line, error.message);
    throw error;
  }
}
