import { createHash, randomBytes } from "node:crypto";
import { readdir, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { LogFile, type LogFileBounds } from "./log-file.ts";
import { currentOwner, formatOwner, isOwnerAlive, parseOwner } from "./owner.ts";

const MIB = 1024 * 1024;

const usualBounds: LogFileBounds = {
  maxBytes: 1536 * MIB,
  maxAgeMs: 24 * 3600_000,
  keepFreeBytes: 512 * MIB,
  segmentBytes: 64 * MIB,
};

/** Where followed logs are kept while somebody follows them. */
export interface LogCache {
  /** A new, empty file for a source, in a folder named after it. Whoever asked for it removes it. */
  create(name: string): LogFile;
  /** Removes all that this process keeps. */
  close(): Promise<void>;
}

/**
 * Opens the cache below the data folder: `cache/logs/OWNER/`, a folder for each process, so that several Bayplans do not
 * write into one file. What a process left behind that has died is removed; nothing is created before the first line.
 */
export function openLogCache(dataFolder: string, bounds: Partial<LogFileBounds> = {}): LogCache {
  const root = join(dataFolder, "cache", "logs");
  const own = join(root, formatOwner(currentOwner()));
  const files = new Set<LogFile>();
  // A cache that cannot be tidied is no reason to show no logs: the next Bayplan tries again.
  const tidied = removeDead(root).catch((error: unknown) => {
    process.stderr.write(`${root} could not be tidied: ${error instanceof Error ? error.message : "?"}\n`);
  });
  return {
    create(name) {
      for (const file of files) if (file.removed) files.delete(file);
      const short = createHash("sha256").update(name).digest("hex").slice(0, 12);
      const folder = join(own, `${short}-${randomBytes(4).toString("hex")}`);
      const file = new LogFile(folder, { ...usualBounds, ...bounds });
      files.add(file);
      return file;
    },
    async close() {
      await tidied;
      await Promise.all([...files].map((file) => file.remove()));
      files.clear();
      // Another core in this process may have files in it.
      await rmdir(own).catch(unlessInUse);
    },
  };
}

async function removeDead(root: string): Promise<void> {
  for (const name of await foldersIn(root)) {
    const owner = parseOwner(name);
    if (owner !== null && !isOwnerAlive(owner)) await rm(join(root, name), { recursive: true, force: true });
  }
}

function unlessInUse(error: unknown): void {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code !== "ENOENT" && code !== "ENOTEMPTY") throw error;
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
