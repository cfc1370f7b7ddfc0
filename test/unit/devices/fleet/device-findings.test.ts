import { expect, test } from "vitest";
import { type ComparedDevice, deviceFindings } from "../../../../src/main/devices/fleet/device-findings.ts";
import type { DeviceFacts } from "../../../../src/shared/domain/index.ts";

function compared(
  name: string,
  serial: string,
  change: { machineId?: string; hostKey?: string; memory?: boolean } = {},
): ComparedDevice {
  const facts: DeviceFacts = {
    hostName: name,
    model: null,
    boardSerial: serial,
    machineId: change.machineId ?? "m1",
    macAddresses: [`02:00:00:00:00:${serial}`],
    osId: null,
    osName: null,
    kernel: null,
    arch: "x86_64",
    cpuCores: 1,
    memoryTotalBytes: 1,
    swapTotalBytes: 0,
    diskTotalBytes: null,
    diskFreeBytes: null,
    temperatureCelsius: null,
    uptimeSeconds: null,
    cgroupVersion: 2,
    memoryControllerOn: change.memory ?? true,
    compatible: [],
    vendor: null,
    boardName: null,
    osVariant: null,
    imageName: null,
    engineSockets: [],
  };
  const { boardSerial, macAddresses, machineId } = facts;
  const hostKeyFingerprint = change.hostKey ?? "SHA256:k1";
  return { name, facts, evidence: { boardSerial, macAddresses, machineId, hostKeyFingerprint, liveBootId: null } };
}

test("two boards with one image: each is told of the other, and what they share", () => {
  const [first, second] = [compared("press-1", "01"), compared("press-2", "02")];
  const [finding, ...more] = deviceFindings(first, [second]);
  expect(more).toEqual([]);
  expect(finding).toMatchObject({ rule: "device.cloned-image", severity: "warning" });
  expect(finding?.message).toContain("press-1 and press-2");
  expect(finding?.message).toContain("host key and machine-id");
  expect(deviceFindings(second, [first])[0]?.message).toContain("press-2 and press-1");
});

test("a shared machine-id alone is told too; nothing shared, nothing said", () => {
  const first = compared("press-1", "01");
  expect(deviceFindings(first, [compared("press-2", "02", { hostKey: "SHA256:k2" })])[0]?.message).toContain(
    "same machine-id:",
  );
  expect(deviceFindings(first, [compared("press-2", "02", { hostKey: "SHA256:k2", machineId: "m2" })])).toEqual([]);
  expect(deviceFindings(first, [compared("press-1 again", "01")])).toEqual([]);
});

test("a kernel without the memory controller is told", () => {
  expect(deviceFindings(compared("pi", "01", { memory: false }), []).map((finding) => finding.rule)).toEqual([
    "device.memory-controller-off",
  ]);
});
