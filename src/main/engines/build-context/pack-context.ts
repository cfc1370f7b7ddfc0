import { createReadStream, type Stats } from "node:fs";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { AppError } from "../../../shared/domain/index.ts";
import { IgnoreRules } from "./ignore-rules.ts";
import { type TarEntry, tarEnd, tarHeader, tarPadding } from "./tar-header.ts";

/** The name, in the context, of a Dockerfile that is written into the stack. */
export const inlineDockerfileName = ".bayplan.Dockerfile";

/**
 * A folder as the tar stream that a build wants, less what its `.dockerignore` leaves out; the Dockerfile and the
 * `.dockerignore` themselves always travel. Names are sorted, so the same folder gives the same bytes. The stream fails
 * with `bad-input` when a file cannot be read or changes its size meanwhile. A Dockerfile that is no file of the folder is added
 * under a name of its own. Throws `bad-input` without a context.
 */
export async function packContext(
  folder: string,
  dockerfile: string,
  inlineDockerfile: string | null = null,
): Promise<Readable> {
  const rules = await readRules(folder);
  const always = new Set([".dockerignore", dockerfile.replace(/^(\.\/)+/, "")]);
  return Readable.from(pack(folder, rules, always, inlineDockerfile), { objectMode: false });
}

async function readRules(folder: string): Promise<IgnoreRules> {
  if (!(await isFolder(folder))) {
    throw new AppError("bad-input", `The build context ${folder} is not a folder.`, {
      hint: "Correct build.context in the stack's file; it is relative to that file.",
    });
  }
  try {
    return new IgnoreRules(await readFile(join(folder, ".dockerignore"), "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return new IgnoreRules("");
    throw unreadable(join(folder, ".dockerignore"), error);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(join(path, "."))).isDirectory();
  } catch {
    // Whatever stands in the way, it cannot be read as a folder.
    return false;
  }
}

async function* pack(
  root: string,
  rules: IgnoreRules,
  always: ReadonlySet<string>,
  inlineDockerfile: string | null,
): AsyncGenerator<Buffer, void, void> {
  for await (const path of walk(root, "", rules, always)) {
    const full = join(root, path);
    const entry = await entryOf(full, path);
    if (entry === null) continue;
    yield tarHeader(entry);
    if (entry.kind === "file") yield* body(full, entry.sizeBytes);
  }
  if (inlineDockerfile !== null) {
    const text = Buffer.from(inlineDockerfile);
    const common = { mode: 0o644, modifiedAtMs: 0, linkTarget: "" };
    yield tarHeader({ ...common, path: inlineDockerfileName, kind: "file", sizeBytes: text.length });
    yield Buffer.concat([text, tarPadding(text.length)]);
  }
  yield tarEnd();
}

async function* walk(
  root: string,
  folder: string,
  rules: IgnoreRules,
  always: ReadonlySet<string>,
): AsyncGenerator<string, void, void> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    throw unreadable(join(root, folder), error);
  });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    const wanted = always.has(path) || !rules.ignores(path);
    if (wanted) yield path;
    if (!entry.isDirectory()) continue;
    const mayHoldWanted = wanted || rules.hasExceptions || [...always].some((kept) => kept.startsWith(`${path}/`));
    if (mayHoldWanted) yield* walk(root, path, rules, always);
  }
}

/** Null for what has no place in a context: sockets, pipes, devices. */
async function entryOf(full: string, path: string): Promise<TarEntry | null> {
  let stats: Stats;
  let linkTarget = "";
  try {
    stats = await lstat(full);
    if (stats.isSymbolicLink()) linkTarget = await readlink(full);
  } catch (error) {
    throw unreadable(full, error);
  }
  const common = { path, mode: stats.mode, modifiedAtMs: stats.mtimeMs, linkTarget };
  if (stats.isSymbolicLink()) return { ...common, kind: "symlink", sizeBytes: 0 };
  if (stats.isDirectory()) return { ...common, path: `${path}/`, kind: "folder", sizeBytes: 0 };
  if (stats.isFile()) return { ...common, kind: "file", sizeBytes: stats.size };
  return null;
}

async function* body(full: string, sizeBytes: number): AsyncGenerator<Buffer, void, void> {
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(full)) {
      if (!Buffer.isBuffer(chunk)) continue;
      bytes += chunk.length;
      if (bytes > sizeBytes) break;
      yield chunk;
    }
  } catch (error) {
    throw unreadable(full, error);
  }
  if (bytes !== sizeBytes) throw new AppError("bad-input", `${full} changed while it was sent to the engine.`);
  yield tarPadding(sizeBytes);
}

function unreadable(path: string, cause: unknown): AppError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
  return new AppError("bad-input", `${path} cannot be read for the build (${code}).`, {
    hint: "Correct its permissions, or leave it out with a line in .dockerignore.",
    cause,
  });
}
