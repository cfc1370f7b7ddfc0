import { join } from "node:path";
import { expect, test } from "vitest";
import { balenaDevice } from "../../../../src/main/stacks/stand-ins/balena.ts";
import { here, serviceIn, told } from "./here.ts";

const stack =
  'version: "2.1"\nservices:\n' +
  "  a:\n    image: a:1\n    environment: {BALENA_DEVICE_TYPE: mine}\n    labels: {io.balena.features.supervisor-api: '1'}\n" +
  "  b:\n    image: b:1\n    labels: {io.balena.features.dbus: '1'}\n";

test("what balena sets on a device has a value, those of the supervisor for its label alone", async () => {
  const made = await here({ "docker-compose.yml": stack }, { board: { model: "rpi-4b-2gb", platform: "linux/arm64" } });
  const { environment } = serviceIn(made, "b");
  expect(environment).toMatchObject({
    BALENA: "1",
    BALENA_DEVICE_TYPE: "raspberrypi4-64",
    RESIN_DEVICE_TYPE: "raspberrypi4-64",
    BALENA_DEVICE_ARCH: "aarch64",
    BALENA_DEVICE_UUID: expect.stringMatching(/^[0-9a-f]{32}$/),
    BALENA_DEVICE_NAME_AT_INIT: "bayplan-stand-in",
    BALENA_APP_ID: "1",
    BALENA_APP_UUID: expect.stringMatching(/^[0-9a-f]{32}$/),
    BALENA_HOST_OS_VERSION: "balenaOS 6.0.0",
    BALENA_SUPERVISOR_VERSION: "17.0.0",
  });
  expect(environment).not.toHaveProperty("BALENA_SUPERVISOR_API_KEY");
  expect(serviceIn(made, "a").environment).toMatchObject({
    BALENA_DEVICE_TYPE: "mine",
    RESIN_DEVICE_TYPE: "raspberrypi4-64",
    BALENA_SUPERVISOR_ADDRESS: "http://127.0.0.1:48484",
    BALENA_SUPERVISOR_API_KEY: "bayplan-stand-in",
  });
  const lines = told(made.substitutions);
  expect(lines).toContain("every service: BALENA_DEVICE_ARCH and RESIN_DEVICE_ARCH is aarch64");
  expect(lines).toContain("b: BALENA_DEVICE_TYPE and RESIN_DEVICE_TYPE is raspberrypi4-64");
  expect(lines).toContain("a: RESIN_DEVICE_TYPE is raspberrypi4-64");
  expect(lines).toContain("b: the system bus (/run/dbus) is left out");
});

test("local counts more, and a folder stands in for the system bus", async () => {
  const made = await here({
    "docker-compose.yml": stack,
    "bayplan.yaml": "local:\n  environment: {BALENA_DEVICE_UUID: abc}\n  binds: {/run/dbus: ./bus}\n",
    "bus/system_bus_socket": "",
  });
  expect(serviceIn(made, "b").environment.BALENA_DEVICE_UUID).toBe("abc");
  expect(serviceIn(made, "b").mounts).toEqual([
    { kind: "bind", source: join(made.folder, "bus"), target: "/host/run/dbus", readOnly: false, tmpfsBytes: null },
  ]);
  const lines = told(made.substitutions);
  expect(lines).toContain("b: the system bus (/run/dbus) is bus, at /host/run/dbus :3");
  expect(lines.filter((line) => line.includes("BALENA_DEVICE_UUID"))).toEqual([
    "every service: BALENA_DEVICE_UUID is set by bayplan.yaml :2",
  ]);
  expect(made.findings.map(({ message }) => message).filter((message) => message.includes("dbus"))).toEqual([]);
});

test("a compose file without balena's signs gets none of it", async () => {
  const made = await here({ "compose.yaml": "services:\n  a: {image: a:1}\n" });
  expect(serviceIn(made, "a").environment).toEqual({});
});

test.each([
  ["rpi-zero-w", "linux/arm/v6", "raspberry-pi", "rpi"],
  ["rpi-5-8gb", "linux/arm64", "raspberrypi5", "aarch64"],
  ["balenafin-v1", "linux/arm/v7", "fincm3", "armv7hf"],
  ["orange-pi-5-4gb", "linux/arm64", "generic-aarch64", "aarch64"],
  [null, "linux/amd64", "generic-amd64", "amd64"],
  [null, null, "generic-amd64", "amd64"],
])("%s on %s is a %s", (model, platform, deviceType, arch) => {
  expect(balenaDevice({ model, platform })).toEqual({ deviceType, arch });
});
