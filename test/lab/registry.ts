/** A real image registry on the loopback address, which lets nobody in without an account. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docker, tryDocker } from "./docker.ts";
import { BUSYBOX_IMAGE } from "./images.ts";
import { LOCAL_ENGINE_SOCKET } from "./names.ts";
import { waitFor } from "./run.ts";
import { unpackedPackage } from "./unpacked-package.ts";

/** Of no account anywhere but here. The line is what `htpasswd -nbB` makes of the two. */
export const REGISTRY_ACCOUNT = { username: "carrier", password: "sea salt: 7" };
const passwordLine = "carrier:$2b$04$6cTd16UnqYb.gC/LEa5Sr.jwTD3NkeJ9Psv/sk/rnz8iAfQ3Aomb6\n";

export interface LabRegistry {
  /** `127.0.0.1:PORT`, as it begins a reference. */
  host: string;
  /** A file with the account, as `docker login` writes it, in a folder for DOCKER_CONFIG. */
  configFolder: string;
  /** Puts an image of the local engine there under this name, and takes the name from the engine again. */
  push(name: string, from?: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startRegistry(): Promise<LabRegistry> {
  const program = join(await unpackedPackage("docker-registry"), "usr/bin/docker-registry");
  const folder = await mkdtemp(join(tmpdir(), "bayplan-registry-"));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  await writeFile(join(folder, "htpasswd"), passwordLine);
  await writeFile(
    join(folder, "config.yml"),
    `version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: ${join(folder, "data")}}}
http: {addr: "${host}"}
auth: {htpasswd: {realm: lab, path: ${join(folder, "htpasswd")}}}
`,
  );
  const configFolder = join(folder, "docker");
  await mkdir(configFolder);
  const auth = Buffer.from(`${REGISTRY_ACCOUNT.username}:${REGISTRY_ACCOUNT.password}`).toString("base64");
  await writeFile(join(configFolder, "config.json"), JSON.stringify({ auths: { [host]: { auth } } }));
  const child = spawn(program, ["serve", join(folder, "config.yml")], { stdio: "ignore" });
  const stop = async (): Promise<void> => {
    await ended(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitFor("the registry", 10_000, async () => {
      if (child.exitCode !== null) throw new Error(`The registry ended at once with ${child.exitCode}.`);
      const answer = await fetch(`http://${host}/v2/`).catch(() => null);
      return answer?.status === 401 ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host,
    configFolder,
    async push(name, from = BUSYBOX_IMAGE) {
      const reference = `${host}/${name}`;
      await docker(LOCAL_ENGINE_SOCKET, ["tag", from, reference]);
      try {
        await docker(LOCAL_ENGINE_SOCKET, ["push", "-q", reference], { env: { DOCKER_CONFIG: configFolder } });
      } finally {
        await tryDocker(LOCAL_ENGINE_SOCKET, ["rmi", reference]);
      }
      return reference;
    },
    stop,
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}
