import { open, readdir } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";
import { patternMatches } from "../name-pattern.ts";
import { readConfigLines } from "./config-lines.ts";
import { type FilePrints, printAt } from "./file-prints.ts";

/** OpenSSH's own READCONF_MAX_DEPTH. */
const MAX_DEPTH = 16;
const MAX_FILES = 64;
const MAX_FILE_BYTES = 512 * 1024;
/** Different arguments of `Include`: each costs a look into a folder, also when nothing is there. */
const MAX_INCLUDES = 1_000;
/** As many hosts as a person could look at; a generated file may list a whole company. */
export const MAX_ALIASES = 128;

export interface FoundAliases {
  aliases: string[];
  /** How many more there are than are kept. */
  leftOut: number;
  /** Files that are named and could not be read, with the reason; the main file not being there is no failure. */
  unreadable: string[];
  files: number;
}

/**
 * The aliases of `~/.ssh/config`, then of what it includes, each once. Includes are relative to `~/.ssh`,
 * and may have wildcards in their last part (ssh_config(5)). `prints` is filled with what was looked at, whether it is
 * there or not: when one of those changes, the answer may be another.
 */
export async function findAliases(home: string, prints: FilePrints = new Map()): Promise<FoundAliases> {
  const folder = join(home, ".ssh");
  const found = new Set<string>();
  const seen = new Set<string>();
  const patterns = new Set<string>();
  const unreadable: string[] = [];
  let leftOut = 0;
  const read = async (file: string, depth: number): Promise<void> => {
    if (seen.has(file) || seen.size >= MAX_FILES || depth > MAX_DEPTH) return;
    seen.add(file);
    prints.set(file, await printAt(file));
    const text = await readStart(file).catch((error: unknown) => {
      const code = codeOf(error);
      if (code !== "ENOENT") unreadable.push(`${file} (${code})`);
      return null;
    });
    if (text === null) {
      seen.delete(file);
      return;
    }
    const lines = readConfigLines(text);
    for (const alias of lines.aliases) {
      if (found.has(alias)) continue;
      if (found.size < MAX_ALIASES) found.add(alias);
      else leftOut += 1;
    }
    for (const pattern of lines.includes) {
      if (patterns.has(pattern)) continue;
      if (patterns.size === MAX_INCLUDES) {
        unreadable.push(`${file} (more than ${MAX_INCLUDES} Includes, counted with those before it)`);
        return;
      }
      patterns.add(pattern);
      for (const included of await filesOf(pattern, { home, folder, prints })) await read(included, depth + 1);
    }
  };
  await read(join(folder, "config"), 0);
  return { aliases: [...found], leftOut, unreadable, files: seen.size };
}

/** At most the first half megabyte: a file that is larger is no configuration that somebody wrote. */
async function readStart(file: string): Promise<string> {
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_FILE_BYTES), 0, MAX_FILE_BYTES, 0);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function filesOf(
  pattern: string,
  { home, folder, prints }: { home: string; folder: string; prints: FilePrints },
): Promise<string[]> {
  const atHome = pattern.replace(/^~(?=\/|$)/, home);
  const path = isAbsolute(atHome) ? atHome : join(folder, atHome);
  const last = basename(path);
  if (!/[*?]/.test(last)) return [path];
  prints.set(dirname(path), await printAt(dirname(path)));
  const names = await readdir(dirname(path)).catch((error: unknown) => {
    // A folder that is not there holds no files; ssh says nothing of it either.
    if (["ENOENT", "ENOTDIR", "EACCES"].includes(codeOf(error))) return [];
    throw error;
  });
  return names
    .filter((name) => patternMatches(last, name) && !name.startsWith("."))
    .sort()
    .map((name) => join(dirname(path), name));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "?";
}
