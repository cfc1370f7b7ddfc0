/**
 * Images without a registry: made from Debian packages, kept as `docker save` tars in the cache, so that an image has the
 * same id in every engine it is loaded into.
 */
import { existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docker, imageIsPresent } from "./docker.ts";
import { cacheFolder, LOCAL_ENGINE_SOCKET, OWNER_LABEL } from "./names.ts";
import { run, tryRun } from "./run.ts";

export const BUSYBOX_IMAGE = "bayplan-lab/busybox:1";
export const GATEWAY_IMAGE = "bayplan-lab/gateway:1";
/** Further names of the gateway image, as the sample stacks write them. */
export const GATEWAY_ALIASES = ["bayplan/gateway-base:1"] as const;
export const SAMPLE_BASE_IMAGE = GATEWAY_ALIASES[0];

const GATEWAY_PACKAGES = [
  "mosquitto",
  "mosquitto-clients",
  "redis-server",
  "python3",
  "python3-paho-mqtt",
  "sqlite3",
  "stress-ng",
  "curl",
  "procps",
];

const BUSYBOX_APPLETS =
  "sh ash cat echo sleep ls ps top kill true false test [ printf date seq head tail grep sed awk cut tr wc sort uniq " +
  "find xargs env id hostname uname nc wget httpd ping ip ifconfig mkdir rm cp mv ln touch chmod chown dd df du free " +
  "vi less tar gzip gunzip md5sum sha256sum stat sync usleep timeout yes nproc uptime mount umount sysctl";

interface ImageRecipe {
  reference: string;
  aliases: readonly string[];
  /** Raise it when the content changes, so that an old cached tar is not used. */
  edition: number;
  fill: (root: string) => Promise<void>;
}

async function fillBusybox(root: string): Promise<void> {
  for (const folder of ["bin", "etc", "tmp", "proc", "sys", "dev", "root", "var"]) await mkdir(join(root, folder));
  await chmod(join(root, "tmp"), 0o1777);
  await cp("/bin/busybox", join(root, "bin/busybox"));
  await chmod(join(root, "bin/busybox"), 0o755);
  for (const applet of BUSYBOX_APPLETS.split(" ")) await symlink("busybox", join(root, "bin", applet));
  await writeFile(
    join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
  );
  await writeFile(join(root, "etc/group"), "root:x:0:\nnogroup:x:65534:\n");
}

/** The Debian mirror this machine itself installs from. */
export async function debianMirror(): Promise<{ mirror: string; suite: string }> {
  const targets = await run(["apt-get", "indextargets", "--format", "$(SITE) $(RELEASE) $(ORIGIN)"]);
  const osRelease = await readFile("/etc/os-release", "utf8");
  const suite = /^VERSION_CODENAME=(\w+)/m.exec(osRelease)?.[1] ?? "bookworm";
  const line = targets.split("\n").find((row) => row.split(" ")[1] === suite && row.endsWith(" Debian"));
  const mirror = line?.split(" ")[0];
  if (mirror === undefined) throw new Error(`No Debian mirror for ${suite} is configured in apt on this machine.`);
  return { mirror, suite };
}

async function fillGateway(root: string): Promise<void> {
  const { mirror, suite } = await debianMirror();
  await run(["debootstrap", "--variant=minbase", suite, root, mirror]);
  await cp("/etc/resolv.conf", join(root, "etc/resolv.conf")).catch(() => undefined);
  await writeFile(join(root, "usr/sbin/policy-rc.d"), "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...GATEWAY_PACKAGES];
  await run(["chroot", root, ...install], { env: { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" } });
  await run(["chroot", root, "python3", "-c", "import sqlite3, paho.mqtt.client"]);
  await tryRun(["chroot", root, "apt-get", "clean"]);
  const unneeded = ["var/lib/apt/lists", "var/cache/apt", "var/cache/debconf", "usr/share/doc", "usr/share/man"];
  unneeded.push("usr/share/info", "usr/share/locale", "usr/share/lintian", "var/log", "usr/sbin/policy-rc.d");
  for (const path of unneeded) await rm(join(root, path), { recursive: true, force: true });
  for (const path of ["var/lib/apt/lists", "var/cache/apt", "var/log"])
    await mkdir(join(root, path), { recursive: true });
  await rm(join(root, "etc/machine-id"), { force: true });
}

const RECIPES: readonly ImageRecipe[] = [
  { reference: BUSYBOX_IMAGE, aliases: [], edition: 1, fill: fillBusybox },
  { reference: GATEWAY_IMAGE, aliases: GATEWAY_ALIASES, edition: 1, fill: fillGateway },
];

function savedTar(recipe: ImageRecipe): string {
  const short = recipe.reference.replaceAll("/", "-").replaceAll(":", "-");
  return cacheFolder("images", `${short}-edition${recipe.edition}.tar`);
}

/** Makes the image in an engine and keeps it as a tar. */
async function build(socket: string, recipe: ImageRecipe): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "bayplan-lab-image-"));
  const kept = savedTar(recipe);
  try {
    await chmod(root, 0o755);
    await recipe.fill(root);
    const raw = `${kept}.raw`;
    await run(["tar", "-C", root, "--numeric-owner", "-cf", raw, "."]);
    const path = "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    const labels = `LABEL ${OWNER_LABEL}=image`;
    await docker(socket, ["import", "-c", path, "-c", labels, "-c", 'CMD ["/bin/sh"]', raw, recipe.reference]);
    await rm(raw);
    for (const alias of recipe.aliases) await docker(socket, ["tag", recipe.reference, alias]);
    const part = `${kept}.part`;
    await docker(socket, ["save", "-o", part, recipe.reference, ...recipe.aliases]);
    await rename(part, kept);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Puts the lab's images into an engine, building those that are not cached yet. Instant when they are there. */
export async function ensureImages(socket: string = LOCAL_ENGINE_SOCKET): Promise<void> {
  await mkdir(cacheFolder("images"), { recursive: true });
  for (const recipe of RECIPES) {
    const present = await Promise.all(
      [recipe.reference, ...recipe.aliases].map((name) => imageIsPresent(socket, name)),
    );
    if (existsSync(savedTar(recipe))) {
      if (!present.every(Boolean)) await docker(socket, ["load", "-q", "-i", savedTar(recipe)]);
    } else {
      await build(socket, recipe);
    }
  }
}

/** The cached tars, in the order of loading; they exist once `ensureImages` has run somewhere. */
export function savedImages(): string[] {
  return RECIPES.map(savedTar);
}
