/**
 * The data folder of a device's engine starts as a copy of a prepared one that holds the lab's images already. Image layers
 * are never written to again, so they are hard links and cost neither time nor disk; small databases are real copies.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { docker, engineAnswers } from "./docker.ts";
import { savedImages } from "./images.ts";
import { cacheFolder } from "./names.ts";
import { endProcess, identify, isAlive } from "./processes.ts";
import { run, spawnDetached, waitFor } from "./run.ts";

async function seedEdition(): Promise<string> {
  const hash = createHash("sha256");
  for (const tar of savedImages()) hash.update(`${basename(tar)} ${(await stat(tar)).mtimeMs}\n`);
  return hash.digest("hex").slice(0, 16);
}

async function makeSeed(folder: string): Promise<void> {
  const socket = `${folder}.sock`;
  const pidfile = `${folder}.pid`;
  // In namespaces of its own: neither its network rules nor its mounts are seen by this machine.
  const inside = [
    "mount --make-rprivate /",
    "mount -t proc proc /proc",
    "mount -t tmpfs tmpfs /run",
    `exec dockerd --data-root ${folder} --exec-root /run/docker -p ${pidfile} -H unix://${socket} --bridge=none --iptables=false`,
  ];
  const argv = ["unshare", "-n", "-m", "-p", "-f", "--kill-child", "sh", "-c", inside.join("\n")];
  const id = identify(spawnDetached(argv, `${folder}.log`));
  try {
    await waitFor("the engine that prepares images", 60_000, async () => {
      if (existsSync(socket) && (await engineAnswers(socket))) return true;
      if (!isAlive(id)) throw new Error(`The engine that prepares images ended at once; see ${folder}.log.`);
      return undefined;
    });
    for (const tar of savedImages()) await docker(socket, ["load", "-q", "-i", tar]);
    // A polite stop, so that its databases are complete on disk.
    const inner = (await run(["pgrep", "-P", String(id.pid)])).trim();
    await endProcess(identify(Number(inner)), 20_000);
    await waitFor("the engine that prepares images to end", 10_000, () => (isAlive(id) ? undefined : true));
  } finally {
    await endProcess(id);
    for (const path of [socket, pidfile]) await rm(path, { force: true });
  }
  for (const path of ["containers", "network", "containerd", "tmp", "runtimes", "swarm", "plugins", "buildkit"]) {
    await rm(join(folder, path), { recursive: true, force: true });
  }
  await rm(join(folder, "engine-id"), { force: true });
}

/** The folder of the prepared data root; made once per set of cached images. */
export async function ensureSeed(): Promise<string> {
  const folder = cacheFolder("seed");
  const editionPath = cacheFolder("seed.edition");
  const edition = await seedEdition();
  const kept = await readFile(editionPath, "utf8").catch(() => "");
  if (kept === edition && existsSync(join(folder, "overlay2"))) return folder;
  await rm(folder, { recursive: true, force: true });
  const part = `${folder}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { recursive: true });
  await makeSeed(part);
  await rename(part, folder);
  await writeFile(editionPath, edition);
  return folder;
}

/** Makes the data root of one device's engine. */
export async function plantSeed(seed: string, dataRoot: string): Promise<void> {
  await rm(dataRoot, { recursive: true, force: true });
  await mkdir(dataRoot, { recursive: true, mode: 0o710 });
  for (const name of await readdir(seed)) {
    const how = name === "overlay2" ? ["cp", "-al"] : ["cp", "-a"];
    await run([...how, join(seed, name), `${dataRoot}/`]);
  }
}
