import { describe, expect, it } from "vitest";
import { attributeKill, type OomPlaces } from "../../../src/main/profiling/run/oom-watch.ts";
import { OwnThrottling } from "../../../src/main/profiling/run/own-throttling.ts";
import { UpTime } from "../../../src/main/profiling/run/up-time.ts";
import { waitUnless } from "../../../src/main/profiling/run/wait.ts";
import type { GroupReading } from "../../../src/main/profiling/sampling/group-reader.ts";
import { parseBusySeconds } from "../../../src/main/profiling/sampling/host-load.ts";
import { parseOomRecord } from "../../../src/main/profiling/sampling/kernel-log.ts";
import { SpikePeak } from "../../../src/main/profiling/sampling/spike-peak.ts";
import { parseBenchmark } from "../../../src/main/profiling/speed-score.ts";

const record =
  "6,455,1048125978,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=257c,mems_allowed=0,oom_memcg=/bayplan-r.1.2,task_memcg=/bayplan-r.1.2/eat/257c,task=py,thon 3,pid=18590,uid=0\n SUBSYSTEM=x\n";

describe("the kernel's log", () => {
  it("says whose limit was hit and who was killed", () => {
    expect(parseOomRecord(record)).toEqual({
      atGroup: "/bayplan-r.1.2",
      victimGroup: "/bayplan-r.1.2/eat/257c",
      process: "py,thon 3",
      pid: 18590,
    });
  });

  it("says when the machine itself was out of memory", () => {
    const global =
      "6,1,1,-;oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/docker/257c,task=x,pid=1,uid=0";
    expect(parseOomRecord(global)).toMatchObject({ atGroup: null, victimGroup: "/docker/257c" });
  });

  it("is nothing else", () => {
    expect(parseOomRecord("3,456,1,-;Memory cgroup out of memory: Killed process 1 (x)")).toBeNull();
    expect(parseOomRecord("4,1,1,-;[ 1 ] a user wrote oom-kill:constraint=,oom_memcg=/a,task_memcg=/b")).toBeNull();
  });
});

describe("an OOM kill", () => {
  const kill = (atGroup: string | null, victimGroup: string) => ({ atGroup, victimGroup, process: "x", pid: 1 });
  const inside: OomPlaces = { envelope: "/bayplan-r.1.2", containersOf: () => new Map(), services: ["eat", "idle"] };

  it("is the envelope's, the service's own or the machine's", () => {
    const victim = "/bayplan-r.1.2/eat/257c";
    expect(attributeKill(kill("/bayplan-r.1.2", victim), inside)).toMatchObject({ service: "eat", at: "envelope" });
    expect(attributeKill(kill(victim, victim), inside)).toMatchObject({ service: "eat", at: "own-limit" });
    expect(attributeKill(kill(null, victim), inside)).toMatchObject({ service: "eat", at: "machine" });
    expect(attributeKill(kill("/", victim), inside)).toMatchObject({ at: "machine" });
  });

  it("of somebody else is not ours", () => {
    expect(attributeKill(kill("/docker/1", "/docker/1"), inside)).toBeNull();
    expect(attributeKill(kill("/bayplan-r.1.23", "/bayplan-r.1.23/eat/1"), inside)).toBeNull();
  });

  it("without an envelope is found by the container", () => {
    const observed: OomPlaces = { envelope: null, containersOf: () => new Map([["eat", ["257c"]]]), services: ["eat"] };
    const group = "/system.slice/docker-257c.scope";
    expect(attributeKill(kill(group, group), observed)).toMatchObject({ service: "eat", at: "own-limit" });
    expect(attributeKill(kill(null, group), observed)).toMatchObject({ service: "eat", at: "machine" });
    expect(attributeKill(kill("/system.slice", "/system.slice/x"), observed)).toBeNull();
  });
});

describe("up time", () => {
  it("is the share of a span in which a service did not run", () => {
    const ups = new UpTime();
    ups.started("a", 0, false);
    ups.ended("a", 4000, 1);
    ups.started("a", 6000, true);
    expect(ups.downShare("a", 0, 10_000)).toBeCloseTo(0.2, 9);
    expect(ups.downShare("a", 4000, 6000)).toBe(1);
    expect(ups.downShare("a", 6000, 10_000)).toBe(0);
    expect(ups.downShare("never", 0, 1000)).toBe(1);
    expect([ups.restarts("a"), ups.isUp("a"), ups.lastExit("a")]).toEqual([1, true, 1]);
  });
});

describe("a service's own throttling", () => {
  it("goes on counting over its restarts", () => {
    const now = new Map([["c1", 1]]);
    const throttling = new OwnThrottling(["a"], () => now);
    expect(throttling.seconds("a")).toBeNull();
    throttling.poll();
    now.set("c1", 3);
    throttling.poll();
    now.delete("c1");
    now.set("c2", 0.5);
    throttling.poll();
    expect(throttling.seconds("a")).toBe(3.5);
    expect(throttling.seconds("b")).toBeNull();
  });
});

describe("a spike between readings", () => {
  const reading = (usagePeakBytes: number | null, cacheBytes: number): GroupReading => ({
    memoryBytes: 0,
    cacheBytes,
    cpuSeconds: 0,
    throttledSeconds: null,
    usagePeakBytes,
  });

  function peakOf(...readings: GroupReading[]): number | null {
    const spikes = new SpikePeak();
    for (const one of readings) spikes.add(one);
    return spikes.peakBytes;
  }

  it("is the kernel's peak less the largest cache around it, once the next reading is there", () => {
    const readings = [reading(500, 0), reading(100, 30), reading(110, 20), reading(60, 50)];
    expect(peakOf(...readings.slice(0, 2))).toBeNull();
    expect(peakOf(...readings.slice(0, 3))).toBe(70);
    expect(peakOf(...readings)).toBe(70);
    expect(peakOf(...readings, reading(60, 50))).toBe(70);
    expect(peakOf(reading(9, 5), reading(200, 5), reading(9, 5))).toBe(195);
  });

  it("is told one reading later, and only when the readings around it had less", () => {
    const spikes = new SpikePeak();
    const mib = 1024 * 1024;
    const add = (memory: number, peak: number) => spikes.add({ ...reading(peak * mib, 0), memoryBytes: memory * mib });
    expect([add(10, 10), add(10, 75), add(10, 10), add(70, 71), add(70, 70)]).toEqual([
      null,
      null,
      75 * mib,
      null,
      null,
    ]);
  });

  it("is none when the cache that the peak holds shows one reading late, or has gone at the next", () => {
    expect(peakOf(reading(15, 0), reading(63, 0), reading(64, 58), reading(64, 59))).toBe(5);
    expect(peakOf(reading(15, 0), reading(64, 60), reading(64, 2), reading(6, 2))).toBe(4);
  });
});

describe("/proc/stat", () => {
  it("gives busy time without idle, iowait and guest", () => {
    expect(parseBusySeconds("cpu  100 200 300 4000 5000 60 70 80 900 0\ncpu0 1\n")).toBe(8.1);
    expect(() => parseBusySeconds("intr 5\n")).toThrow(RangeError);
  });
});

describe("7-zip's benchmark", () => {
  it("is the rating at full use of the core", () => {
    expect(parseBenchmark("Avr:  1 2\nTot:              95   5952   5693\n")).toBe(5952);
    expect(() => parseBenchmark("Avr: 1 2\n")).toThrow(RangeError);
  });
});

describe("waiting", () => {
  it("ends with what it waits for, and with cancelled on abort", async () => {
    const abort = new AbortController();
    await waitUnless(60_000, abort.signal, Promise.resolve());
    const waiting = waitUnless(60_000, abort.signal, new Promise(() => undefined));
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
    await expect(waitUnless(1, abort.signal, Promise.reject(new Error("late")))).rejects.toMatchObject({
      code: "cancelled",
    });
  });
});
