import { randomUUID } from "node:crypto";
import { appendFile, mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError, type ImportedRuns } from "../../shared/domain/index.ts";
import { archiveLimits, importRuns, type RunStore } from "../store/index.ts";

/** How long a file may wait for its next part. */
const staleMs = 3_600_000;
const mostUploads = 8;

/**
 * Takes a part of a file of runs that a face has; with the last one its runs are taken in. What was begun and never ended goes with a later one.
 * @throws AppError `not-found` for no such upload, `bad-input` for too much, and what importing throws.
 */
export async function importPart(
  { dataFolder, store }: { dataFolder: string; store: RunStore },
  { upload, base64, last }: { upload: string | null; base64: string; last: boolean },
): Promise<{ upload: string; done: ImportedRuns | null }> {
  const folder = join(dataFolder, "uploads");
  if (upload === null) await makeRoom(folder);
  const id = upload ?? randomUUID();
  const file = join(folder, `${id}.bayplan`);
  const before = upload === null ? 0 : await sizeOf(file);
  const bytes = Buffer.from(base64, "base64");
  if (before + bytes.length > archiveLimits.fileBytes) {
    await rm(file, { force: true });
    throw new AppError("bad-input", "This file is larger than 256 MiB.", {
      hint: "Import it on the command line of the machine that it is on, or export fewer runs.",
    });
  }
  await appendFile(file, bytes, { mode: 0o600 });
  if (!last) return { upload: id, done: null };
  try {
    return { upload: id, done: await importRuns(store, file) };
  } finally {
    await rm(file, { force: true });
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    throw new AppError("not-found", "This upload is not here any more.", { hint: "Choose the file again." });
  }
}

async function makeRoom(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), atMs: (await stat(join(folder, name))).mtimeMs })),
  );
  const oldest = files.sort((a, b) => b.atMs - a.atMs);
  for (const [at, { path, atMs }] of oldest.entries()) {
    if (at >= mostUploads - 1 || Date.now() - atMs > staleMs) await rm(path, { force: true });
  }
}
