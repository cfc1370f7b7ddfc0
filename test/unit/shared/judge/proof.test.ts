import { describe, expect, it } from "vitest";
import {
  defaultRules,
  judgeProof,
  judgeTarget,
  type LoadSeen,
  type TargetObservation,
} from "../../../../src/shared/domain/index.ts";
import { mebibyte, minute, observation, service } from "./observations.ts";

const prove = (seen: TargetObservation) => judgeProof(seen, judgeTarget(seen, defaultRules), defaultRules, "run-2");

/** A quarter as fast: 0.4 device cores are 0.1 of this machine. */
const limited = [service({ limits: { memoryBytes: 128 * mebibyte, cpuCores: 0.4 } })];

describe("a proof", () => {
  it("is passed without an OOM kill and with a CPU limit used up in at most 1 % of the seconds", () => {
    const seconds = minute(0, {}, { hostCores: 0.05 });
    expect(prove(observation({ services: limited, seconds }))).toEqual({
      runId: "run-2",
      passed: true,
      oomKills: 0,
      throttledWindowsShare: 0,
      reason: "No OOM kill under these limits, and a CPU limit was used up in at most 0% of the seconds.",
      tooSmall: [],
    });
    const hundred = [...seconds, ...seconds].map((second, index) => (index === 7 ? { hostCores: 0.1 } : second));
    expect(prove(observation({ services: limited, seconds: hundred })).passed).toBe(true);
  });

  it("fails by a CPU limit that whole seconds were too short for, and names it", () => {
    const proof = prove(
      observation({ services: limited, seconds: minute(3, { hostCores: 0.1 }, { hostCores: 0.05 }) }),
    );
    expect(proof).toMatchObject({ passed: false, throttledWindowsShare: 0.05 });
    expect(proof.tooSmall).toEqual([
      {
        service: "broker",
        key: "cpus",
        value: "0.40",
        reason: "broker used up its 0.40 device cores in 5% of the seconds.",
      },
    ]);
  });

  it("fails by an OOM kill at a service's own limit, and names the limit", () => {
    const kill = { atMs: 5000, service: "broker", at: "own-limit", process: "python3" } as const;
    const services = [service({ ...limited[0], oomKills: 1 })];
    const proof = prove(observation({ services, oomKills: [kill], seconds: minute(0, {}, { hostCores: 0.05 }) }));
    expect(proof).toMatchObject({ passed: false, oomKills: 1 });
    expect(proof.tooSmall).toMatchObject([{ service: "broker", key: "mem_limit", value: "128m" }]);
    expect(proof.reason).toBe("The kernel killed broker 1 time at its limit of 128 MiB.");
  });

  it("fails when the stack fails under the limits, and when it does not fit the budget any more", () => {
    expect(prove(observation({ failedInside: "broker ended with exit code 1." }))).toMatchObject({
      passed: false,
      reason: "The stack failed under these limits: broker ended with exit code 1.",
    });
    expect(prove(observation({ seconds: minute(60, { hostCores: 1 }) })).passed).toBe(false);
  });

  it("has no answer when the run was too short, the load was not made, or the machine was busy", () => {
    const times = { startMs: 0, healthyMs: 0, steadyFromMs: 0, steadyToMs: 10_000 };
    expect(prove(observation({ times })).passed).toBeNull();
    const missed = {
      kind: "http",
      name: "GET http://web:80/",
      service: "web",
      askedPerSecond: 10,
      seconds: 60,
      sent: 600,
      answered: 0,
      errors: 600,
      latencyMs: null,
      exitCode: null,
      endedAtMs: null,
      output: [],
      problem: null,
    } satisfies LoadSeen;
    expect(prove(observation({ loads: [missed] })).passed).toBeNull();
    const busy = minute(30, { otherCores: 3.5, hostCores: 0.45 });
    expect(prove(observation({ seconds: busy }))).toMatchObject({
      passed: null,
      reason: expect.stringContaining("busy"),
    });
  });
});
