import type { Place } from "../../../../shared/domain/index.ts";
import { ModelProblem } from "../model-problem.ts";
import { fillTemplate, type Lookup, TemplateProblem } from "./fill-template.ts";

/**
 * The variables of an `.env` file in their order (the format as compose-go 2.4 reads it): `KEY=value`, `KEY: value`, `export`,
 * comments, quotes over several lines, `$VARIABLES` outside single quotes, and a key alone, which takes its value from outside.
 * @throws ModelProblem with the line of what cannot be read.
 */
export function parseDotenv(file: string, text: string, outside: Lookup): Map<string, string> {
  return new DotenvReader(file, text.replace(/^\uFEFF/, ""), outside).read();
}

/** A chain of variables that doubles itself must not fill the memory. */
const maxLetters = 1024 * 1024;

class DotenvReader {
  readonly #found = new Map<string, string>();
  #rest: string;
  #letters = 0;

  constructor(
    readonly file: string,
    readonly text: string,
    readonly outside: Lookup,
  ) {
    this.#rest = text;
  }

  read(): Map<string, string> {
    while (this.#skipToStatement()) this.#statement();
    return this.#found;
  }

  #place(): Place {
    const before = this.text.slice(0, this.text.length - this.#rest.length);
    return { file: this.file, line: before.split("\n").length, column: 1 };
  }

  #problem(message: string): ModelProblem {
    return new ModelProblem("compose.env-file", message, this.#place(), "Write one KEY=value on a line.");
  }

  #skipToStatement(): boolean {
    for (;;) {
      this.#rest = this.#rest.replace(/^\s+/, "");
      if (!this.#rest.startsWith("#")) return this.#rest !== "";
      const end = this.#rest.indexOf("\n");
      if (end < 0) return false;
      this.#rest = this.#rest.slice(end);
    }
  }

  #statement(): void {
    if (/^export\s+/.test(this.#rest)) this.#rest = this.#rest.slice("export".length).replace(blanksAtStart, "");
    const end = this.#keyEnd();
    const separator = this.#rest[end] ?? "\n";
    const key = this.#rest.slice(0, end).trimEnd();
    if (key === "") throw this.#problem("A line has a value without a name.");
    if (key.includes(" ")) throw this.#problem(`The name of a variable cannot have a space: "${key.slice(0, 60)}".`);
    this.#rest = this.#rest.slice(end + 1).replace(blanksAtStart, "");
    if (separator !== "\n") this.#found.set(key, this.#value());
    else {
      const value = this.outside(key);
      if (value !== undefined) this.#found.set(key, value);
    }
  }

  /** Where the key ends: at `=`, `:` or the end of its line. */
  #keyEnd(): number {
    for (let index = 0; index < this.#rest.length; index += 1) {
      const letter = String.fromCodePoint(this.#rest.codePointAt(index) ?? 0);
      if (letter === "=" || letter === ":" || letter === "\n") return index;
      if (!/^[\p{L}\p{N}_.\-[\]\t\v\f\r \u0085\u00a0]$/u.test(letter)) {
        throw this.#problem(`The name of a variable cannot have the sign ${JSON.stringify(letter)}.`);
      }
      index += letter.length - 1;
    }
    return this.#rest.length;
  }

  #value(): string {
    const quote = this.#rest[0];
    if (quote === '"' || quote === "'") return this.#quoted(quote);
    const end = this.#rest.indexOf("\n");
    const line = end < 0 ? this.#rest : this.#rest.slice(0, end);
    const value = this.#expand((line.split(" #", 1)[0] ?? "").trimEnd());
    this.#rest = end < 0 ? "" : this.#rest.slice(end + 1);
    return value;
  }

  #quoted(quote: '"' | "'"): string {
    const match = (quote === '"' ? /^"((?:[^"\\]|\\[\s\S])*)"/ : /^'((?:[^'\\]|\\[\s\S])*)'/).exec(this.#rest);
    const inside = match?.[1];
    if (match === null || inside === undefined) throw this.#problem("A quote is not closed.");
    const value = inside.replaceAll(`\\${quote}`, quote);
    const expanded = quote === '"' ? this.#expand(expandEscapes(value)) : value;
    this.#rest = this.#rest.slice(match[0].length);
    return expanded;
  }

  #expand(value: string): string {
    try {
      const filled = fillTemplate(value, (name) => this.outside(name) ?? this.#found.get(name));
      this.#letters += filled.length;
      if (this.#letters <= maxLetters) return filled;
      throw this.#problem("Its variables make the file longer than 1 MiB.");
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error;
      throw this.#problem(`This value cannot be filled in: ${error.message}.`);
    }
  }
}

/** Blanks but no line breaks. */
const blanksAtStart = /^[\t\v\f\r \u0085\u00a0]+/;

const escapes = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
  ['"', '"'],
  // `$$` is what the variables' own syntax has for one `$`.
  ["$", "$$"],
]);

function expandEscapes(value: string): string {
  return value.replace(
    /\\(?:([abcfnrtv$"\\])|(0[0-9]{0,3}))/g,
    (match, letter: string | undefined, octal: string | undefined) => {
      if (letter !== undefined) return escapes.get(letter) ?? match;
      // Exactly three octal digits after the 0 are a character; otherwise only the 0 goes.
      const digits = (octal ?? "").slice(1);
      const code = /^[0-7]{3}$/.test(digits) ? Number.parseInt(digits, 8) : 256;
      return code > 255 ? `\\${digits}` : String.fromCharCode(code);
    },
  );
}
