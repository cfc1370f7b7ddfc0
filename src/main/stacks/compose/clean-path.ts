import { posix } from "node:path";

/** The shortest path that means the same: no `.`, no `a/..`, no slash at the end; "." for an empty one (Go's `path.Clean`). */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

/** Parts of a path put together and cleaned. */
export function joinPath(...parts: string[]): string {
  return cleanPath(posix.join(...parts));
}
