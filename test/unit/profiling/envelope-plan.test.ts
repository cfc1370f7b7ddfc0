import { describe, expect, it } from "vitest";
import { ownCores } from "../../../src/main/profiling/envelope/own-cores.ts";
import { type EnvelopeHost, periodUsFor, planEnvelope } from "../../../src/main/profiling/envelope/plan.ts";
import { type Budget, plainOptions, type Service } from "../../../src/shared/domain/index.ts";

const gibibyte = 2 ** 30;
const host: EnvelopeHost = { cpus: 4, memoryBytes: 8 * gibibyte, singleCoreScore: 4000, scoreSource: "measured" };
const pi: Budget = {
  label: "pi",
  name: "Pi",
  kind: "model",
  memoryBytes: gibibyte + 1000,
  memorySource: "test",
  cpuCores: 3.5,
  cpuSource: "test",
  cpus: 4,
  storageBytes: null,
  platform: null,
  singleCoreScore: 1000,
  multiCoreScore: 3500,
  hasSwap: false,
};

function service(name: string, cpuCores: number | null): Service {
  return {
    name,
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
    restart: { policy: "no", maximumRetries: null },
    options: plainOptions,
    files: [],
    limits: { memoryBytes: 1000, memoryReservationBytes: null, cpuCores, pids: 10 },
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

describe("the plan of an envelope", () => {
  it("gives the quota of the multi-core score over one core here, whole pages of memory and no swap", () => {
    const plan = planEnvelope(pi, [], host);
    expect(plan.speedRatio).toBe(0.25);
    expect(plan.limits).toEqual({
      memoryBytes: gibibyte,
      cpuQuotaCores: 0.875,
      cpuPeriodUs: 10_000,
      cpuset: null,
      swapBytes: 0,
    });
    expect(plan.missing).toEqual([]);
  });

  it("uses short periods, 5 ms under a quarter core, but never a quota the kernel refuses", () => {
    expect([periodUsFor(1), periodUsFor(0.25), periodUsFor(0.2)]).toEqual([10_000, 10_000, 5_000]);
    expect(periodUsFor(0.05)).toBe(20_000);
  });

  it("translates a service's cpus from device cores and clamps them to the envelope, and says so", () => {
    const plan = planEnvelope(pi, [service("a", 2), service("b", 4), service("c", null)], host);
    expect(plan.services.get("a")).toMatchObject({
      cpuPeriodUs: 10_000,
      cpuQuotaUs: 5000,
      memoryBytes: 1000,
      pids: 10,
    });
    expect(plan.services.get("b")).toMatchObject({ cpuQuotaUs: 8750 });
    expect(plan.services.get("c")).toMatchObject({ cpuPeriodUs: null, cpuQuotaUs: null });
    expect(plan.missing).toEqual([
      "cpus of b: 4 device cores are 1.00 here, clamped to the 0.88 that the whole envelope has",
    ]);
  });

  it("takes cpu_quota and cpuset for device cores, as it does cpus", () => {
    const own = (cpuCores: number | null, options: Partial<Service["options"]>): Service => ({
      ...service("a", cpuCores),
      options: { ...plainOptions, ...options },
    });
    expect(ownCores(own(null, { cpuQuotaUs: 50_000 }))).toBe(0.5);
    expect(ownCores(own(null, { cpuQuotaUs: 50_000, cpuPeriodUs: 25_000 }))).toBe(2);
    expect(ownCores(own(null, { cpuset: "0-1,3,3" }))).toBe(3);
    expect(ownCores(own(2, { cpuset: "0" }))).toBe(1);
    expect(ownCores(own(0.5, { cpuset: "0", cpuQuotaUs: 70_000 }))).toBe(0.5);
    expect([ownCores(own(null, {})), ownCores(own(null, { cpuset: "one", cpuQuotaUs: -1 }))]).toEqual([null, null]);
    const plan = planEnvelope(
      pi,
      [own(null, { cpuQuotaUs: 200_000 }), { ...own(null, { cpuset: "0" }), name: "b" }],
      host,
    );
    expect(plan.services.get("a")).toMatchObject({ cpuPeriodUs: 10_000, cpuQuotaUs: 5000 });
    expect(plan.services.get("b")).toMatchObject({ cpuPeriodUs: 10_000, cpuQuotaUs: 2500 });
  });

  it("names what a host that is smaller than the device cannot give, and leaves it off", () => {
    const small = { ...host, cpus: 2, memoryBytes: gibibyte / 2, singleCoreScore: 1000 };
    const plan = planEnvelope(pi, [service("a", 3)], small);
    expect(plan.limits).toMatchObject({ memoryBytes: null, cpuQuotaCores: null, cpuPeriodUs: null, swapBytes: null });
    expect(plan.missing.map((text) => text.split(":")[0])).toEqual([
      "memory limit",
      "CPU quota",
      "CPU set",
      "cpus of a",
    ]);
    expect(plan.services.get("a")).toMatchObject({ cpuQuotaUs: 20_000, cpuPeriodUs: 10_000 });
  });

  it("narrows the CPU set to what the device shows, but never below what the quota needs", () => {
    expect(planEnvelope({ ...pi, cpus: 2 }, [], host).cpusetCpus).toBe(2);
    expect(planEnvelope({ ...pi, cpus: 4 }, [], host).cpusetCpus).toBeNull();
    const fast = { ...pi, cpus: 1, cpuCores: 1, singleCoreScore: 8000, multiCoreScore: 8000 };
    expect(planEnvelope(fast, [], host)).toMatchObject({ cpusetCpus: 2, speedRatio: 2 });
  });

  it("takes custom cores as cores of this machine", () => {
    const plan = planEnvelope({ ...pi, kind: "custom", cpuCores: 0.5, singleCoreScore: null }, [service("a", 0.25)], {
      ...host,
      singleCoreScore: null,
    });
    expect(plan).toMatchObject({ speedRatio: 1, limits: { cpuQuotaCores: 0.5 } });
    expect(plan.services.get("a")).toMatchObject({ cpuQuotaUs: 2500 });
  });

  it("leaves the quota off without a score, with the reason", () => {
    const plan = planEnvelope(pi, [service("a", 1)], { ...host, singleCoreScore: null, scoreSource: "no 7-zip" });
    expect(plan).toMatchObject({ speedRatio: null, speedSource: "no 7-zip", limits: { cpuQuotaCores: null } });
    expect(plan.missing).toHaveLength(2);
    expect(plan.services.get("a")?.cpuQuotaUs).toBeNull();
  });

  it("keeps swap where the device has it", () => {
    expect(planEnvelope({ ...pi, hasSwap: true }, [], host).limits.swapBytes).toBeNull();
  });
});
