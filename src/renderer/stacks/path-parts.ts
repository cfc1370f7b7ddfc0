/** The last part of a path, on either kind of system. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}

/** A path without its last part; the root of a file system stays itself. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"));
  return end <= 0 ? path.slice(0, end + 1) : path.slice(0, end);
}

/** The path as seen from a folder that holds it; null when it lies elsewhere. */
export function pathInside(folder: string, path: string): string | null {
  const inside = path.slice(folder.length);
  if (!path.startsWith(folder) || !/^[\\/]/.test(inside)) return null;
  return inside.slice(1);
}
