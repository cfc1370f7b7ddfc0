import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/** A folder that looks like the built package: `out`, `resources` and `package.json`. */
export interface AppFolder {
  folder: string;
  entry: string;
}

/** The build that ships. BAYPLAN_BUILT names another folder that has an `out`. Throws when nothing was built. */
export function builtApp(): AppFolder {
  const folder = process.env.BAYPLAN_BUILT ?? repository;
  const app = { folder, entry: join(folder, "out", "main", "index.js") };
  for (const file of [
    app.entry,
    join(folder, "out", "preload", "index.cjs"),
    join(folder, "out", "renderer", "index.html"),
  ])
    if (!existsSync(file)) throw new Error(`${file} is missing: run npm run build first.`);
  return app;
}

export interface Mutation {
  /** A file of the build, from `out` on; a folder means every script in it, since the build chooses what is in which chunk. */
  file: string;
  /** Must change something: a fault that finds nothing to change proves nothing, and throws. */
  change(text: string): string;
}

/** A copy of the build with one fault in it, inside the checkout so that it finds its packages. */
export async function faultyCopy(app: AppFolder, mutations: readonly Mutation[]): Promise<AppFolder> {
  const parent = join(repository, "test-results");
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, "faulty-app-"));
  await cp(join(app.folder, "out"), join(folder, "out"), { recursive: true });
  for (const shared of ["resources", "package.json"]) await symlink(join(repository, shared), join(folder, shared));
  let changed = 0;
  for (const { file, change } of mutations) {
    for (const path of await scriptsAt(join(folder, "out", file))) {
      const before = await readFile(path, "utf8");
      const after = change(before);
      if (after !== before) changed += 1;
      await writeFile(path, after);
    }
  }
  if (changed === 0) throw new Error("The fault was not planted: the build has other text than the suite expects.");
  return { folder, entry: join(folder, "out", "main", "index.js") };
}

async function scriptsAt(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.name.endsWith(".js")).map((entry) => join(entry.parentPath, entry.name));
}

export async function removeCopy(app: AppFolder): Promise<void> {
  await rm(app.folder, { recursive: true, force: true });
}
