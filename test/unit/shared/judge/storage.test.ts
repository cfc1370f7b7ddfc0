import { expect, test } from "vitest";
import {
  type Budget,
  defaultRules,
  judgeTarget,
  logCapBytes,
  projectTarget,
  type StorageObservation,
  type TargetObservation,
} from "../../../../src/shared/domain/index.ts";
import { budget, envelope, mebibyte, observation } from "./observations.ts";

const gibibyte = 1024 * mebibyte;

function storage(change: Partial<StorageObservation> = {}): StorageObservation {
  return {
    imagesBytes: 600 * mebibyte,
    volumes: { fromBytes: 90 * mebibyte, toBytes: 100 * mebibyte },
    writable: { fromBytes: 50 * mebibyte, toBytes: 50 * mebibyte },
    logs: [{ service: "broker", capBytes: 30 * mebibyte, bytes: 2 * mebibyte, steadyBytes: mebibyte }],
    binds: [],
    ...change,
  };
}

function judge(
  limitBytes: number | null,
  change: Partial<StorageObservation> = {},
  more: Partial<TargetObservation> = {},
) {
  const seen = observation({ budget: { ...budget, storageBytes: limitBytes }, storage: storage(change), ...more });
  return judgeTarget(seen, defaultRules);
}

test("storage is unpacked images, volumes, what else was written, and as much log as is kept at most", () => {
  const { axes, stack, verdict } = judge(4 * gibibyte);
  expect(axes.storage).toMatchObject({
    verdict: "fits",
    value: 780 * mebibyte,
    low: 750 * mebibyte,
    high: 780 * mebibyte,
    limit: 4 * gibibyte,
    unit: "bytes",
    reason: "It takes 780 MiB of 4 GiB: images 600 MiB, volumes 100 MiB, containers 50 MiB, logs 30 MiB.",
  });
  expect(axes.storage?.evidence[0]?.text).toBe("volumes and containers grew by 10 MiB");
  expect(stack.storage?.growthBytesPerDay).toBe(10 * mebibyte * 60 * 24);
  expect(verdict).toBe("fits");
});

test("more than there is does not fit, up to 80 % of it fits, and between it is tight", () => {
  expect(judge(780 * mebibyte - 1)).toMatchObject({
    verdict: "does-not-fit",
    axes: { storage: { verdict: "does-not-fit" } },
  });
  expect(judge(780 * mebibyte)).toMatchObject({ verdict: "tight", axes: { storage: { verdict: "tight" } } });
  expect(judge(975 * mebibyte - 1).axes.storage?.verdict).toBe("tight");
  expect(judge(975 * mebibyte).axes.storage?.verdict).toBe("fits");
});

test("a short run shows how it grows and a long one is tight by it, never more", () => {
  expect(judge(gibibyte).axes.storage?.verdict).toBe("fits");
  const long = { seconds: Array.from({ length: 600 }, () => ({})) };
  const { axes } = judgeTarget(
    observation({ budget: { ...budget, storageBytes: gibibyte }, storage: storage(), ...long }),
    defaultRules,
  );
  expect(axes.storage?.verdict).toBe("tight");
  expect(axes.storage?.high).toBe(780 * mebibyte + 10 * mebibyte * 144 * 30);
  expect(axes.storage?.reason).toContain("at this pace 42.9 GiB in 30 days.");
});

test("a log without a limit counts as it was printed, and its pace is said", () => {
  const logs = [{ service: "app", capBytes: null, bytes: 6 * mebibyte, steadyBytes: mebibyte }];
  const { axes } = judge(4 * gibibyte, { logs });
  expect(axes.storage?.value).toBe(756 * mebibyte);
  expect(axes.storage?.reason).toContain("The logs of app have no `max-size` and grow by 1.4 GiB a day.");
});

test("folders of the machine are named as not counted", () => {
  expect(judge(4 * gibibyte, { binds: ["app:/data"] }).axes.storage?.reason).toContain("Not counted: app:/data.");
});

test("what was not measured or has no budget is not judged, says why, and does not change the whole", () => {
  const unknown = judge(null);
  expect(unknown.axes.storage).toBeUndefined();
  expect(unknown.verdict).toBe("fits");
  expect(unknown.notJudged[0]).toEqual({
    axis: "storage",
    reason: "How much Board has is not known; images 600 MiB, volumes 100 MiB, containers 50 MiB, logs 30 MiB.",
  });
  const stack = { ...observation().stack, notMeasured: { storage: "The engine was busy." } };
  const none = judgeTarget(observation({ budget: { ...budget, storageBytes: gibibyte }, stack }), defaultRules);
  expect(none.notJudged[0]).toEqual({ axis: "storage", reason: "The engine was busy." });
  expect(none.stack.storage).toBeNull();
  expect(none.verdict).toBe("fits");
});

test("a stack that did not run is not called small, but too large it is", () => {
  const failed = { failedInside: "broker ended with exit code 1." };
  expect(judge(gibibyte, {}, failed).axes.storage).toBeUndefined();
  expect(judge(500 * mebibyte, {}, failed).axes.storage?.verdict).toBe("does-not-fit");
});

test("the same sizes are judged on other boards", () => {
  const seen = observation({ storage: storage() });
  const other: Budget = { ...budget, storageBytes: 700 * mebibyte };
  expect(projectTarget(seen, { budget: other, envelope }, defaultRules)).toMatchObject({
    verdict: "does-not-fit",
    axes: { storage: { value: 780 * mebibyte, verdict: "does-not-fit" } },
  });
});

test("what is kept of a log is what its driver says", () => {
  const cap = (driver: string, options: Record<string, string> = {}) => logCapBytes({ logging: { driver, options } });
  expect(logCapBytes({ logging: null })).toBeNull();
  expect(cap("", {})).toBeNull();
  expect(cap("json-file", { "max-file": "3" })).toBeNull();
  expect(cap("json-file", { "max-size": "10m" })).toBe(10 * mebibyte);
  expect(cap("json-file", { "max-size": "10m", "max-file": "3" })).toBe(30 * mebibyte);
  expect(cap("local")).toBe(100 * mebibyte);
  expect(cap("local", { "max-size": "1m", "max-file": "2" })).toBe(2 * mebibyte);
  expect(cap("journald")).toBe(0);
});
