/** The key that logs in on every device. It is kept in the cache, because the VM's image is built with it. */
import { existsSync } from "node:fs";
import { copyFile, readFile } from "node:fs/promises";
import { makeKey } from "./device-files.ts";
import { cacheFolder } from "./names.ts";

async function cachedKey(): Promise<string> {
  const path = cacheFolder("client_key");
  if (!existsSync(`${path}.pub`)) await makeKey(path, "bayplan-lab");
  return path;
}

export async function clientPublicKey(): Promise<string> {
  return readFile(`${await cachedKey()}.pub`, "utf8");
}

export async function copyClientKey(to: string): Promise<void> {
  const path = await cachedKey();
  await copyFile(`${path}.pub`, `${to}.pub`);
  // Copied with its mode: an OpenSSH client refuses a key that others may read.
  await copyFile(path, to);
}
