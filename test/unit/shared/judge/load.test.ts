import { describe, expect, it } from "vitest";
import {
  defaultRules,
  judgeTarget,
  type LoadSeen,
  type TargetObservation,
  targetObservationSchema,
} from "../../../../src/shared/domain/index.ts";
import { minute, observation } from "./observations.ts";

const judge = (seen: TargetObservation) => judgeTarget(seen, defaultRules);

function load(change: Partial<LoadSeen> = {}): LoadSeen {
  return {
    kind: "http",
    name: "GET http://web:8080/",
    service: "web",
    askedPerSecond: 50,
    seconds: 60,
    sent: 3000,
    answered: 2994,
    errors: 0,
    latencyMs: { p50: 1, p95: 2, p99: 3, max: 4 },
    exitCode: null,
    endedAtMs: null,
    output: [],
    problem: null,
    ...change,
  };
}

describe("load", () => {
  it("that was made is told with its rate, and the verdict stands", () => {
    const { verdict, headline, load: made } = judge(observation({ loads: [load()] }));
    expect(verdict).toBe("fits");
    expect(headline).not.toContain("idle");
    expect(made).toMatchObject([{ made: true, achievedPerSecond: 49.9 }]);
    expect(made[0]?.text).toBe("GET http://web:8080/: 50 of 50 requests a second.");
  });

  it("that nothing answered makes the verdict unknown, and the headline says so: a stack without work fits anywhere", () => {
    const refused = load({ answered: 0, errors: 3000, latencyMs: null, problem: "connect ECONNREFUSED 10.0.0.2:8080" });
    const { verdict, headline, axes } = judge(observation({ loads: [refused] }));
    expect(verdict).toBe("unknown");
    expect([axes.memory?.verdict, axes.cpu?.verdict]).toEqual(["unknown", "unknown"]);
    expect(headline).toBe(
      "The load was not made: GET http://web:8080/: no request was answered (connect ECONNREFUSED 10.0.0.2:8080). Whether it fits is not known.",
    );
  });

  it("of less than 90 % of what was asked for is not the load that was asked for", () => {
    expect(judge(observation({ loads: [load({ answered: 2700 })] })).verdict).toBe("fits");
    const short = judge(observation({ loads: [load({ answered: 2699 })] }));
    expect(short.verdict).toBe("unknown");
    expect(short.headline).toContain("45 of 50 requests a second");
  });

  it("of which too little came through since the CPU was used up does not fit, and is not unknown", () => {
    const full = minute(60, { hostCores: 1 });
    const { verdict, axes } = judge(observation({ seconds: full, loads: [load({ answered: 1000 })] }));
    expect(axes.cpu?.verdict).toBe("does-not-fit");
    expect(verdict).toBe("does-not-fit");
    expect(judge(observation({ seconds: minute(1, { memoryMib: 800 }), loads: [load({ answered: 0 })] })).verdict).toBe(
      "does-not-fit",
    );
  });

  it("by a program was not made when that failed", () => {
    const script = { kind: "script", name: "./load.sh", service: null, askedPerSecond: null } as const;
    const none = { sent: null, answered: null, errors: null, latencyMs: null };
    const verdictOf = (change: Partial<LoadSeen>) =>
      judge(observation({ loads: [load({ ...script, ...none, ...change })] })).verdict;
    expect(verdictOf({})).toBe("fits");
    expect(verdictOf({ exitCode: 0, endedAtMs: 12_000 })).toBe("fits");
    expect(verdictOf({ exitCode: 3, endedAtMs: 12_000 })).toBe("unknown");
    expect(verdictOf({ problem: "it could not be started: ENOENT" })).toBe("unknown");
  });

  it("is not known of a run that was kept before there was one", () => {
    const { loads: _none, ...old } = observation();
    expect(targetObservationSchema.parse(JSON.parse(JSON.stringify(old))).loads).toEqual([]);
  });
});
