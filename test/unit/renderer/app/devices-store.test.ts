import { describe, expect, test } from "vitest";
import { applyDeviceUpdate, type DeviceList } from "../../../../src/renderer/app/devices-store.ts";
import { applyRunUpdate, emptyRun, isLast } from "../../../../src/renderer/runs/run-store.ts";
import { deviceIdSchema } from "../../../../src/shared/domain/index.ts";
import { aDevice, aRunRecord, aRunSample } from "../samples.ts";

const b = aDevice({ id: deviceIdSchema.parse("d2"), name: "two" });
const list: DeviceList = { ready: true, seq: 4, devices: [aDevice()], failure: null };

describe("the mirror of the devices", () => {
  test("takes changes, additions and removals in their order", () => {
    const changed = applyDeviceUpdate(list, { kind: "changed", seq: 5, device: aDevice({ name: "renamed" }) });
    expect(changed?.devices.map(({ name }) => name)).toEqual(["renamed"]);
    const added = applyDeviceUpdate(list, { kind: "changed", seq: 5, device: b });
    expect(added?.devices.map(({ name }) => name)).toEqual(["press-1", "two"]);
    const removed = applyDeviceUpdate(list, { kind: "removed", seq: 5, deviceId: aDevice().id });
    expect(removed?.devices).toEqual([]);
  });

  test("asks again when an update is missing, and believes any snapshot", () => {
    expect(applyDeviceUpdate(list, { kind: "changed", seq: 6, device: b })).toBeNull();
    expect(applyDeviceUpdate(list, { kind: "changed", seq: 4, device: b })).toBeNull();
    expect(applyDeviceUpdate(list, { kind: "snapshot", seq: 90, devices: [b] })?.seq).toBe(90);
  });
});

describe("the mirror of a run", () => {
  const record = aRunRecord();
  const begun = applyRunUpdate(emptyRun, { kind: "snapshot", seq: 7, record, samples: [], events: [], result: null });

  test("nothing counts before the snapshot, and a hole asks again", () => {
    expect(applyRunUpdate(emptyRun, { kind: "samples", seq: 1, samples: [aRunSample(0)], dropped: 0 })).toBeNull();
    expect(begun === null ? "" : applyRunUpdate(begun, { kind: "record", seq: 9, record })).toBeNull();
  });

  test("a record that says finished is not the end: the result comes after it", () => {
    const finished = { kind: "record" as const, seq: 8, record: { ...record, status: "finished" as const } };
    expect(isLast(finished)).toBe(false);
    const view = begun === null ? null : applyRunUpdate(begun, finished);
    expect(view?.ended).toBe(false);
    const ended = { ...finished, kind: "ended" as const, seq: 9, result: null };
    expect(isLast(ended)).toBe(true);
    expect(view === null ? null : applyRunUpdate(view, ended)?.ended).toBe(true);
  });
});
