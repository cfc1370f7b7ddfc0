import { describe, expect, test } from "vitest";
import { historyLength, withBatch } from "../../../../src/renderer/app/sample-history.ts";
import { tokenInFragment } from "../../../../src/renderer/app/session-token.ts";
import { type DeviceSample, deviceIdSchema } from "../../../../src/shared/domain/index.ts";

const sample = (id: string, atMs: number): DeviceSample => ({
  deviceId: deviceIdSchema.parse(id),
  atMs,
  memoryUsedBytes: atMs,
  memoryTotalBytes: 10,
  cpuCoresUsed: null,
  cpuCores: 4,
  containers: [],
});

describe("sample history", () => {
  test("a late or doubled sample is left out, devices stay apart", () => {
    const first = withBatch({}, [sample("a", 2), sample("a", 1), sample("b", 1)]);
    const second = withBatch(first, [sample("a", 2), sample("a", 3)]);
    expect(second.a?.atMs).toEqual([1, 2, 3]);
    expect(second.b?.atMs).toEqual([1]);
    expect(second.b).toBe(first.b);
  });

  test("keeps the newest and no more than its length", () => {
    const many = Array.from({ length: historyLength + 50 }, (_, index) => sample("a", index));
    const history = withBatch({}, many).a;
    expect(history?.atMs.length).toBe(historyLength);
    expect(history?.atMs.at(-1)).toBe(historyLength + 49);
    expect(history?.latest.atMs).toBe(historyLength + 49);
  });

  test("is fine for a minute and thinned to one sample a second before", () => {
    const fast = Array.from({ length: 5 * 600 }, (_, index) => sample("a", index * 200));
    const times = withBatch(withBatch({}, fast.slice(0, 2000)), fast.slice(2000)).a?.atMs ?? [];
    expect(times.filter((atMs) => atMs >= (times.at(-1) ?? 0) - 60_000)).toHaveLength(301);
    expect(times.filter((atMs) => atMs < (times.at(-1) ?? 0) - 61_000).every((atMs) => atMs % 1000 === 0)).toBe(true);
    expect(times[0]).toBe(0);
  });
});

describe("the token of the address", () => {
  test.each([
    ["#token=abc-_1", "abc-_1"],
    ["#/token=abc", "abc"],
    ["#/devices", null],
    ["", null],
    ["#token=", null],
  ])("%j holds %j", (fragment, token) => {
    expect(tokenInFragment(fragment)).toBe(token);
  });
});
