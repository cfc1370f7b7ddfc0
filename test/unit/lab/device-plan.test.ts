import { expect, test } from "vitest";
import { fingerprintOf } from "../../lab/device-files.ts";
import { defaultKinds, MAX_DEVICES, planDevices } from "../../lab/device-plan.ts";

test("the first four devices are two plain ones, a balena one and a silent one", () => {
  expect(planDevices(defaultKinds(4)).map((plan) => [plan.name, plan.kind, plan.sshPort])).toEqual([
    ["press-line-01", "plain", 22],
    ["press-line-02", "plain", 22],
    ["balena-4f21", "balena", 22222],
    ["press-line-03", "silent", 22],
  ]);
});

test("no two devices share a name, an identity or a size", () => {
  const plans = planDevices([...defaultKinds(MAX_DEVICES - 1), "vm"]);
  for (const key of ["name", "machineId", "serial", "index"] as const) {
    expect(new Set(plans.map((plan) => plan[key])).size).toBe(plans.length);
  }
  const sizes = plans.filter((plan) => plan.kind !== "vm").map((plan) => plan.memoryBytes);
  expect(new Set(sizes).size).toBe(sizes.length);
});

test("the address of a device does not depend on whether there is a VM", () => {
  expect(planDevices(["vm", "plain"])[1]?.index).toBe(2);
  expect(planDevices(["plain", "plain"])[1]?.index).toBe(2);
});

test("a fingerprint is written as ssh writes it", () => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl github.com";
  expect(fingerprintOf(key)).toBe("SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
});
