import { createHash, type Hash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { lstat, readdir, readlink, realpath, stat } from "node:fs/promises";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { AppError, type Mount, type Service, type Stack } from "../../../shared/domain/index.ts";

/** More files than this are no configuration, and are better off in an image. */
const filesMax = 20_000;

/** A file, a folder or a link of the project that a container sees through a bind. */
export interface ProjectFile {
  /** From the project's folder, with `/`; empty for that folder itself. */
  path: string;
  /** Where it is on this machine. */
  source: string;
  kind: "file" | "folder" | "symlink";
  /** Permission bits. */
  mode: number;
  sizeBytes: number;
  modifiedAtMs: number;
  linkTarget: string;
  /** SHA-256 of its content; of a link, of its target; empty for a folder. */
  digest: string;
}

export interface ProjectBind {
  service: Service;
  mount: Mount;
  /** From the project's folder. */
  path: string;
}

export interface SortedBinds {
  /** Of files and folders of the project. */
  inside: ProjectBind[];
  /** Of other places of the machine: the device's own. */
  outside: { service: Service; mount: Mount; source: string }[];
}

/** Tells the binds of a stack apart: the folder of its file is the project. */
export function sortBinds(stack: Stack): SortedBinds {
  const root = dirname(stack.file);
  const sorted: SortedBinds = { inside: [], outside: [] };
  for (const service of stack.services) {
    for (const mount of service.mounts) {
      if (mount.kind !== "bind" || mount.source === null) continue;
      const path = pathInside(root, mount.source);
      if (path === null) sorted.outside.push({ service, mount, source: mount.source });
      else sorted.inside.push({ service, mount, path });
    }
  }
  return sorted;
}

/** The path from a folder, with `/`; null for one that is not in it. */
function pathInside(root: string, path: string): string | null {
  const way = relative(root, path);
  const isOutside = way === ".." || way.startsWith(`..${sep}`) || resolve(way) === way;
  return isOutside ? null : way.split(sep).join("/");
}

/**
 * Everything below the binds of a project, each once, sorted, folders before what is in them. What is not there yet is left out: the
 * engine makes a folder. `skipped`: sockets, pipes and device nodes, which cannot be copied.
 * @throws AppError `bad-input` for a link that leaves the project, a name with a line break, what cannot be read, and too many files.
 */
export async function readProjectFiles(
  stack: Stack,
  binds: readonly ProjectBind[],
): Promise<{ files: ProjectFile[]; skipped: string[] }> {
  const root = dirname(stack.file);
  const reader = new ProjectReader(root, await realpath(root));
  for (const { path } of binds) await reader.readBind(path);
  const files = [...reader.files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files, skipped: reader.skipped };
}

class ProjectReader {
  readonly files = new Map<string, ProjectFile>();
  readonly skipped: string[] = [];
  readonly #root: string;
  readonly #realRoot: string;

  constructor(root: string, realRoot: string) {
    this.#root = root;
    this.#realRoot = realRoot;
  }

  /** A bind follows a link to what it means, as the engine would. */
  async readBind(path: string): Promise<void> {
    const full = join(this.#root, path);
    const real = await realpath(full).catch((error: unknown) => {
      if (codeOf(error) === "ENOENT") return null;
      throw unreadable(full, error);
    });
    if (real === null) return;
    if (pathInside(this.#realRoot, real) === null) throw leaves(full, real);
    await this.#read(path, full, await stat(full));
  }

  async #read(path: string, full: string, stats: Stats): Promise<void> {
    if (this.files.has(path)) return;
    if (/[\n\r]/.test(path)) throw new AppError("bad-input", `${JSON.stringify(full)} has a line break in its name.`);
    const common = { path, source: full, mode: stats.mode & 0o7777, modifiedAtMs: stats.mtimeMs, linkTarget: "" };
    if (stats.isDirectory()) {
      this.#add({ ...common, kind: "folder", sizeBytes: 0, digest: "" });
      const names = await readdir(full).catch((error: unknown) => {
        throw unreadable(full, error);
      });
      for (const name of names) {
        const below = join(full, name);
        await this.#read(posix.join(path, name), below, await lstat(below));
      }
    } else if (stats.isSymbolicLink()) {
      const linkTarget = await readlink(full);
      const meant = resolve(dirname(full), linkTarget);
      if (resolve(linkTarget) === linkTarget || pathInside(this.#root, meant) === null) throw leaves(full, linkTarget);
      const digest = createHash("sha256").update(linkTarget).digest("hex");
      this.#add({ ...common, kind: "symlink", sizeBytes: 0, linkTarget, digest });
    } else if (stats.isFile()) {
      this.#add({ ...common, kind: "file", sizeBytes: stats.size, digest: await digestOf(full) });
    } else {
      this.skipped.push(full);
    }
  }

  #add(file: ProjectFile): void {
    this.files.set(file.path, file);
    if (this.files.size <= filesMax) return;
    throw new AppError("bad-input", `The binds of the stack hold more than ${filesMax} files.`, {
      hint: "Build them into the image, or bind a folder that has only what the device needs.",
    });
  }
}

async function digestOf(path: string): Promise<string> {
  const hash: Hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch (error) {
    throw unreadable(path, error);
  }
  return hash.digest("hex");
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

function unreadable(path: string, cause: unknown): AppError {
  return new AppError("bad-input", `${path} cannot be read to copy it to the device (${codeOf(cause)}).`, {
    hint: "Correct its permissions, or bind a folder without it.",
    cause,
  });
}

function leaves(path: string, target: string): AppError {
  return new AppError("bad-input", `The link ${path} leads out of the project, to ${target}, and is not copied.`, {
    hint: "Put what it means into the folder of the stack, or make it a relative link to a place in there.",
  });
}
