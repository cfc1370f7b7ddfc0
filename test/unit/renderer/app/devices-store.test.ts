import { describe, expect, test } from "vitest";
import { applyDeviceUpdate, type DeviceList } from "../../../../src/renderer/app/devices-store.ts";
import { applyRunUpdate, emptyRun } from "../../../../src/renderer/runs/run-store.ts";
import { deviceIdSchema } from "../../../../src/shared/domain/index.ts";
import { aDevice, aRunSample } from "../samples.ts";

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
  test("nothing counts before the snapshot, and a hole asks again", () => {
    expect(applyRunUpdate(emptyRun, { kind: "samples", seq: 1, samples: [aRunSample(0)], dropped: 0 })).toBeNull();
  });
});
