/** Gives the value of a variable, undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

export interface Interpolated {
  text: string;
  /** Variables without value and without default: an empty text stands in for them. */
  unset: string[];
}

/** What is wrong with a text that holds variables, as the end of a sentence. */
export class InterpolationProblem extends Error {}

/** Texts of more than this are refused: a chain of variables can double itself at every step. */
const maxLetters = 1024 * 1024;
const maxDepth = 32;

/**
 * Replaces `$VAR`, `${VAR}`, `${VAR:-default}`, `${VAR-default}`, `${VAR:?why}`, `${VAR?why}`, `${VAR:+other}`,
 * `${VAR+other}` and `$$` as the Compose specification says (12-interpolation); defaults may hold variables themselves.
 * @throws InterpolationProblem when the text cannot be read so, or a required variable is missing.
 */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  if (!text.includes("$")) return { text, unset: [] };
  const unset: string[] = [];
  return { text: expand(text, lookup, unset, 0), unset };
}

function expand(text: string, lookup: Lookup, unset: string[], depth: number): string {
  if (depth > maxDepth) throw new InterpolationProblem("its defaults are nested too deeply");
  let result = "";
  let rest = 0;
  for (let dollar = text.indexOf("$"); dollar !== -1; dollar = text.indexOf("$", rest)) {
    result += text.slice(rest, dollar);
    if (text.startsWith("$$", dollar)) {
      result += "$";
      rest = dollar + 2;
    } else if (text.startsWith("${", dollar)) {
      const end = closingBrace(text, dollar + 2);
      result += expandBraced(text.slice(dollar + 2, end), lookup, unset, depth);
      rest = end + 1;
    } else {
      const name = /^[A-Za-z_]\w*/.exec(text.slice(dollar + 1, dollar + 257))?.[0];
      if (name === undefined) throw new InterpolationProblem("a `$` stands without a name (write `$$` for a dollar)");
      result += variableValue(name, lookup, unset);
      rest = dollar + 1 + name.length;
    }
    if (result.length > maxLetters) throw new InterpolationProblem("its variables make it longer than 1 MiB");
  }
  return result + text.slice(rest);
}

function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let index = from; index < text.length; index += 1) {
    if (text.startsWith("${", index)) open += 1;
    else if (text.charAt(index) === "}") open -= 1;
    if (open === 0) return index;
  }
  throw new InterpolationProblem("a `${` is never closed");
}

function variableValue(name: string, lookup: Lookup, unset: string[]): string {
  const value = lookup(name);
  if (value === undefined) unset.push(name);
  return value ?? "";
}

function expandBraced(inner: string, lookup: Lookup, unset: string[], depth: number): string {
  const match = /^([A-Za-z_]\w*)(?:(:?[-?+])([\s\S]*))?$/.exec(inner);
  const name = match?.[1];
  if (name === undefined) throw new InterpolationProblem(`\`\${${inner.slice(0, 60)}}\` is not a variable`);
  const operator = match?.[2];
  const argument = match?.[3] ?? "";
  if (operator === undefined) return variableValue(name, lookup, unset);
  const value = lookup(name);
  const isGiven = value !== undefined && !(operator.startsWith(":") && value === "");
  if (operator.endsWith("+")) return isGiven ? expand(argument, lookup, unset, depth + 1) : "";
  if (isGiven) return value;
  if (operator.endsWith("-")) return expand(argument, lookup, unset, depth + 1);
  const why = expand(argument, lookup, unset, depth + 1);
  throw new InterpolationProblem(`the variable ${name} is required${why === "" ? "" : `: ${why}`}`);
}
