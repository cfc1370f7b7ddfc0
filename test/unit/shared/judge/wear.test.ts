import { expect, test } from "vitest";
import { defaultRules, judgeTarget, type TargetObservation } from "../../../../src/shared/domain/index.ts";
import { mebibyte, observation } from "./observations.ts";

const judge = (change: Partial<TargetObservation>) => judgeTarget(observation(change), defaultRules);
const day = 24 * 60;

test("wear is what the stack writes a day and how long a typical card lasts", () => {
  // 0.9 MiB in a minute.
  const { axes, verdict, notJudged } = judge({
    writes: { steadyBytes: 0.9 * mebibyte, missing: "Some may be missing." },
  });
  expect(axes.wear?.value).toBeCloseTo(0.9 * mebibyte * day);
  expect(axes.wear?.reason).toMatch(/^1\.3 GiB a day, about 6 years of a card of 32 GB .*Some may be missing\.$/);
  expect(notJudged.map(({ axis }) => axis)).not.toContain("wear");
  expect(verdict).toBe("fits");
});

test("it counts what the engine writes of logs, and never changes the answer", () => {
  const logs = [
    { service: "app", capBytes: null, bytes: mebibyte, steadyBytes: mebibyte },
    { service: "quiet", capBytes: 0, bytes: mebibyte, steadyBytes: mebibyte },
  ];
  const none = { fromBytes: 0, toBytes: 0 };
  const storage = { imagesBytes: 0, volumes: none, writable: none, logs, binds: [] };
  const { axes, verdict } = judge({ storage, writes: { steadyBytes: 10_000 * mebibyte, missing: null } });
  expect(axes.wear?.value).toBeCloseTo(10_001 * mebibyte * day);
  expect(axes.wear?.reason).toContain("about 1 day of");
  expect([axes.wear?.verdict, verdict]).toEqual(["fits", "fits"]);
});

test("a stack that writes nothing wears nothing out", () => {
  expect(judge({ writes: { steadyBytes: 0, missing: null } }).axes.wear?.reason).toContain("more than 50 years");
});

test("what is not known says why", () => {
  const stack = { ...observation().stack, notMeasured: { writes: "Only root may read it." } };
  expect(judge({ stack }).notJudged).toContainEqual({ axis: "wear", reason: "Only root may read it." });
  expect(judge({ failedInside: "app ended.", writes: { steadyBytes: 1, missing: null } }).axes.wear).toBeUndefined();
});
