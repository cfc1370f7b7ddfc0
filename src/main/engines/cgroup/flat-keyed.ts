import { AppError } from "../../../shared/domain/index.ts";

/** A counter of the kernel: decimal digits, nothing else. */
const digits = /^\d+$/;

/**
 * Reads one kernel counter, for example the whole of `memory.usage_in_bytes`. v2's `max` is not a counter: see
 * `parseLimitV2`. Throws `engine-failed` on anything but digits, so that garbage never becomes a zero.
 */
export function parseCounter(text: string, what: string): number {
  const trimmed = text.trim();
  if (!digits.test(trimmed)) throw garbage(what, text);
  return Number(trimmed);
}

/** Reads the kernel's "flat keyed" format (cgroup-v2.rst): one `key value` pair a line, values are counters. */
export function parseFlatKeyed(text: string, what: string): Map<string, number> {
  const pairs = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const space = line.indexOf(" ");
    if (space < 1) throw garbage(what, line);
    pairs.set(line.slice(0, space), parseCounter(line.slice(space + 1), `${what}: ${line.slice(0, space)}`));
  }
  return pairs;
}

/** The value of a key that must be there. */
export function requireKey(pairs: ReadonlyMap<string, number>, key: string, what: string): number {
  const value = pairs.get(key);
  if (value === undefined) throw garbage(what, `no ${key}`);
  return value;
}

export function garbage(what: string, text: string): AppError {
  return new AppError("engine-failed", `The kernel's ${what} cannot be read: ${JSON.stringify(text.slice(0, 80))}.`);
}
