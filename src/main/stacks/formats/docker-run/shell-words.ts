import type { Place } from "../../../../shared/domain/index.ts";
import { ModelProblem } from "../../compose/model-problem.ts";
import { placesIn } from "../text-places.ts";

/** A piece of a word: text, or something that a shell would put in its place. */
export type WordPart =
  | { kind: "text"; value: string }
  /** `$NAME`, `${NAME}` or `${NAME:-fallback}`. */
  | { kind: "variable"; name: string; fallback: string | null; source: string }
  /** `$(…)`, or a variable with an operator that is not followed. */
  | { kind: "other"; source: string };

export interface Word {
  parts: WordPart[];
  place: Place;
  /** False when some of it stands in quotes, so that it is no keyword and no assignment. */
  isPlain: boolean;
}

/** The words of one command. */
export interface Statement {
  words: Word[];
  place: Place;
}

/**
 * The commands of a shell script as a POSIX shell splits them: quotes, backslashes, lines that go on, comments, `;`, `&&`, `||`, `|`.
 * Redirections and the text of here-documents are left out; nothing is run or filled in.
 * @throws ModelProblem for a quote or a bracket that is not closed, or a backslash with a blank after it at the end of a line.
 */
export function readShell(file: string, text: string): Statement[] {
  return new ShellReader(file, text).read();
}

class ShellReader {
  readonly #place: (offset: number) => Place;
  readonly #statements: Statement[] = [];
  readonly #hereEnds: string[] = [];
  #words: Word[] = [];
  #at = 0;

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    this.#place = placesIn(file, text);
  }

  read(): Statement[] {
    while (this.#at < this.text.length) this.#next();
    this.#endStatement();
    return this.#statements;
  }

  #problem(message: string, offset: number, hint: string | null = null): ModelProblem {
    return new ModelProblem("docker-run.shell", message, this.#place(offset), hint);
  }

  #next(): void {
    const letter = this.text[this.#at] ?? "";
    if (letter === "\n") {
      this.#at += 1;
      this.#endStatement();
      this.#skipHereDocuments();
    } else if (/[ \t\r\uFEFF]/.test(letter)) this.#at += 1;
    else if (this.#isContinued()) this.#at += this.text[this.#at + 1] === "\r" ? 3 : 2;
    else if (letter === "#") this.#at = this.#endOfLine();
    else if (/[;&|()]/.test(letter)) {
      if (letter === "&" && this.text[this.#at + 1] === ">") this.#redirect();
      else {
        this.#at += 1;
        this.#endStatement();
      }
    } else if (letter === "<" || letter === ">") this.#redirect();
    else this.#word();
  }

  #endOfLine(): number {
    const end = this.text.indexOf("\n", this.#at);
    return end < 0 ? this.text.length : end;
  }

  /** A backslash at the end of a line joins the next one to it. */
  #isContinued(): boolean {
    return /^\\\r?\n/.test(this.text.slice(this.#at, this.#at + 3));
  }

  #endStatement(): void {
    const [first] = this.#words;
    if (first !== undefined) this.#statements.push({ words: this.#words, place: first.place });
    this.#words = [];
  }

  #redirect(): void {
    const operator = /^&?(?:<<-?|>>|>&|<&|>\||[<>])/.exec(this.text.slice(this.#at))?.[0] ?? ">";
    this.#at += operator.length;
    while (/[ \t]/.test(this.text[this.#at] ?? "")) this.#at += 1;
    const before = this.#words.length;
    if (this.#at < this.text.length && !/[\n;&|]/.test(this.text[this.#at] ?? "")) this.#word();
    const target = this.#words.splice(before)[0];
    if (operator.startsWith("<<") && target !== undefined) this.#hereEnds.push(wordText(target));
  }

  #skipHereDocuments(): void {
    for (const end of this.#hereEnds.splice(0)) {
      while (this.#at < this.text.length) {
        const line = this.text.slice(this.#at, this.#endOfLine());
        this.#at = Math.min(this.text.length, this.#endOfLine() + 1);
        if (line.replace(/^\t+/, "").replace(/\r$/, "") === end) break;
      }
    }
  }

  #word(): void {
    const start = this.#at;
    const parts = new Parts();
    let isPlain = true;
    while (this.#at < this.text.length) {
      const letter = this.text[this.#at] ?? "";
      if (this.#isContinued()) this.#at += this.text[this.#at + 1] === "\r" ? 3 : 2;
      else if (/[ \t\r\n;&|<>()]/.test(letter)) break;
      else if (letter === "\\") {
        if (/^\\[ \t]+\r?\n/.test(this.text.slice(this.#at, this.#at + 40))) {
          const message = "Blanks stand after this backslash: the command ends here, and the next line is another one.";
          throw this.#problem(message, this.#at, "Take the blanks at the end of the line out.");
        }
        parts.text(this.text[this.#at + 1] ?? "");
        this.#at += 2;
        isPlain = false;
      } else if (letter === "'") {
        const end = this.text.indexOf("'", this.#at + 1);
        if (end < 0) throw this.#problem("This quote is not closed.", this.#at);
        parts.text(this.text.slice(this.#at + 1, end));
        this.#at = end + 1;
        isPlain = false;
      } else if (letter === '"') {
        this.#doubleQuoted(parts);
        isPlain = false;
      } else if (letter === "$" || letter === "`") this.#expansion(parts);
      else {
        parts.text(letter);
        this.#at += 1;
      }
    }
    // A number right before a redirection is a descriptor and no word.
    const isDescriptor = /[<>]/.test(this.text[this.#at] ?? "") && /^[0-9]$/.test(this.text.slice(start, this.#at));
    if (!isDescriptor) this.#words.push({ parts: parts.done(), place: this.#place(start), isPlain });
  }

  #doubleQuoted(parts: Parts): void {
    const start = this.#at;
    this.#at += 1;
    // An empty pair of quotes is a word all the same.
    parts.text("");
    while (this.text[this.#at] !== '"') {
      const letter = this.text[this.#at];
      if (letter === undefined) throw this.#problem("This quote is not closed.", start);
      if (letter === "$" || letter === "`") this.#expansion(parts);
      else if (letter === "\\" && /[$`"\\\n]/.test(this.text[this.#at + 1] ?? "")) {
        if (this.text[this.#at + 1] !== "\n") parts.text(this.text[this.#at + 1] ?? "");
        this.#at += 2;
      } else {
        parts.text(letter);
        this.#at += 1;
      }
    }
    this.#at += 1;
  }

  /** What stands at a `$` or a backtick. */
  #expansion(parts: Parts): void {
    const rest = this.text.slice(this.#at, this.#at + 2_000);
    const plain = /^\$([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])/.exec(rest);
    const braced = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^${}`]*))?\}/.exec(rest);
    const found = braced ?? plain;
    if (found !== null) {
      parts.add({ kind: "variable", name: found[1] ?? "", fallback: braced?.[2] ?? null, source: found[0] });
      this.#at += found[0].length;
    } else if (rest.startsWith("$(") || rest.startsWith("${")) this.#bracketed(parts, rest[1] === "(" ? "()" : "{}");
    else if (rest.startsWith("`")) {
      const end = this.text.indexOf("`", this.#at + 1);
      if (end < 0) throw this.#problem("This backtick is not closed.", this.#at);
      parts.add({ kind: "other", source: this.text.slice(this.#at, end + 1) });
      this.#at = end + 1;
    } else {
      parts.text("$");
      this.#at += 1;
    }
  }

  #bracketed(parts: Parts, [open, close]: string | readonly string[]): void {
    const start = this.#at;
    let depth = 0;
    for (this.#at += 1; this.#at < this.text.length; this.#at += 1) {
      const letter = this.text[this.#at];
      if (letter === open) depth += 1;
      if (letter === close) depth -= 1;
      if (depth > 0) continue;
      this.#at += 1;
      parts.add({ kind: "other", source: this.text.slice(start, this.#at) });
      return;
    }
    throw this.#problem("This bracket is not closed.", start);
  }
}

/** Parts of a word, neighbouring texts joined. */
class Parts {
  readonly #parts: WordPart[] = [];

  text(value: string): void {
    const last = this.#parts.at(-1);
    if (last?.kind === "text") last.value += value;
    else this.#parts.push({ kind: "text", value });
  }

  add(part: WordPart): void {
    this.#parts.push(part);
  }

  done(): WordPart[] {
    return this.#parts;
  }
}

/** The word with what a shell would fill in left as it is written. */
export function wordText(word: Word): string {
  return word.parts.map((part) => (part.kind === "text" ? part.value : part.source)).join("");
}
