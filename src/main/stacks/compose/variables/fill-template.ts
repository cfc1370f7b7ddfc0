/** Gives a variable's value, or undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** The text is no template, or a variable that it requires has no value; the message is the end of a sentence. */
export class TemplateProblem extends Error {}

/** Defaults inside defaults; nobody needs three. */
const maxDepth = 50;

/**
 * Fills in `$NAME`, `${NAME}` and the forms with `:-`, `-`, `:+`, `+`, `:?`, `?`, which may hold variables themselves; `$$` is
 * one `$` (Compose specification, "Interpolation"; where braces are not balanced, as compose-go 2.4 reads it).
 * @throws TemplateProblem for a `${` without a name or an end, or a required variable without a value.
 */
export function fillTemplate(text: string, lookup: Lookup, onUnset?: (name: string) => void): string {
  return new Template(lookup, onUnset ?? null).fill(text, 0);
}

class Template {
  constructor(
    readonly lookup: Lookup,
    readonly onUnset: ((name: string) => void) | null,
  ) {}

  fill(text: string, depth: number): string {
    if (depth > maxDepth) throw new TemplateProblem("its variables are nested too deeply");
    const parts: string[] = [];
    const line = new LineEnds(text);
    let from = 0;
    for (let dollar = text.indexOf("$"); dollar >= 0; dollar = text.indexOf("$", from)) {
      parts.push(text.slice(from, dollar));
      const { value, end } = this.#variable(text, dollar, line, depth);
      parts.push(value);
      from = end;
    }
    return parts.join("") + text.slice(from);
  }

  /** What stands at a `$`, and where the text goes on after it. */
  #variable(text: string, dollar: number, line: LineEnds, depth: number): { value: string; end: number } {
    if (text[dollar + 1] === "$") return { value: "$", end: dollar + 2 };
    const isBraced = text[dollar + 1] === "{";
    const start = dollar + (isBraced ? 2 : 1);
    const name = nameAt(text, start);
    const after = start + name.length;
    // A dollar before something else than a name is no variable.
    if (name === "" && !isBraced) return { value: "$", end: dollar + 1 };
    if (name === "")
      throw new TemplateProblem("`${` needs the name of a variable; a `$` that is meant as such is written `$$`");
    if (!isBraced) return { value: this.#plain(name), end: after };
    if (text[after] === "}") return { value: this.#plain(name), end: after + 1 };
    const operator = /^:?[-+?]/.exec(text.slice(after, after + 2))?.[0];
    const end = operator === undefined ? -1 : closingBrace(text, dollar, line.lastBraceAfter(dollar));
    if (operator === undefined || end < 0) {
      throw new TemplateProblem(
        `\`\${${name}\` is not closed, or has something else than \`:-\`, \`:+\` or \`:?\` after its name`,
      );
    }
    return { value: this.#withOperator(name, operator, text.slice(after + operator.length, end), depth), end: end + 1 };
  }

  #plain(name: string): string {
    const value = this.lookup(name);
    if (value === undefined) this.onUnset?.(name);
    return value ?? "";
  }

  #withOperator(name: string, operator: string, operand: string, depth: number): string {
    const other = this.fill(operand, depth + 1);
    const value = this.lookup(name);
    const isSet = value !== undefined && (!operator.startsWith(":") || value !== "");
    if (operator.endsWith("+")) return isSet ? other : (value ?? "");
    if (isSet) return value;
    if (operator.endsWith("-")) return other;
    throw new TemplateProblem(`the variable ${name} must have a value${other === "" ? "" : `: ${other}`}`);
  }
}

/** The last closing brace of each line of a text, looked for once a line. */
class LineEnds {
  #end = -1;
  #lastBrace = -1;

  constructor(readonly text: string) {}

  /** Position of the last `}` of the line that a position is in; one before it when the line has none after it. */
  lastBraceAfter(position: number): number {
    if (position > this.#end) {
      const newline = this.text.indexOf("\n", position);
      this.#end = newline < 0 ? this.text.length : newline;
      this.#lastBrace = this.text.lastIndexOf("}", this.#end - 1);
    }
    return this.#lastBrace;
  }
}

function nameAt(text: string, start: number): string {
  const pattern = /[_a-zA-Z][_a-zA-Z0-9]*/y;
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0] ?? "";
}

/**
 * The brace that closes the one after the dollar: where braces are balanced (the letter right after an opening one is never
 * looked at), else the last one of the line; -1 when there is none.
 */
function closingBrace(text: string, dollar: number, last: number): number {
  if (last < dollar) return -1;
  let open = 0;
  for (let index = dollar; index <= last; index += 1) {
    if (text[index] === "}") {
      open -= 1;
      if (open === 0) return index;
    }
    if (text[index] === "{") {
      open += 1;
      index += 1;
    }
  }
  return last;
}
