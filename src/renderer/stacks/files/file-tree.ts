import type { Finding, Severity, StackFile } from "../../../shared/domain/index.ts";
import { folderOf, pathInside } from "../path-parts.ts";

/** A line of the tree: a folder that only leads on, or a file. */
export type TreeRow =
  | { kind: "folder"; depth: number; name: string; path: string }
  | { kind: "file"; depth: number; name: string; file: StackFile };

interface Branch {
  folders: Map<string, Branch>;
  files: { name: string; file: StackFile }[];
}

/**
 * The files of a stack as the lines of a tree: first those in its folder and below, then those elsewhere, each folder by
 * its path. What was opened comes first in its folder; otherwise files stand in the order in which they were read.
 */
export function fileTree(files: readonly StackFile[], root: string): TreeRow[] {
  const inside = branch();
  const elsewhere = new Map<string, StackFile[]>();
  for (const file of files) {
    const path = pathInside(root, file.path);
    if (path === null) {
      const folder = folderOf(file.path);
      elsewhere.set(folder, [...(elsewhere.get(folder) ?? []), file]);
    } else add(inside, path.split(/[\\/]/), file);
  }
  return [
    ...rowsOf(inside, root, 0),
    ...[...elsewhere].flatMap(([folder, own]): TreeRow[] => [
      { kind: "folder", depth: 0, name: folder, path: folder },
      ...own.map(
        (file): TreeRow => ({
          kind: "file",
          depth: 1,
          name: file.path.slice(folder.length).replace(/^[\\/]/, ""),
          file,
        }),
      ),
    ]),
  ];
}

function branch(): Branch {
  return { folders: new Map(), files: [] };
}

function add(top: Branch, parts: readonly string[], file: StackFile): void {
  let here = top;
  for (const part of parts.slice(0, -1)) {
    const next = here.folders.get(part) ?? branch();
    here.folders.set(part, next);
    here = next;
  }
  here.files.push({ name: parts.at(-1) ?? file.path, file });
}

function rowsOf({ folders, files }: Branch, path: string, depth: number): TreeRow[] {
  return [
    ...files.map(({ name, file }): TreeRow => ({ kind: "file", depth, name, file })),
    ...[...folders].flatMap(([name, below]) => folderRows(name, below, `${path}/${name}`, depth)),
  ];
}

/** A folder that holds nothing but one folder is one line with it. */
function folderRows(name: string, below: Branch, path: string, depth: number): TreeRow[] {
  const [only] = below.folders;
  if (only !== undefined && below.folders.size === 1 && below.files.length === 0) {
    return folderRows(`${name}/${only[0]}`, only[1], `${path}/${only[0]}`, depth);
  }
  return [{ kind: "folder", depth, name, path }, ...rowsOf(below, path, depth + 1)];
}

/** What was found in a file: how much, and the worst of it. */
export interface FoundInFile {
  count: number;
  worst: Severity;
}

const rank: Record<Severity, number> = { error: 0, warning: 1, info: 2 };

/** What was found, by the path of the file in which it lies. */
export function foundByFile(findings: readonly Finding[]): Map<string, FoundInFile> {
  const found = new Map<string, FoundInFile>();
  for (const { place, severity } of findings) {
    if (place === null) continue;
    const before = found.get(place.file);
    const worst = before === undefined || rank[severity] < rank[before.worst] ? severity : before.worst;
    found.set(place.file, { count: (before?.count ?? 0) + 1, worst });
  }
  return found;
}
