import { randomBytes } from "node:crypto";

/** Writes one entry to the log; the default is stderr. */
export type WriteLog = (text: string) => void;

const idOf = new WeakMap<object, string>();

/**
 * Logs a bug once, with its stack and an id, and gives the id that people may pass on. The same error object seen
 * again (a stream that failed, a call inside a call) keeps its first id and is not logged twice.
 */
export function logBug(error: unknown, where: string, write: WriteLog = writeToStderr): string {
  const known = isObject(error) ? idOf.get(error) : undefined;
  if (known !== undefined) return known;
  const id = randomBytes(4).toString("hex");
  if (isObject(error)) idOf.set(error, id);
  write(`bug ${id} in ${where}: ${textOf(error)}\n`);
  return id;
}

function writeToStderr(text: string): void {
  process.stderr.write(text);
}

/** Stack and causes. Values are never printed: they may hold what a person typed. */
function textOf(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  const own = error.stack ?? `${error.name}: ${error.message}`;
  return error.cause instanceof Error ? `${own}\ncaused by ${textOf(error.cause)}` : own;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
