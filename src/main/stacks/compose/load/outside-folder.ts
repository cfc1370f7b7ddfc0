import { realpath } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";

/** True when a path is not in a folder or below it, as it is written or where its links lead. */
export async function isOutside(folder: string, path: string): Promise<boolean> {
  const absolute = resolve(folder, path);
  return leads(folder, absolute) || leads(await real(folder), await real(absolute));
}

function leads(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === ".." || way.startsWith("../") || isAbsolute(way);
}

/** Without its links; what is not there has none. */
async function real(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (error instanceof Error && "code" in error) return path;
    throw error;
  }
}
