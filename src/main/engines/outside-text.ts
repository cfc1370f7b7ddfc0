import * as z from "zod";
import { saidWords } from "../../shared/format/index.ts";

/** A list of a thousand containers has half as many; a schema remembers every one that is wrong. */
const valuesMax = 200_000;

/** No device runs as many; whoever lists more is not to have each of them asked about. */
export const containersMax = 2_000;

/** The complaints about one answer that anybody reads. */
const issuesShown = 3;

/**
 * Parses JSON of an engine or a broker. Besides what is no JSON it throws for more values than an answer may hold: a few
 * megabytes of `{},` become gigabytes when they are parsed and found wrong one by one.
 */
export function parseOutsideJson(text: string): unknown {
  if (text.length > valuesMax && countValues(text) > valuesMax) throw new Error(`more than ${valuesMax} values`);
  return JSON.parse(text);
}

/** At least as many values as the text can hold; a comma inside of a string is counted as well. */
function countValues(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === comma || code === brace || code === bracket) count += 1;
  }
  return count;
}

const comma = 0x2c;
const bracket = 0x5b;
const brace = 0x7b;

/** What a schema makes of a value from outside; zod itself stumbles over more than about 100,000 complaints at one place. */
export function checkOutside<T extends z.ZodType>(
  schema: T,
  value: unknown,
): { success: true; data: z.infer<T> } | { success: false; error: unknown } {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (error instanceof RangeError) return { success: false, error: new Error("it is wrong all over") };
    throw error;
  }
}

/** What is wrong with an answer, for a sentence: the first complaints of its schema, or what the error says. */
export function whatIsWrong(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return saidWords(String(cause));
  const shown = cause.issues
    .slice(0, issuesShown)
    .map(({ message, path }) => `${message} at ${path.join(".") || "its top"}`);
  const more = cause.issues.length - shown.length;
  return saidWords(`${shown.join("; ")}${more > 0 ? `; and ${more} more` : ""}`);
}

/** The cause of a failure is kept as long as the failure: of a schema's complaints, those that are told. */
export function briefCause(cause: unknown): unknown {
  return cause instanceof z.ZodError ? new z.ZodError(cause.issues.slice(0, issuesShown)) : cause;
}
