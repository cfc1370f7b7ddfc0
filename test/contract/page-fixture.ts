import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder with the shape of a built page, and how to remove it. */
export interface PageFixture {
  folder: string;
  remove(): Promise<void>;
}

/** Writes a small built page, with a file beside its folder that must never be served. */
export async function pageFixture(): Promise<PageFixture> {
  const root = await mkdtemp(join(tmpdir(), "bayplan-page-"));
  const folder = join(root, "renderer");
  await mkdir(join(folder, "assets"), { recursive: true });
  await writeFile(
    join(folder, "index.html"),
    '<!doctype html><title>Bayplan</title><script src="/assets/index-Ab3dE6gH.js"></script>',
  );
  await writeFile(join(folder, "assets", "index-Ab3dE6gH.js"), "document.title = 'ran';");
  await writeFile(join(folder, "favicon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>");
  await writeFile(join(root, "secret.txt"), "not for the page");
  return { folder, remove: () => rm(root, { recursive: true, force: true }) };
}
