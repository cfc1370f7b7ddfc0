import { describe, expect, it } from "vitest";
import { SampleRing } from "../../../../src/main/devices/fleet/sample-ring.ts";
import { SamplePace } from "../../../../src/main/devices/fleet/sample-window.ts";
import { type DeviceSample, deviceIdSchema } from "../../../../src/shared/domain/index.ts";

function sample(atMs: number, cpu: number | null, containers = 1): DeviceSample {
  return {
    deviceId: deviceIdSchema.parse("d-000000000001"),
    atMs,
    memoryUsedBytes: atMs,
    memoryTotalBytes: 1e9,
    cpuCoresUsed: cpu,
    cpuCores: 4,
    containers: Array.from({ length: containers }, (_, index) => ({
      containerId: String(index),
      memoryBytes: atMs,
      cacheBytes: 0,
      memoryLimitBytes: null,
      cpuCores: cpu,
      cpuLimitCores: null,
    })),
  };
}

describe("the pace of a reader", () => {
  it("gives a slow one the newest sample with the mean of the CPU since its last", () => {
    const pace = new SamplePace(1_000);
    const got = Array.from({ length: 21 }, (_, i) => pace.take(sample(i * 100, i === 0 ? null : i % 10), i * 100));
    const given = got.filter((one) => one !== null);
    expect(given.map((one) => one.atMs)).toEqual([0, 900, 1900]);
    expect(given.map((one) => one.cpuCoresUsed)).toEqual([null, 5, 4.5]);
    expect(given[2]?.containers[0]).toMatchObject({ memoryBytes: 1900, cpuCores: 4.5 });
  });

  it("gives a reader at the device's own pace every sample, early ones too", () => {
    const pace = new SamplePace(1_000);
    const times = [0, 990, 2_010, 2_995, 4_000];
    expect(times.map((atMs) => pace.take(sample(atMs, 1), atMs)?.atMs)).toEqual(times);
  });
});

describe("the recent past", () => {
  it("is bounded by count, and by what it takes when there are many containers", () => {
    const few = new SampleRing();
    for (let at = 0; at < 1_000; at += 1) few.push(sample(at, 1));
    expect(few.since(0)).toHaveLength(300);
    expect(few.since(990).map((one) => one.atMs)).toEqual([990, 991, 992, 993, 994, 995, 996, 997, 998, 999]);
    const many = new SampleRing();
    for (let at = 0; at < 300; at += 1) many.push(sample(at, 1, 500));
    expect(many.since(0).length).toBeLessThan(60);
    expect(many.since(0).at(-1)?.atMs).toBe(299);
  });
});
