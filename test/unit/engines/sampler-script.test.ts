import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseHeader, parseReply, type RawReading } from "../../../src/main/engines/sampling/parse-reply.ts";
import { samplerScript } from "../../../src/main/engines/sampling/sampler-script.ts";

const shells = [["/bin/dash"], ["/usr/bin/busybox", "sh"], ["/bin/busybox", "sh"], ["/bin/bash", "--posix"]].filter(
  ([program]) => program !== undefined && existsSync(program),
);

const id = (digit: string): string => digit.repeat(64);
const mib = 1024 * 1024;
let folder: string;

function put(path: string, text: string): void {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Runs the script against a tree of plain files in place of the kernel's. */
function sample(shell: readonly string[], mounts: string, input: string): { version: 1 | 2; readings: RawReading[] } {
  put("mounts", mounts);
  const [program = "", ...args] = shell;
  const script = samplerScript
    .replace("/proc/mounts", join(folder, "mounts"))
    .replace("proc=/proc", `proc=${join(folder, "proc")}`);
  const output = execFileSync(program, [...args, "-c", script], { input, encoding: "utf8" });
  const [header = "", ...lines] = output.trimEnd().split("\n");
  const { cgroupVersion } = parseHeader(header);
  const readings: RawReading[] = [];
  let current: string[] = [];
  for (const line of lines) {
    if (/^e \d+$/.test(line)) {
      readings.push(parseReply(current, cgroupVersion));
      current = [];
    } else current.push(line);
  }
  expect(current).toEqual([]);
  return { version: cgroupVersion, readings };
}

function v1Mounts(): string {
  const line = (name: string, controllers: string): string =>
    `cgroup ${folder}/v1/${name} cgroup rw,${controllers} 0 0`;
  return `${line("memory", "relatime,memory")}\n${line("acct", "cpu,cpuacct")}\ncgroup2 ${folder}/none cgroup2 rw 0 0\n`;
}

function v1Container(path: string, values: { rss: number; total: number; quota: string; limit: string }): void {
  const stat = `cache 300\nrss ${values.rss}\nrss_huge 0\nshmem 100\nhierarchical_memory_limit 1\ntotal_cache 3000\ntotal_rss ${values.total}\ntotal_rss_huge 0\ntotal_shmem 1000\n`;
  put(`v1/memory/${path}/memory.stat`, stat);
  put(`v1/memory/${path}/memory.limit_in_bytes`, `${values.limit}\n`);
  put(`v1/memory/${path}/memory.kmem.usage_in_bytes`, "50\n");
  put(`v1/acct/${path}/cpuacct.usage`, "1500000000\n");
  put(`v1/acct/${path}/cpu.cfs_quota_us`, `${values.quota}\n`);
  put(`v1/acct/${path}/cpu.cfs_period_us`, "100000\n");
}

/** A process that may be asked for its share, and one that may not: as for another user's. */
function processes(): void {
  const rollup = (anon: number): string =>
    `00-ff ---p 00000000 00:00 0 [rollup]\nRss: 9000 kB\nPss: 5000 kB\nPss_Dirty: 1 kB\nPss_Anon: ${anon} kB\nPss_File: 300 kB\nPss_Shmem: 40 kB\nShared_Clean: 7 kB\nPss_Anon: 99999 kB\n`;
  put("proc/11/smaps_rollup", rollup(1000));
  put("proc/12/smaps_rollup", rollup(2000));
  // Before Linux 5.4: the sum alone.
  put("proc/13/smaps_rollup", "00-ff ---p 00000000 00:00 0 [rollup]\nRss: 90 kB\nPss: 50 kB\nShared_Clean: 7 kB\n");
  put("proc/14/statm", "5000 25 10 1 0 20 0\n");
}

function v2Container(path: string): void {
  put(`v2/${path}/cpu.stat`, "usage_usec 2500000\nuser_usec 1\n");
  put(`v2/${path}/cpu.max`, "50000 100000\n");
  put(`v2/${path}/memory.max`, "max\n");
  const tail = "slab_reclaimable 400\nslab_unreclaimable 100\nslab 500\npgfault 12\n";
  put(`v2/${path}/memory.stat`, `anon 1000\nfile 5000\nkernel 700\nkernel_stack 10\nsock 8\nshmem 200\n${tail}`);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bayplan-sampler-"));
  v1Container(`docker/${id("a")}`, { rss: 2000, total: 2000, quota: "-1", limit: "9223372036854771712" });
  v1Container(`plant/line/${id("b")}`, { rss: 7, total: 9000, quota: "25000", limit: String(64 * mib) });
  mkdirSync(join(folder, `v1/memory/plant/line/${id("b")}/system.slice`));
  v1Container(`docker/${id("c")}`, { rss: 1, total: 1, quota: "-1", limit: "1" });
  put(`v1/acct/machine.slice/libpod-${id("d")}.scope/cpuacct.usage`, "1\n");
  mkdirSync(join(folder, `v1/memory/machine.slice/libpod-${id("d")}.scope`), { recursive: true });
  v2Container(`system.slice/docker-${id("a")}.scope`);
  v2Container(`user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${id("b")}.scope`);
  put("v2/system.slice/ssh.service/cpu.stat", "usage_usec 1\n");
  processes();
  // As with cgroup_disable=memory: CPU is counted, memory is not.
  put(`off2/docker-${id("a")}.scope/cpu.stat`, "usage_usec 2500000\n");
  put(`off2/docker-${id("a")}.scope/cpu.max`, "max 100000\n");
  put(`off2/docker-${id("a")}.scope/cgroup.procs`, "11\n13\n14\n15\n");
  put(`off2/docker-${id("a")}.scope/init/cgroup.procs`, "12\n");
  put(`off2/docker-${id("b")}.scope/cpu.stat`, "usage_usec 1\n");
  put(`off2/docker-${id("b")}.scope/cgroup.procs`, "");
  put(`off1/docker/${id("a")}/cpuacct.usage`, "1500000000\n");
  put(`off1/docker/${id("a")}/cpu.cfs_quota_us`, "-1\n");
  put(`off1/docker/${id("a")}/cpu.cfs_period_us`, "100000\n");
  put(`off1/docker/${id("a")}/cgroup.procs`, "11\n12\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

describe.each(shells)("the sampler in %s %s", (...shell) => {
  const used = shell.filter((word) => word !== undefined);

  it("reads the containers that it is told to read from cgroup v1, at any depth", () => {
    const input = `1 ${id("a")} ${id("b")} ${id("d")} ${id("e")}\n2\n`;
    const { version, readings } = sample(used, v1Mounts(), input);
    expect(version).toBe(1);
    expect(readings.map((reading) => reading.tick)).toEqual([1, 2]);
    for (const reading of readings) {
      expect([...reading.containers.keys()].sort()).toEqual([id("a"), id("b"), id("d")]);
      expect(reading.containers.get(id("a"))).toEqual({
        cpuSeconds: 1.5,
        cpuLimitCores: null,
        memory: { anonBytes: 2000, shmemBytes: 100, kernelBytes: 50, fileBytes: 300 },
        memorySource: "cgroup",
        memoryLimitBytes: null,
      });
      // It has a child: then the sums with all children are read.
      expect(reading.containers.get(id("b"))).toEqual({
        cpuSeconds: 1.5,
        cpuLimitCores: 0.25,
        memory: { anonBytes: 9000, shmemBytes: 1000, kernelBytes: 50, fileBytes: 3000 },
        memorySource: "cgroup",
        memoryLimitBytes: 64 * mib,
      });
      expect(reading.containers.get(id("d"))).toEqual({
        cpuSeconds: 1e-9,
        cpuLimitCores: null,
        memory: null,
        memorySource: "cgroup",
        memoryLimitBytes: null,
      });
    }
  });

  it("reads cgroup v2, systemd's and Podman's scopes", () => {
    const mounts = `cgroup2 ${folder}/v2 cgroup2 rw,nsdelegate 0 0\n`;
    const { version, readings } = sample(used, mounts, `7 ${id("a")} ${id("b")}\n`);
    expect(version).toBe(2);
    expect([...(readings[0]?.containers.keys() ?? [])].sort()).toEqual([id("a"), id("b")]);
    expect(readings[0]?.containers.get(id("b"))).toEqual({
      cpuSeconds: 2.5,
      cpuLimitCores: 0.5,
      memory: { anonBytes: 1000, shmemBytes: 200, kernelBytes: 308, fileBytes: 5000 },
      memorySource: "cgroup",
      memoryLimitBytes: null,
    });
  });

  it("repeats limits in between and reads them anew in every tenth reading", () => {
    // The file is changed by the reading before: the script's own input is a pipe that it reads line by line.
    const path = join(folder, `v1/memory/docker/${id("c")}/memory.limit_in_bytes`);
    writeFileSync(path, "1000\n");
    const [program = "", ...args] = used;
    put("mounts", v1Mounts());
    const script = samplerScript
      .replace("/proc/mounts", join(folder, "mounts"))
      .replace("printf '%s%s\\ne %s\\n'", `[ $number = 2 ] && echo 2000 >${path}; printf '%s%s\\ne %s\\n'`);
    const input = [`1 ${id("c")}`, ...Array.from({ length: 11 }, (_, i) => String(i + 2))].join("\n");
    const output = execFileSync(program, [...args, "-c", script], { input: `${input}\n`, encoding: "utf8" });
    const limits = [...output.matchAll(/memory\.limit_in_bytes=(\d+)/g)].map((match) => Number(match[1]));
    expect(limits).toEqual([...Array.from({ length: 10 }, () => 1000), 2000, 2000]);
    writeFileSync(path, "1\n");
  });

  it("asks the processes where the kernel counts no memory for cgroups, and says so", () => {
    // In pages: those of this machine, as the script reads them.
    const page = Number(execFileSync("getconf", ["PAGESIZE"], { encoding: "utf8" }));
    const v2 = sample(used, `cgroup2 ${folder}/off2 cgroup2 rw 0 0\n`, `1 ${id("a")} ${id("b")}\n2\n`);
    for (const { containers } of v2.readings) {
      expect(containers.get(id("a"))).toEqual({
        cpuSeconds: 2.5,
        cpuLimitCores: null,
        memory: {
          anonBytes: (1000 + 2000 + 50) * 1024 + 25 * page,
          shmemBytes: 80 * 1024,
          kernelBytes: 0,
          fileBytes: (600 + 80) * 1024,
        },
        memorySource: "rss",
        memoryLimitBytes: null,
      });
      expect(containers.get(id("b"))).toMatchObject({ memory: { anonBytes: 0 }, memorySource: "rss" });
    }
    const v1 = sample(used, `cgroup ${folder}/off1 cgroup rw,cpu,cpuacct 0 0\n`, `1 ${id("a")}\n`);
    expect(v1.version).toBe(1);
    expect(v1.readings[0]?.containers.get(id("a"))).toMatchObject({
      cpuSeconds: 1.5,
      memory: { anonBytes: 3000 * 1024, shmemBytes: 80 * 1024 },
      memorySource: "rss",
      memoryLimitBytes: null,
    });
  });

  it("reads the device itself, and changes its list when told", () => {
    const { readings } = sample(used, v1Mounts(), `1 -\n2 ${id("a")}\n3\n4 -\n`);
    expect(readings.map((reading) => reading.containers.size)).toEqual([0, 1, 1, 0]);
    const [first] = readings;
    expect(first?.memoryTotalBytes).toBeGreaterThan(first?.memoryAvailableBytes ?? Number.POSITIVE_INFINITY);
    expect(first?.memoryAvailableBytes).toBeGreaterThan(0);
    expect(first?.totalJiffies).toBeGreaterThan(first?.busyJiffies ?? Number.POSITIVE_INFINITY);
    expect(first?.busyJiffies).toBeGreaterThan(0);
    expect(first?.uptimeSeconds).toBeGreaterThan(0);
  });

  it("reads many containers, each once and in the order of the tree", () => {
    const many = Array.from({ length: 19 }, (_, at) => String(at + 10).padStart(64, "f"));
    for (const one of many) put(`many/docker-${one}.scope/cpu.stat`, "usage_usec 1\n");
    const { readings } = sample(used, `cgroup2 ${folder}/many cgroup2 rw 0 0\n`, `1 ${many.join(" ")}\n2\n`);
    for (const { containers } of readings) expect([...containers.keys()]).toEqual(many);
  });

  it("works where no cgroups are mounted", () => {
    const { readings } = sample(used, "proc /proc proc rw 0 0\n", `1 ${id("a")}\n`);
    expect(readings[0]?.containers.size).toBe(0);
  });
});
