/** Letters to put into a text. */
export interface Insert {
  /** Offset in the text that was read. */
  at: number;
  text: string;
}

/** Something that Compose's reader does not take. */
export interface Misfit {
  offset: number;
  message: string;
}

/** Signs of the lexer that are no letters of the text. */
const documentStart = "\u0002";
const flowEnd = "\u0018";
const scalarNext = "\u001f";
const signsAlone = new Set([documentStart, flowEnd, scalarNext]);

const keyMaxLetters = 1024;

interface Scalar {
  offset: number;
  text: string;
  isPlain: boolean;
}

/** Follows the lexemes of a text, and notes what has to be put in and what does not fit. */
export class FitSigns {
  misfit: Misfit | null = null;
  isTooDeep = false;
  readonly inserts: Insert[] = [];
  #offset = 0;
  #lineStart = 0;
  #depth = 0;
  /** Of the outermost bracket: its lines are indented more than whatever holds it. */
  #flowColumn = 0;
  /** `- - -` and `? ? ?` nest within one line. */
  #indicators = 0;
  /** Nothing but spaces since the line began, or since an indicator. */
  #isIndentation = true;
  #scalar: Scalar | null = null;
  #isScalarNext = false;
  #isBlockNext = false;
  #hasLineBreak = false;
  /** The lexer has ended something too early: what it says from here on means nothing. */
  #isBroken = false;
  #isExplicitKey = false;
  /** A `:` right after a plain text in brackets, or a `-` there: what follows decides what it is. */
  #pending: { kind: "colon"; scalar: Scalar } | { kind: "dash"; offset: number } | null = null;

  constructor(
    readonly text: string,
    readonly maxDepth: number,
  ) {}

  /** False when there is no need to go on. */
  take(lexeme: string): boolean {
    if (lexeme === flowEnd) return this.#endFlowEarly();
    if (lexeme === documentStart) this.#depth = 0;
    if (lexeme === scalarNext) this.#isScalarNext = true;
    if (signsAlone.has(lexeme)) return true;
    const isScalar = this.#isScalarNext;
    this.#isScalarNext = false;
    if (lexeme === "") return true;
    if (this.#pending !== null) this.#settle(lexeme);
    if (isScalar) this.#plainOrBlock(lexeme);
    else if (lexeme.startsWith('"') || lexeme.startsWith("'")) this.#quoted(lexeme);
    else this.#sign(lexeme);
    this.#offset += lexeme.length;
    const lineBreak = lexeme.lastIndexOf("\n");
    if (lineBreak >= 0) this.#lineStart = this.#offset - lexeme.length + lineBreak + 1;
    this.isTooDeep = this.#depth + this.#indicators > this.maxDepth;
    return this.misfit === null && !this.isTooDeep && !this.#isBroken;
  }

  /** The text is over. */
  end(): void {
    if (this.#pending !== null) this.#settle("\n");
  }

  #refuse(message: string, offset = this.#offset): void {
    this.misfit ??= { message, offset };
  }

  /** A line in brackets is indented less than what holds them. */
  #endFlowEarly(): boolean {
    const from = this.text.lastIndexOf("\n", this.#offset - 1) + 1;
    if (this.#offset < this.text.length) this.#indent([from], this.#flowColumn + 1);
    return false;
  }

  /** Indents the lines that begin at these offsets; a line that ends a document ends what is open, too. */
  #indent(lines: readonly number[], columns: number): void {
    if (lines.some((at) => /^(?:---|\.\.\.)(?:\s|$)/.test(this.text.slice(at, at + 4)))) return;
    for (const at of lines) this.inserts.push({ at, text: " ".repeat(columns) });
  }

  #sign(lexeme: string): void {
    const [first = ""] = lexeme;
    if (lexeme.includes("\n")) {
      this.#indicators = 0;
      this.#isIndentation = true;
      this.#hasLineBreak = true;
      return;
    }
    if (/^[ \t]+$/.test(lexeme)) {
      if (this.#isIndentation && this.#depth === 0 && lexeme.includes("\t")) this.#refuse("A tab indents nothing");
      return;
    }
    const isIndicator = lexeme === "-" || lexeme === "?";
    this.#isIndentation = isIndicator;
    if (first === "[" || first === "{") {
      if (this.#depth === 0) this.#flowColumn = this.#offset - this.#lineStart;
      this.#depth += 1;
    } else if (lexeme === "]" || lexeme === "}") this.#depth = Math.max(0, this.#depth - 1);
    else if (isIndicator) this.#indicator(lexeme);
    else if (lexeme === ":") this.#colon();
    else if (first === "&" || first === "*") this.#anchor(lexeme);
    else if (first === "|" || first === ">") this.#isBlockNext = true;
    if (first === "#") return;
    this.#scalar = null;
    if (!isIndicator) this.#isExplicitKey = false;
  }

  #indicator(lexeme: string): void {
    this.#indicators += 1;
    if (lexeme === "?") this.#isExplicitKey = true;
    else if (this.#depth > 0) this.#pending = { kind: "dash", offset: this.#offset };
  }

  #colon(): void {
    const scalar = this.#scalar;
    this.#scalar = null;
    if (scalar === null) return;
    if (scalar.text.length > keyMaxLetters) this.#refuse(`A key has at most ${keyMaxLetters} letters`, scalar.offset);
    if (this.#depth === 0) return;
    if (!this.#isExplicitKey && (this.#hasLineBreak || scalar.text.includes("\n"))) {
      this.#refuse("A key and its colon stand in one line", scalar.offset);
    }
    const isBeside = scalar.offset + scalar.text.length === this.#offset;
    if (scalar.isPlain && isBeside) this.#pending = { kind: "colon", scalar };
  }

  #anchor(lexeme: string): void {
    if (/^.[\w-]+$/.test(lexeme)) return;
    // `*name: value`: the colon is none of the name.
    if (/^.[\w-]+:$/.test(lexeme)) this.inserts.push({ at: this.#offset + lexeme.length - 1, text: " " });
    else this.#refuse("A name after & or * has letters, digits, - and _");
  }

  /** What a `:` or `-` in brackets is, now that it is known what stands after it. */
  #settle(next: string): void {
    const pending = this.#pending;
    this.#pending = null;
    if (pending === null) return;
    if (pending.kind === "dash") {
      if (/^[,\]}]/.test(next)) this.#quote(pending.offset, "-");
    } else if (/^[[{]/.test(next)) this.#refuse("A space is missing after the colon", this.#offset - 1);
    else if (/^[,\]}]/.test(next)) this.#quote(pending.scalar.offset, `${pending.scalar.text}:`);
  }

  #quote(offset: number, text: string): void {
    const quote = text.includes("'") ? '"' : "'";
    if (text.includes(quote) || (quote === '"' && text.includes("\\"))) return;
    this.inserts.push({ at: offset, text: quote }, { at: offset + text.length, text: quote });
  }

  #plainOrBlock(text: string): void {
    const isBlock = this.#isBlockNext;
    this.#isBlockNext = false;
    this.#isIndentation = isBlock || text.endsWith("\n");
    this.#hasLineBreak = false;
    this.#scalar = isBlock ? null : { offset: this.#offset, text, isPlain: true };
    if (this.#depth > 0 && text.includes("?")) {
      this.#refuse("A text in brackets that has a question mark wants quotes", this.#offset + text.indexOf("?"));
    }
  }

  #quoted(text: string): void {
    this.#isIndentation = false;
    this.#hasLineBreak = false;
    this.#scalar = { offset: this.#offset, text, isPlain: false };
    const whole = text.startsWith("'") ? /'[^']*(?:''[^']*)*'/y : /"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
    whole.lastIndex = this.#offset;
    const length = whole.exec(this.text)?.[0].length ?? 0;
    if (length <= text.length) return;
    // The lexer has stopped at a line that is indented less than what the text belongs to.
    this.#isBroken = true;
    const breaks = [...this.text.slice(this.#offset, this.#offset + length).matchAll(/\n/g)];
    const lines = breaks.map(({ index }) => this.#offset + index + 1);
    this.#indent(lines, this.#offset - this.#lineStart + 1);
  }
}
