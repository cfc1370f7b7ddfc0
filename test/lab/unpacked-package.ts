/** A Debian package that is unpacked and not installed: one with a daemon would start it on this machine. */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./names.ts";
import { run, tryRun } from "./run.ts";

/** The folder with the package's files, downloaded once and kept in the cache. */
export async function unpackedPackage(name: string): Promise<string> {
  const folder = cacheFolder("packages", name);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder("packages"), { recursive: true });
  const work = await mkdtemp(cacheFolder("packages", "part-"));
  try {
    const download = ["sh", "-c", 'cd "$1" && exec apt-get download "$2"', "sh", work, name];
    if ((await tryRun(download)).code !== 0) {
      await run(["apt-get", "update"]);
      await run(download);
    }
    const file = (await readdir(work)).find((entry) => entry.endsWith(".deb"));
    if (file === undefined) throw new Error(`apt-get downloaded no package ${name}.`);
    await run(["dpkg", "-x", join(work, file), join(work, "files")]);
    await rename(join(work, "files"), folder);
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
