import { describe, expect, it } from "vitest";
import {
  defaultRules,
  judgeTarget,
  profileResultSchema,
  type TargetObservation,
  targetResultSchema,
  toProfileJson,
} from "../../../../src/shared/domain/index.ts";
import { budget, envelope, minute, observation, service } from "./observations.ts";

const judge = (seen: TargetObservation) => judgeTarget(seen, defaultRules);

describe("the whole", () => {
  it("is the worst of memory and CPU, does-not-fit before unknown before tight", () => {
    expect(judge(observation()).verdict).toBe("fits");
    expect(judge(observation({ seconds: minute(1, { memoryMib: 700 }) })).verdict).toBe("tight");
    const noScore = { ...envelope, speedRatio: null };
    expect(judge(observation({ envelope: noScore, seconds: minute(1, { memoryMib: 700 }) })).verdict).toBe("unknown");
    expect(judge(observation({ envelope: noScore, seconds: minute(1, { memoryMib: 800 }) })).verdict).toBe(
      "does-not-fit",
    );
  });

  it("lists what was not judged, each with its reason", () => {
    const { notJudged, axes } = judge(observation());
    expect(notJudged.map((one) => one.axis)).toEqual(["storage", "growth", "wear"]);
    expect(notJudged.every((one) => one.reason.length > 10)).toBe(true);
    expect(Object.keys(axes)).toEqual(["memory", "cpu", "startup"]);
  });

  it("sums OOM kills over services, and one whose service has gone besides", () => {
    const services = [service({ oomKills: 2 }), service({ name: "worker", oomKills: 1 })];
    expect(judge(observation({ services })).stack.oomKills).toBe(3);
    const stray = { atMs: 1, service: null, at: "envelope", process: "x" } as const;
    expect(judge(observation({ services, oomKills: [stray] })).stack.oomKills).toBe(4);
  });

  it("is unknown with less than 30 s of steady time", () => {
    const times = { startMs: 0, healthyMs: 0, steadyFromMs: 0, steadyToMs: 29_900 };
    const result = judge(observation({ times }));
    expect([result.axes.memory?.verdict, result.axes.cpu?.verdict]).toEqual(["unknown", "unknown"]);
    expect(result.headline).toContain("Only 29 s were steady");
  });

  it("is unknown when a long-running service was down for more than 20% of steady time", () => {
    expect(judge(observation({ services: [service({ downShare: 0.21 })] })).verdict).toBe("unknown");
    expect(judge(observation({ services: [service({ downShare: 0.2 })] })).verdict).toBe("fits");
  });

  it("lets a job end, but not the whole stack", () => {
    const job = service({ name: "migrate", longRunning: false, downShare: 1 });
    expect(judge(observation({ services: [service(), job] })).verdict).toBe("fits");
    expect(judge(observation({ services: [job] })).verdict).toBe("unknown");
  });

  it("says that the stack is broken here when it fails without the envelope too", () => {
    const times = { startMs: 0, healthyMs: null, steadyFromMs: null, steadyToMs: null };
    const failed = { times, failedInside: "broker ended with exit code 3." };
    const broken = judge(observation({ ...failed, withoutEnvelope: { healthy: false, text: "It ended with 3." } }));
    expect(broken.verdict).toBe("unknown");
    expect(broken.headline).toContain("broken here");
  });

  it("start-up: never healthy under the envelope but healthy without does not fit", () => {
    const times = { startMs: 0, healthyMs: null, steadyFromMs: null, steadyToMs: null };
    const failed = { times, failedInside: "It was not healthy after 120 s." };
    const result = judge(observation({ ...failed, withoutEnvelope: { healthy: true, text: "" } }));
    expect(result.axes.startup?.verdict).toBe("does-not-fit");
    expect(result.verdict).toBe("does-not-fit");
  });

  it("start-up: fits within 120 s, else tight", () => {
    const at = (healthyMs: number) =>
      judge(observation({ times: { startMs: 0, healthyMs, steadyFromMs: 0, steadyToMs: 60_000 } })).axes.startup;
    expect(at(120_000)?.verdict).toBe("fits");
    expect(at(121_000)?.verdict).toBe("tight");
    expect(at(34_000)?.value).toBe(34);
  });

  it("says fits while idle when no load was given", () => {
    expect(judge(observation({ loadGiven: false })).headline).toMatch(/It fits while idle\.$/);
  });

  it("publishes results that the contract takes, null with a reason and never 0 for what was not measured", () => {
    const noRatio = {
      ...envelope,
      speedRatio: null,
      speedSource: "no score",
      limits: { ...envelope.limits, cpuQuotaCores: null },
    };
    const result = targetResultSchema.parse(judge(observation({ envelope: noRatio, budget })));
    expect(result.stack.deviceCpuCores).toBeNull();
    expect(result.stack.notMeasured.deviceCpuCores).toBe("no score");
    expect(result.stack.saturatedShare).toBeNull();
    expect(result.services.broker?.throttledSeconds).toBeNull();
    expect(result.services.broker?.notMeasured.throttledSeconds).toContain("no CPU limit");
  });

  it("repeats the first target at the top level of the JSON", () => {
    const first = judge(observation());
    const second = judge(observation({ budget: { ...budget, label: "other" } }));
    const result = profileResultSchema.parse({
      schemaVersion: 1,
      verdict: "fits",
      targets: [first, second],
      rules: defaultRules,
      host: {
        hostName: "here",
        cpus: 4,
        memoryBytes: 1,
        kernel: "6",
        cgroupVersion: 1,
        engine: "docker 20",
        singleCoreScore: null,
        singleCoreScoreSource: "none",
        busyWindowsShare: null,
      },
      findings: [],
      runId: "r",
    });
    const json = toProfileJson(result);
    expect(json.budget.label).toBe("board");
    expect(Object.keys(json.services)).toEqual(["broker"]);
    expect(json.stack).toEqual(json.targets[0]?.stack);
  });
});
