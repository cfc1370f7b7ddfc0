import { relative } from "node:path";

/** A path as a person in the current folder would write it: relative below that folder, else as it is. */
export function shownPath(file: string, folder = process.cwd()): string {
  const way = relative(folder, file);
  return way === "" || way.startsWith("..") ? file : way;
}
