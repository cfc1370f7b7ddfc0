import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { narrowCpuList, parseCpuList } from "../../../src/main/profiling/envelope/cpuset.ts";
import { groupPaths } from "../../../src/main/profiling/envelope/group-paths.ts";
import { type CgroupMounts, parseCgroupMounts } from "../../../src/main/profiling/envelope/mounts.ts";
import { envelopeName, envelopeOwner } from "../../../src/main/profiling/envelope/name.ts";
import { writeLimits } from "../../../src/main/profiling/envelope/write-group.ts";
import { currentOwner, isOwnerAlive } from "../../../src/main/store/index.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "bayplan-cgroup-"));
  folders.push(made);
  return made;
}

const v1 = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw`;
const v2 = "30 23 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";

describe("cgroup mounts", () => {
  it("of a hybrid machine are v1, with every hierarchy for cleaning", () => {
    const mounts = parseCgroupMounts(v1, () => "");
    expect(mounts?.version).toBe(1);
    expect(mounts?.controllers.get("cpuacct")).toBe("/sys/fs/cgroup/cpu,cpuacct");
    expect(mounts?.all).toHaveLength(4);
    expect(mounts && groupPaths(mounts, "/a/b")).toEqual({
      version: 1,
      name: "/a/b",
      memory: "/sys/fs/cgroup/memory/a/b",
      cpu: "/sys/fs/cgroup/cpu,cpuacct/a/b",
      cpuacct: "/sys/fs/cgroup/cpu,cpuacct/a/b",
      cpuset: null,
    });
  });

  it("of a v2 machine are one tree; without the memory controller there is nothing to measure", () => {
    const mounts = parseCgroupMounts(v2, () => "cpuset cpu io memory pids\n");
    expect(mounts?.version).toBe(2);
    expect(mounts && groupPaths(mounts, "/a").cpuacct).toBe("/sys/fs/cgroup/a");
    expect(parseCgroupMounts(v2, () => "cpuset cpu\n")).toBeNull();
    expect(parseCgroupMounts("", () => "")).toBeNull();
  });
});

describe("the name of an envelope", () => {
  it("says who made it", () => {
    const owner = envelopeOwner(envelopeName("20261122-101010-abc-t0"));
    expect(owner).toEqual(currentOwner());
    expect(owner && isOwnerAlive(owner)).toBe(true);
    const dead = envelopeOwner(`bayplan-x.${process.pid}.1`);
    expect(dead && isOwnerAlive(dead)).toBe(false);
  });

  it("is not taken for one when it is something else", () => {
    for (const name of ["bayplan-lab", "docker", "bayplan-a.b", "bayplan-.1.2", "bayplan-x.1.2.3", "xbayplan-x.1.2"]) {
      expect(envelopeOwner(name), name).toBeNull();
    }
  });
});

describe("CPU lists", () => {
  it("are read and narrowed to the last ones", () => {
    expect(parseCpuList("0-2,8\n")).toEqual([0, 1, 2, 8]);
    expect(narrowCpuList("0-3", 2)).toBe("2,3");
    expect(narrowCpuList("0-1", 4)).toBe("0,1");
    expect(() => parseCpuList("")).toThrow(RangeError);
  });
});

describe("limits on cgroup v2", () => {
  const limits = { memoryBytes: 4096, cpuQuotaCores: 0.5, cpuPeriodUs: 10_000, cpuset: "2,3", swapBytes: 0 };

  it("are written in its words", () => {
    const root = folder();
    const mounts: CgroupMounts = {
      version: 2,
      controllers: new Map(["memory", "cpu", "cpuset"].map((name) => [name, root])),
      all: [root],
    };
    mkdirSync(join(root, "e"));
    writeFileSync(join(root, "e", "memory.swap.max"), "max");
    const missing: string[] = [];
    writeLimits(groupPaths(mounts, "/e"), limits, missing);
    const read = (file: string) => readFileSync(join(root, "e", file), "utf8");
    expect([read("memory.max"), read("memory.swap.max"), read("cpu.max"), read("cpuset.cpus")]).toEqual([
      "4096",
      "0",
      "5000 10000",
      "2,3",
    ]);
    expect(missing).toEqual([]);
  });

  it("name what the kernel has no file for", () => {
    const root = folder();
    const mounts: CgroupMounts = {
      version: 2,
      controllers: new Map(["memory", "cpu", "cpuset"].map((name) => [name, root])),
      all: [root],
    };
    mkdirSync(join(root, "e"));
    const missing: string[] = [];
    writeLimits(groupPaths(mounts, "/e"), limits, missing);
    expect(missing).toEqual(["swap limit: this kernel has no swap controller"]);
  });
});
