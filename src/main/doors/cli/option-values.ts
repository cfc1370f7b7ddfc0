import { InvalidArgumentError } from "commander";
import { AppError, maxRepeats } from "../../../shared/domain/index.ts";
import { parseDuration } from "./durations.ts";

/** An option that may be given again: all that were. */
export function collect(value: string, previous: string[] = []): string[] {
  return [...previous, value];
}

/** Milliseconds of a text such as `2m`. @throws InvalidArgumentError, which commander shows with the option. */
export function duration(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof AppError) throw new InvalidArgumentError(`${error.message} ${error.hint ?? ""}`.trim());
    throw error;
  }
}

/** A number of measured runs. @throws InvalidArgumentError */
export function repeats(text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > maxRepeats) throw new InvalidArgumentError(`A number from 1 to ${maxRepeats} is wanted.`);
  return count;
}

/** A number of things, at least one. @throws InvalidArgumentError */
export function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("A whole number from 1 on is wanted.");
  return Number(text);
}
