import { join } from "node:path";
import type { CgroupMounts } from "./mounts.ts";

/** The folders of one cgroup: one per controller on v1, the same one for all on v2. */
export interface GroupPaths {
  version: 1 | 2;
  /** As the kernel and an engine's CgroupParent name it: `/bayplan-…/broker`. */
  name: string;
  memory: string;
  cpu: string;
  cpuacct: string;
  cpuset: string | null;
}

/** Where the cgroup `name` (`/a/b`) lies. Throws a RangeError when a controller that every envelope needs is missing. */
export function groupPaths(mounts: CgroupMounts, name: string): GroupPaths {
  const folder = (controller: string) => {
    const mount = mounts.controllers.get(controller);
    return mount === undefined ? null : join(mount, name);
  };
  const memory = folder("memory");
  const cpu = folder("cpu");
  const cpuacct = mounts.version === 2 ? cpu : folder("cpuacct");
  if (memory === null || cpu === null || cpuacct === null) {
    throw new RangeError("The memory, cpu or cpuacct controller is not mounted.");
  }
  return { version: mounts.version, name, memory, cpu, cpuacct, cpuset: folder("cpuset") };
}
