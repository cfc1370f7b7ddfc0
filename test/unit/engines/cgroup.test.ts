import { describe, expect, it } from "vitest";
import {
  cacheBytes,
  countedMemoryBytes,
  parseCounter,
  parseCpuacctUsageV1,
  parseCpuStatV1,
  parseCpuStatV2,
  parseLimitV1,
  parseLimitV2,
  parseMemoryEventsV2,
  parseMemoryStatV1,
  parseMemoryStatV2,
  parseOomControlV1,
  parseQuotaCoresV1,
  parseQuotaCoresV2,
} from "../../../src/main/engines/index.ts";

const statV1 = `cache 9641984
rss 7671808
shmem 9109504
hierarchical_memory_limit 9223372036854771712
total_cache 760979456
total_rss 215625728
total_rss_huge 2097152
total_shmem 9281536
total_inactive_anon 207765504
`;

const statV2 = `anon 4202496
file 12500992
kernel 1310720
kernel_stack 49152
pagetables 90112
sec_pagetables 0
percpu 720
sock 4096
vmalloc 0
shmem 8192
slab_reclaimable 655360
slab_unreclaimable 131072
slab 786432
`;

describe("memory", () => {
  it("of v1 is split with its children, and kernel memory comes beside it", () => {
    const split = parseMemoryStatV1(statV1, 5_000_000);
    expect(split).toEqual({
      anonBytes: 215_625_728,
      shmemBytes: 9_281_536,
      kernelBytes: 5_000_000,
      fileBytes: 760_979_456,
    });
    expect(countedMemoryBytes(split)).toBe(215_625_728 + 9_281_536 + 5_000_000);
    expect(cacheBytes(split)).toBe(760_979_456 - 9_281_536);
    expect(parseMemoryStatV1(statV1, null).kernelBytes).toBe(0);
  });

  it("of v2 counts kernel memory without what can be reclaimed, and socket buffers", () => {
    const split = parseMemoryStatV2(statV2);
    expect(split).toEqual({
      anonBytes: 4_202_496,
      shmemBytes: 8192,
      kernelBytes: 1_310_720 - 655_360 + 4096,
      fileBytes: 12_500_992,
    });
  });

  it("of v2 on a kernel without the sum is added up from its parts", () => {
    const old = statV2.replace(/^kernel .*\n/m, "");
    expect(parseMemoryStatV2(old).kernelBytes).toBe(49_152 + 90_112 + 720 + 131_072 + 4096);
  });

  it("never has less cache than none", () => {
    expect(cacheBytes({ anonBytes: 1, shmemBytes: 9, kernelBytes: 0, fileBytes: 5 })).toBe(0);
  });

  it("is an error when a figure is missing or is none, never a zero", () => {
    expect(() => parseMemoryStatV1(statV1.replace(/^total_shmem.*\n/m, ""), 0)).toThrow("total_shmem");
    expect(() => parseMemoryStatV1(statV1.replace("215625728", "-1"), 0)).toThrow();
    expect(() => parseMemoryStatV2("anon\n")).toThrow();
    expect(() => parseMemoryStatV2("")).toThrow("anon");
    for (const bad of ["", "1.5", "0x10", "max", "12 13", "-1"]) expect(() => parseCounter(bad, "x")).toThrow();
  });

  it("limits: the words for none", () => {
    expect(parseLimitV1("9223372036854771712\n")).toBeNull();
    expect(parseLimitV1("67108864\n")).toBe(67_108_864);
    expect(parseLimitV2("max\n")).toBeNull();
    expect(parseLimitV2("67108864\n")).toBe(67_108_864);
    expect(() => parseLimitV2("none")).toThrow();
  });

  it("kills", () => {
    expect(parseOomControlV1("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n")).toBe(3);
    expect(parseOomControlV1("oom_kill_disable 0\nunder_oom 0\n")).toBeNull();
    const events = "low 0\nhigh 0\nmax 27\noom 2\noom_kill 1\noom_group_kill 0\n";
    expect(parseMemoryEventsV2(events)).toEqual({ oomKills: 1, oom: 2, max: 27 });
  });
});

describe("cpu", () => {
  it("time comes in seconds, from nanoseconds and microseconds", () => {
    expect(parseCpuacctUsageV1("1234567890\n")).toBeCloseTo(1.23456789, 9);
    const v2 = "usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n";
    expect(parseCpuStatV2(v2)).toEqual({ cpuSeconds: 2.5, throttling: null });
    expect(parseCpuStatV2(`${v2}nr_periods 10\nnr_throttled 4\nthrottled_usec 1500000\n`).throttling).toEqual({
      periods: 10,
      throttledPeriods: 4,
      throttledSeconds: 1.5,
    });
    expect(parseCpuStatV1("nr_periods 7\nnr_throttled 2\nthrottled_time 250000000\nnr_bursts 0\n")).toEqual({
      periods: 7,
      throttledPeriods: 2,
      throttledSeconds: 0.25,
    });
  });

  it("quotas are cores, and none is null", () => {
    expect(parseQuotaCoresV1("2500", "10000\n")).toBe(0.25);
    expect(parseQuotaCoresV1("-1\n", "100000\n")).toBeNull();
    expect(parseQuotaCoresV2("150000 100000\n")).toBe(1.5);
    expect(parseQuotaCoresV2("max 100000\n")).toBeNull();
    for (const bad of ["", "1", "a b", "1 0", "1 2 3"]) expect(() => parseQuotaCoresV2(bad)).toThrow();
  });
});
