import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where this machine's cgroup controllers are mounted. */
export interface CgroupMounts {
  version: 1 | 2;
  /** The mount of each v1 controller (`memory`, `cpu`, `cpuacct`, …), or of each v2 controller: then all the same. */
  controllers: ReadonlyMap<string, string>;
  /** Every mounted hierarchy, named and v2 ones too: an engine makes its groups in all of them. */
  all: readonly string[];
}

/**
 * Reads the cgroup mounts from `/proc/self/mountinfo` (proc(5)). A hybrid machine counts as v1: its controllers are
 * there, its v2 tree is empty. Null where no memory controller is mounted.
 */
export function parseCgroupMounts(mountInfo: string, v2Controllers: (mount: string) => string): CgroupMounts | null {
  const controllers = new Map<string, string>();
  const all: string[] = [];
  let unified: string | null = null;
  for (const line of mountInfo.split("\n")) {
    const [before, after] = line.split(" - ");
    const mount = before?.split(" ")[4]?.replaceAll("\\040", " ");
    const [type, , options] = after?.split(" ") ?? [];
    if (mount === undefined || (type !== "cgroup" && type !== "cgroup2")) continue;
    if (!all.includes(mount)) all.push(mount);
    if (type === "cgroup2") unified = mount;
    else for (const option of options?.split(",") ?? []) controllers.set(option, mount);
  }
  if (controllers.has("memory")) return { version: 1, controllers, all };
  if (unified === null) return null;
  const names = v2Controllers(unified)
    .split(/\s+/)
    .filter((name) => name !== "");
  if (!names.includes("memory")) return null;
  const root = unified;
  return { version: 2, controllers: new Map(names.map((name) => [name, root])), all: [unified] };
}

/** The cgroup mounts of this machine; null where there are none (another system, a container without them). */
export function readCgroupMounts(): CgroupMounts | null {
  try {
    return parseCgroupMounts(readFileSync("/proc/self/mountinfo", "utf8"), (mount) =>
      readFileSync(join(mount, "cgroup.controllers"), "utf8"),
    );
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
