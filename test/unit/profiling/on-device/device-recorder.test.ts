import { describe, expect, it } from "vitest";
import type { DeviceCounters } from "../../../../src/main/engines/index.ts";
import { BusyThreads } from "../../../../src/main/profiling/on-device/busy-threads.ts";
import { DeviceRecorder } from "../../../../src/main/profiling/on-device/device-recorder.ts";
import { type ContainerFacts, parseFacts } from "../../../../src/main/profiling/on-device/run-facts.ts";
import type { StackEvent } from "../../../../src/main/stacks/index.ts";
import { plainOptions, type RunEvent, type RunSample, type Service } from "../../../../src/shared/domain/index.ts";

const mib = 1024 * 1024;
const [first, second] = ["a".repeat(64), "b".repeat(64)];

function broker(memoryBytes: number | null): Service {
  return {
    name: "broker",
    place: { file: "/f", line: 1, column: 1 },
    image: "x",
    build: null,
    command: null,
    entrypoint: null,
    environment: {},
    labels: {},
    ports: [],
    mounts: [],
    networks: [],
    dependsOn: [],
    healthcheck: null,
    restart: { policy: "always", maximumRetries: null },
    options: plainOptions,
    files: [],
    limits: { memoryBytes, memoryReservationBytes: null, cpuCores: null, pids: null },
    containerName: null,
    hostName: null,
    user: null,
    workingFolder: null,
    readOnly: false,
    init: false,
    stopSignal: null,
    stopGraceMs: null,
    batch: false,
    load: false,
  };
}

function facts(change: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    memoryKernelPeakBytes: null,
    throttledSeconds: null,
    oomKills: 0,
    swapBytes: null,
    threads: new Map(),
    ...change,
  };
}

function started(id: string, kind: "started" | "restarted" = "started"): StackEvent {
  return { atMs: 0, kind, phase: null, service: "broker", containerId: id, exitCode: null, text: kind };
}

/** A reading with CPU seconds and MiB of each container; the device has been busy for half of two CPUs. */
function counters(at: number, containers: Record<string, [seconds: number, memory: number]>): DeviceCounters {
  return {
    reading: {
      tick: at,
      uptimeSeconds: at,
      memoryTotalBytes: 512 * mib,
      memoryAvailableBytes: 256 * mib,
      totalJiffies: at * 200,
      busyJiffies: at * 100,
      containers: new Map(
        Object.entries(containers).map(([id, [cpuSeconds, memory]]) => [
          id,
          {
            cpuSeconds,
            cpuLimitCores: null,
            memory: { anonBytes: memory * mib, shmemBytes: 0, kernelBytes: 0, fileBytes: 3 * mib },
            memorySource: "cgroup",
            memoryLimitBytes: null,
          },
        ]),
      ),
    },
    containerIds: Object.keys(containers),
    cpus: 2,
    atMs: at * 1000,
    arrivedAtMs: at * 1000,
  };
}

function recorded(limits: { memoryBytes: number | null } = { memoryBytes: null }) {
  const samples: RunSample[] = [];
  const events: RunEvent[] = [];
  const recorder = new DeviceRecorder(
    { onSamples: (more) => samples.push(...more), onEvents: (more) => events.push(...more), onPhase: () => undefined },
    [broker(limits.memoryBytes)],
  );
  return { recorder, samples, events };
}

describe("a reading of a device", () => {
  it("is a sample of the stack's own containers, with what the device did besides", () => {
    const { recorder, samples } = recorded();
    recorder.onStackEvent(started(first));
    recorder.onCounters(counters(0, {}));
    recorder.onCounters(counters(1, { [first]: [0.25, 20], [second]: [9, 90] }));
    expect(samples.at(-1)).toMatchObject({
      memoryBytes: 20 * mib,
      cacheBytes: 3 * mib,
      cpuSeconds: 0.25,
      services: { broker: { memoryBytes: 20 * mib, cpuSeconds: 0.25 } },
      // One of the two cores was busy, a quarter of a core of that ours.
      otherHostCores: 0.75,
    });
    expect(recorder.cpus).toBe(2);
  });

  it("keeps the CPU time of a container that has ended, and adds that of the one in its place", () => {
    const { recorder, samples } = recorded();
    recorder.onStackEvent(started(first));
    recorder.onCounters(counters(1, { [first]: [2, 20] }));
    recorder.onStackEvent(started(second, "restarted"));
    recorder.onCounters(counters(2, { [second]: [0.5, 10] }));
    expect(samples.at(-1)).toMatchObject({ cpuSeconds: 2.5, memoryBytes: 10 * mib });
    expect(recorder.ups.restarts("broker")).toBe(1);
  });

  it("goes on from what a container had used when it is started again", () => {
    const { recorder, samples } = recorded();
    recorder.onStackEvent(started(first));
    for (const seconds of [2, 0.1, 0.4]) recorder.onCounters(counters(1, { [first]: [seconds, 20] }));
    expect(samples.at(-1)?.cpuSeconds).toBeCloseTo(2.4, 9);
  });

  it("gives seconds that were not read to no window", () => {
    const { recorder } = recorded();
    recorder.onStackEvent(started(first));
    recorder.onCounters(counters(1, { [first]: [1, 20] }));
    recorder.onGap();
    recorder.onCounters(counters(60, { [first]: [40, 20] }));
    expect(recorder.fold.windows.reduce((sum, { hostCores }) => sum + (hostCores ?? 0), 0)).toBe(0);
    expect(recorder.cpuSecondsOf("broker")).toBe(40);
  });
});

describe("a kill on a device", () => {
  it("is at the budget, or at the service's own limit, and counts once however it is heard of", () => {
    for (const [memoryBytes, at] of [
      [null, "envelope"],
      [64 * mib, "own-limit"],
    ] as const) {
      const { recorder, events } = recorded({ memoryBytes });
      recorder.onStackEvent(started(first));
      recorder.onFacts(new Map([[first, facts({ oomKills: 1 })]]), 0);
      recorder.onFacts(new Map([[first, facts({ oomKills: 1 })]]), 1000);
      expect(recorder.oomKills).toMatchObject([{ service: "broker", at }]);
      expect(events.filter(({ kind }) => kind === "oom-kill")).toHaveLength(1);
    }
  });
});

describe("what a device says once a second", () => {
  it("is read by cgroup version, threads included", () => {
    const lines = [`k ${first} 1048576 2500000 1 -`, `x ${first} 12 3000000 mosq uitto`, `k ${second} - - - 4096`];
    expect(parseFacts(lines, 2)).toEqual(
      new Map([
        [
          first,
          facts({
            memoryKernelPeakBytes: mib,
            throttledSeconds: 2.5,
            oomKills: 1,
            threads: new Map([[12, { name: "mosq uitto", cpuMs: 3 }]]),
          }),
        ],
        [second, facts({ oomKills: null, swapBytes: 4096 })],
      ]),
    );
    expect(parseFacts(lines, 1).get(first)?.throttledSeconds).toBeCloseTo(0.0025, 9);
    expect(parseFacts([""], 2).size).toBe(0);
    expect(() => parseFacts(["k zz 1 2 3 4"], 2)).toThrow(expect.objectContaining({ code: "engine-failed" }));
  });

  it("names the busiest thread of the time between", () => {
    const threads = new BusyThreads();
    const read = (atMs: number, ...times: number[]) =>
      threads.take(
        new Map([[first, facts({ threads: new Map(times.map((cpuMs, tid) => [tid, { name: `t${tid}`, cpuMs }])) })]]),
        atMs,
      );
    expect(read(0, 500, 100)).toBeNull();
    expect(read(1000, 600, 900)).toEqual({ containerId: first, name: "t1", cores: 0.8 });
    threads.forget();
    expect(read(2000, 700, 1900)).toBeNull();
  });
});
