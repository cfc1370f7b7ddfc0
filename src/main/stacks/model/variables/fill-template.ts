/** Gives a variable's value, or undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** The text is no template, or a variable that it requires has no value; the message is the end of a sentence. */
export class TemplateProblem extends Error {}

const variable = /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{(?:([_a-z][_a-z0-9]*(?::?[-+?]([^\n]*))?)\}|()))/gi;

/**
 * Fills in `$NAME`, `${NAME}` and the forms with `:-`, `-`, `:+`, `+`, `:?`, `?`; `$$` is one `$`.
 * The order in which an operator and a closing brace are looked for is the reference's (compose-go 2.4, `template`).
 * @throws TemplateProblem for a lone `${`, or a required variable without a value.
 */
export function fillTemplate(text: string, lookup: Lookup, onUnset: (name: string) => void = () => {}): string {
  return text.replace(variable, (match) => replacement(match, lookup, onUnset));
}

function replacement(match: string, lookup: Lookup, onUnset: (name: string) => void): string {
  const operator = firstOperator(match);
  const end = closingBrace(match);
  const own = end === -1 ? match : match.slice(0, end + 1);
  const rest = end === -1 ? "" : match.slice(end + 1);
  variable.lastIndex = 0;
  const groups = variable.exec(own);
  variable.lastIndex = 0;
  if (groups?.[1] !== undefined) return "$";
  const name = groups?.[2];
  const braced = groups?.[3];
  if (name === undefined && braced === undefined) throw new TemplateProblem("a `$` that is meant as such is written `$$`");
  if (braced !== undefined && operator !== null && braced.includes(operator)) {
    return applied(braced, operator, lookup, onUnset) + fillTemplate(rest, lookup, onUnset);
  }
  const plain = name ?? braced ?? "";
  const value = lookup(plain);
  if (value === undefined) onUnset(plain);
  return value ?? "";
}

const operators = [":?", "?", ":-", "-", ":+", "+"] as const;
type Operator = (typeof operators)[number];

function firstOperator(match: string): Operator | null {
  let first: { operator: Operator; index: number } | null = null;
  for (const operator of operators) {
    const index = match.indexOf(operator);
    if (index >= 0 && (first === null || index < first.index)) first = { operator, index };
  }
  return first?.operator ?? null;
}

/** The brace that closes the first one; a letter right after an opening brace is never looked at. */
function closingBrace(match: string): number {
  let open = 0;
  for (let index = 0; index < match.length; index += 1) {
    if (match[index] === "}") {
      open -= 1;
      if (open === 0) return index;
    }
    if (match[index] === "{") {
      open += 1;
      index += 1;
    }
  }
  return -1;
}

function applied(braced: string, operator: Operator, lookup: Lookup, onUnset: (name: string) => void): string {
  const index = braced.indexOf(operator);
  const name = braced.slice(0, index);
  const other = fillTemplate(braced.slice(index + operator.length), lookup, onUnset);
  const value = lookup(name);
  const isSet = value !== undefined && (!operator.startsWith(":") || value !== "");
  if (operator.endsWith("+")) return isSet ? other : (value ?? "");
  if (isSet) return value;
  if (operator.endsWith("-")) return other;
  throw new TemplateProblem(`the variable ${name} must have a value${other === "" ? "" : `: ${other}`}`);
}
