import { lstat, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { currentOwner, formatOwner, isOwnerAlive, parseOwner } from "../../../store/index.ts";

const prefix = "bayplan-here-";
const ownerFile = "owner";

/** Where a plan has what it serves; `parent` is the system's folder for what does not last. */
export function servingFolder(parent: string, id: string): string {
  return join(parent, `${prefix}${id}`);
}

/**
 * Makes the folder, this user's alone since cookies let a client into the display, and removes those of processes that have
 * died without removing theirs.
 */
export async function makeServingFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, ownerFile), formatOwner(currentOwner()));
  for (const name of await readdir(dirname(folder))) {
    const other = join(dirname(folder), name);
    if (name.startsWith(prefix) && name !== basename(folder) && (await isLeft(other))) {
      await rm(other, { recursive: true, force: true });
    }
  }
}

/** Ours, and of a process that is gone. One that is just being made has no owner yet. */
async function isLeft(folder: string): Promise<boolean> {
  try {
    const { uid } = await lstat(folder);
    if (uid !== process.getuid?.()) return false;
    const owner = parseOwner(await readFile(join(folder, ownerFile), "utf8"));
    return owner !== null && !isOwnerAlive(owner);
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
