import { expect, test } from "vitest";
import type { DeviceCounters } from "../../lab/cgroups.ts";
import { CpuClock, meminfoText } from "../../lab/live-files.ts";

const MIB = 1024 * 1024;
const host = { btime: "1700000000", ctxt: "1", processes: "2" };
const halfCore = { memoryBytes: 512 * MIB, cpuCores: 0.5, cores: 1 };

function counters(given: Partial<DeviceCounters>): DeviceCounters {
  return { memoryUsedBytes: 0, pageCacheBytes: 0, anonymousBytes: 0, userNs: 0, systemNs: 0, ...given };
}

function kibOf(text: string, row: string): number {
  return Number(new RegExp(`^${row}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]);
}

function columns(text: string, name: string): number[] {
  const line = text.split("\n").find((one) => one.split(" ")[0] === name) ?? "";
  return line.trim().split(/\s+/).slice(1).map(Number);
}

test("the memory that can be had again is the free memory and the page cache", () => {
  const text = meminfoText(halfCore, counters({ memoryUsedBytes: 200 * MIB, pageCacheBytes: 80 * MIB }));
  expect(kibOf(text, "MemTotal")).toBe(512 * 1024);
  expect(kibOf(text, "MemFree")).toBe(312 * 1024);
  expect(kibOf(text, "MemAvailable")).toBe(392 * 1024);
});

test("a counter above the cap does not make free memory negative", () => {
  expect(kibOf(meminfoText(halfCore, counters({ memoryUsedBytes: 600 * MIB })), "MemFree")).toBe(0);
});

test("half a core under full load is a core that is fully busy", () => {
  const clock = new CpuClock(halfCore);
  const [before, after] = [0, 1000].map((ms) =>
    columns(clock.text(ms, counters({ userNs: ms * 500_000 }), host), "cpu"),
  );
  expect(after?.[0]).toBe((before?.[0] ?? 0) + 50);
  expect(after?.[3]).toBe(before?.[3]);
});

test("idle time does not shrink after a burst", () => {
  const clock = new CpuClock(halfCore);
  clock.text(0, counters({}), host);
  const quiet = columns(clock.text(1000, counters({}), host), "cpu");
  const burst = columns(clock.text(2000, counters({ userNs: 2_000_000_000 }), host), "cpu");
  expect(quiet[3]).toBe(50);
  expect(burst[3]).toBe(50);
});

test("every core has a line of its own", () => {
  const text = new CpuClock({ ...halfCore, cpuCores: 1.5, cores: 2 }).text(0, counters({ userNs: 1e9 }), host);
  expect(columns(text, "cpu")[0]).toBe(100);
  expect(columns(text, "cpu0")[0]).toBe(50);
  expect(columns(text, "cpu1")[0]).toBe(50);
  expect(columns(text, "cpu2")).toEqual([]);
});
