import { describe, expect, it } from "vitest";
import { parseHeader, parseReply, type RawReading } from "../../../src/main/engines/sampling/parse-reply.ts";
import { ReadingDiffer } from "../../../src/main/engines/sampling/reading-differ.ts";

const web = "a".repeat(64);

function reading(values: { uptime: number; busy: number; total: number; cpu: number | null }): RawReading {
  const memory = { anonBytes: 100, shmemBytes: 10, kernelBytes: 5, fileBytes: 50 };
  const container = {
    cpuSeconds: values.cpu,
    cpuLimitCores: 0.5,
    memory,
    memorySource: "cgroup" as const,
    memoryLimitBytes: 1000,
  };
  return {
    tick: 1,
    uptimeSeconds: values.uptime,
    memoryTotalBytes: 4000,
    memoryAvailableBytes: 1000,
    totalJiffies: values.total,
    busyJiffies: values.busy,
    containers: new Map([[web, container]]),
  };
}

describe("ReadingDiffer", () => {
  it("gives CPU as what was used since the reading before, by the device's own clock", () => {
    const differ = new ReadingDiffer(4);
    const first = differ.take(reading({ uptime: 100, busy: 1000, total: 4000, cpu: 10 }), [web], 1, 0);
    expect(first).toEqual({
      atMs: 1,
      memoryUsedBytes: 3000,
      memoryTotalBytes: 4000,
      cpuCoresUsed: null,
      cpuCores: 4,
      containers: [
        {
          containerId: web,
          memoryBytes: 115,
          cacheBytes: 40,
          memoryLimitBytes: 1000,
          cpuCores: null,
          cpuLimitCores: 0.5,
        },
      ],
    });
    // It arrived late: 3 s after the other, but 2 s were measured.
    const second = differ.take(reading({ uptime: 102, busy: 1200, total: 4800, cpu: 11 }), [web], 2, 3000);
    expect(second.cpuCoresUsed).toBe(1);
    expect(second.containers[0]?.cpuCores).toBe(0.5);
  });

  it("takes the time of arrival when readings come faster than the device's clock is exact", () => {
    const differ = new ReadingDiffer(1);
    differ.take(reading({ uptime: 100, busy: 0, total: 10, cpu: 1 }), [web], 1, 0);
    const next = differ.take(reading({ uptime: 100.02, busy: 1, total: 12, cpu: 1.005 }), [web], 2, 25);
    expect(next.containers[0]?.cpuCores).toBeCloseTo(0.2, 9);
  });

  it("measures the device's own CPU over about a second, however often it is read", () => {
    const differ = new ReadingDiffer(2);
    // Brought up to date in every fifth reading only, as some kernels do.
    const cores = Array.from({ length: 16 }, (_, i) => {
      const seconds = Math.floor(i / 5);
      const values = { uptime: 100 + i / 5, busy: seconds * 50, total: seconds * 200, cpu: 1 };
      return differ.take(reading(values), [web], i, i * 200).cpuCoresUsed;
    });
    expect(cores.slice(0, 5)).toEqual([null, null, null, null, null]);
    expect(cores.slice(5)).toEqual(cores.slice(5).map(() => 0.5));
  });

  it("says null, not zero or less, for a restarted container, an unread one and one that was not found", () => {
    const differ = new ReadingDiffer(1);
    const gone = "b".repeat(64);
    differ.take(reading({ uptime: 100, busy: 5, total: 10, cpu: 5 }), [web], 1, 0);
    const restarted = differ.take(reading({ uptime: 101, busy: 4, total: 110, cpu: 0.1 }), [web, gone], 2, 1000);
    expect(restarted.cpuCoresUsed).toBe(0);
    expect(restarted.containers.map((container) => container.cpuCores)).toEqual([null, null]);
    expect(restarted.containers[1]).toMatchObject({ containerId: gone, memoryBytes: null, memoryLimitBytes: null });
    const unread = differ.take(reading({ uptime: 102, busy: 4, total: 110, cpu: null }), [web], 3, 2000);
    expect([unread.cpuCoresUsed, unread.containers[0]?.cpuCores]).toEqual([null, null]);
  });
});

describe("the sampler's answers", () => {
  const good = ["t 1 12.50", "m 4000 1000", "c 10 0 5 80 1 0 0 0 0 0"];

  it("are read to the last figure", () => {
    expect(parseReply(good, 1)).toEqual({
      tick: 1,
      uptimeSeconds: 12.5,
      memoryTotalBytes: 4000 * 1024,
      memoryAvailableBytes: 1000 * 1024,
      totalJiffies: 96,
      busyJiffies: 15,
      containers: new Map(),
    });
    expect(parseHeader("h 2 4")).toEqual({ cgroupVersion: 2, cpus: 4 });
  });

  it.each([
    [["t 1 -", "m 4000 1000", "c 1 2 3 4"]],
    [["t 1 1.0", "m 4000 -", "c 1 2 3 4"]],
    [["t 1 1.0", "m 4000 1000", "c -"]],
    [["t 1 1.0", "m 4000 1000"]],
    [[]],
    [[...good, "Segmentation fault"]],
    [[...good, `k ${web} cpuacct.usage=abc`]],
    [[...good, `k ${web} cpuacct.usage=`]],
    [[...good, "k short cpuacct.usage=1"]],
    [[...good, `k ${web} total_rss=1`]],
    [[...good, `k ${web} cpuacct.usage=1`, `k ${web} cpuacct.usage=1`]],
  ])("are refused when they are not what they should be: %j", (lines) => {
    expect(() => parseReply(lines, 1)).toThrow();
  });

  it.each(["", "h 3 4", "h 1 0", "h 1 -", "bash: sh: not found"])("begin with a header: %j is none", (line) => {
    expect(() => parseHeader(line)).toThrow("sampler");
  });
});
