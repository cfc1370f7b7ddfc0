import { expect, test } from "vitest";
import { fingerprintOf } from "../../lab/device-files.ts";
import { addressOf, defaultKinds, MAX_DEVICES, ORDINARY_USER, parseWish, planDevices } from "../../lab/device-plan.ts";

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

test("a kind is written with its variants on a command line", () => {
  expect(parseWish("sudo")).toEqual({ kind: "sudo" });
  expect(parseWish("podman+password+behind:2")).toEqual({ kind: "podman", passwordOnly: true, behind: 2 });
  expect(() => parseWish("docker")).toThrow(/no kind "docker"/);
  expect(() => parseWish("plain+fast")).toThrow(/not by "\+fast"/);
});

test("a device can only be behind an earlier one that takes the key", () => {
  const [jump, inner] = planDevices(["plain", { kind: "plain", behind: 1 }]);
  expect([jump?.behind, inner?.behind]).toEqual([null, 1]);
  expect(inner === undefined ? "" : addressOf(inner)).toBe("10.78.1.12");
  expect(() => planDevices([{ kind: "plain", behind: 1 }])).toThrow(/no earlier device/);
  expect(() => planDevices(["plain", { kind: "plain", behind: 1 }, { kind: "plain", behind: 2 }])).toThrow(
    /on the bridge/,
  );
  expect(() =>
    planDevices([
      { kind: "plain", passwordOnly: true },
      { kind: "plain", behind: 1 },
    ]),
  ).toThrow(/take the key/);
});

test("an ordinary user logs in where root may not", () => {
  const users = planDevices(["plain", "sudo", "podman", { kind: "balena", passwordOnly: true }]).map((one) => one.user);
  expect(users).toEqual(["root", ORDINARY_USER, "root", ORDINARY_USER]);
});
