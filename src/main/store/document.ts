import { chmod, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type * as z from "zod";
import { withLock } from "./lock.ts";
import { codeOf, storeError } from "./store-error.ts";

/** A small JSON file that several Bayplans may change at once. */
export interface Document<T> {
  /** What is stored now; the empty value when there is no file yet. */
  read(): Promise<T>;
  /** Reads, changes and writes under the lock, so that nobody's change is lost. Gives what was written. */
  update(change: (current: T) => T): Promise<T>;
}

/**
 * Opens the JSON file at `file`. Writing is atomic (a new file takes the old one's place) and readable by its owner
 * only. A file that cannot be understood is kept as `FILE.broken-…` and said on stderr, then the empty value is used:
 * nothing that a person had is overwritten.
 */
export function openDocument<T>(file: string, schema: z.ZodType<T>, empty: T): Document<T> {
  async function read(): Promise<T> {
    const text = await readTextIfThere(file);
    if (text === null) return empty;
    const parsed = schema.safeParse(parseJson(text));
    if (parsed.success) return parsed.data;
    await keepBroken(file);
    return empty;
  }
  return {
    read,
    update: (change) =>
      withLock(
        `${file}.lock`,
        async () => {
          const next = schema.parse(change(await read()));
          await writeAtomically(file, `${JSON.stringify(next, null, 2)}\n`);
          return next;
        },
        { what: file },
      ),
  };
}

/** Reads a text file; null when it does not exist. Throws `bad-input` when it may not be read. */
export async function readTextIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw storeError(`${file} cannot be read`, error);
  }
}

/** Writes a file so that a reader sees the old or the new one, never a half. Mode 0600. Throws `bad-input` with the cause. */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const draft = `${file}.new-${process.pid}`;
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(draft, "w", 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await chmod(draft, 0o600);
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw storeError(`${file} cannot be written`, error);
  }
}

/** Moves a file that is no JSON out of the way and says so, for libraries that would throw or overwrite it. */
export async function keepAsideUnlessJson(file: string): Promise<void> {
  const text = await readTextIfThere(file);
  if (text !== null && parseJson(text) === undefined) await keepBroken(file);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function keepBroken(file: string): Promise<void> {
  const kept = `${file}.broken-${Date.now()}`;
  await rename(file, kept);
  process.stderr.write(`${file} could not be understood. It was kept as ${kept}, and a new one is begun.\n`);
}
