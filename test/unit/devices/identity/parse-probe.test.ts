import { execFileSync } from "node:child_process";
import { hostname, totalmem } from "node:os";
import { describe, expect, test } from "vitest";
import { firmwareText } from "../../../../src/main/devices/identity/board-serial.ts";
import { countCpus, parseProbe } from "../../../../src/main/devices/identity/parse-probe.ts";
import { probeScript } from "../../../../src/main/devices/identity/probe-script.ts";

/** A Raspberry Pi 4 with 64-bit Raspberry Pi OS: the memory controller is off, as it ships. */
const raspberryPi = `probe 1
host raspberrypi
dt-model Raspberry Pi 4 Model B Rev 1.4
dt-compatible raspberrypi,4-model-b
dt-compatible brcm,bcm2711
dt-serial 10000000a3c1f2d4
machine-id 5f3b1c2d4e5f60718293a4b5c6d7e8f9
boot-id 50fad44f-30f9-430f-bd48-87cd1abe54c8
os PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
os ID=debian
kernel 6.6.51+rpt-rpi-v8
arch aarch64
cpus-online 0-3
processor processor	: 0
cpuinfo-serial Serial		: 10000000a3c1f2d4
meminfo MemTotal:        3884304 kB
meminfo SwapTotal:        204796 kB
uptime 70412.91 270112.40
mac DC:A6:32:01:02:03
mac dc:a6:32:01:02:04
cgroup 2
cgroup-controllers cpuset cpu io pids
heat 48199 cpu-thermal
socket docker no /var/run/docker.sock
disk 30358712 21034112
end 1
`;

/** A small x86 box whose vendor left everything as it came. */
const fillerBox = `probe 1
host box
dmi-sys_vendor To Be Filled By O.E.M.
dmi-product_name To Be Filled By O.E.M.
dmi-board_name J4125-ITX
dmi-board_serial Default string
dmi-product_serial 00000000
machine-id uninitialized
machine-id 11112222333344445555666677778888
boot-id 60fad44f-30f9-430f-bd48-87cd1abe54c8
os ID='debian'
kernel 6.1.0-18-amd64
arch x86_64
cpus-online 0,2-3
meminfo MemTotal:       16252928 kB
uptime 12.50 40.00
mac 00:e0:4c:68:00:01
mac 00:00:00:00:00:00
cgroup 1
cgroup-memory memory	4	87	1
heat 27800 acpitz
heat 51000 x86_pkg_temp
end 1
`;

const balena = `probe 1
host 4f21a07
dt-model Raspberry Pi Compute Module 4 Rev 1.1
dt-serial fb0ffd98bbe45775
machine-id cf1765b52f6c77d182d940d36c2e89a3
boot-id 3bd86bda-dd57-4082-9444-71af5ac2203d
os ID="balena-os"
os PRETTY_NAME="balenaOS 6.0.24"
kernel 6.1.77-v8
arch aarch64
cpus-online 0-3
meminfo MemTotal:        1894976 kB
meminfo SwapTotal:        947484 kB
uptime 1397.57 2418.66
mac e4:5f:01:00:00:01
cgroup 1
cgroup-memory memory	0	87	0
socket balena-engine yes /var/run/balena-engine.sock
socket balena-engine yes /var/run/balena.sock
socket toaster yes /run/toaster.sock
disk 14219212 9151651
end 1
`;

test("Kanto is found by its command line or its socket, whether this user may open that or not", () => {
  const socket = "/run/container-management/container-management.sock";
  const { facts } = parseProbe(raspberryPi.replace("disk ", `socket kanto no ${socket}\ndisk `));
  expect(facts.engineSockets).toEqual([
    { kind: "docker", path: "/var/run/docker.sock", canOpen: false },
    { kind: "kanto", path: socket, canOpen: false },
  ]);
});

describe("boards", () => {
  test("Raspberry Pi: what is its own, what its kernel has and has not", () => {
    const { facts, bootId } = parseProbe(raspberryPi);
    expect(bootId).toBe("50fad44f-30f9-430f-bd48-87cd1abe54c8");
    expect(facts).toEqual({
      hostName: "raspberrypi",
      model: "Raspberry Pi 4 Model B Rev 1.4",
      compatible: ["raspberrypi,4-model-b", "brcm,bcm2711"],
      vendor: null,
      boardName: null,
      osVariant: null,
      imageName: null,
      boardSerial: "10000000a3c1f2d4",
      machineId: "5f3b1c2d4e5f60718293a4b5c6d7e8f9",
      macAddresses: ["dc:a6:32:01:02:03", "dc:a6:32:01:02:04"],
      osId: "debian",
      osName: "Debian GNU/Linux 12 (bookworm)",
      kernel: "6.6.51+rpt-rpi-v8",
      arch: "aarch64",
      cpuCores: 4,
      memoryTotalBytes: 3_884_304 * 1024,
      swapTotalBytes: 204_796 * 1024,
      diskTotalBytes: 30_358_712 * 1024,
      diskFreeBytes: 21_034_112 * 1024,
      temperatureCelsius: 48.199,
      uptimeSeconds: 70_412.91,
      cgroupVersion: 2,
      memoryControllerOn: false,
      engineSockets: [{ kind: "docker", path: "/var/run/docker.sock", canOpen: false }],
    });
  });

  test("a box full of filler has no serial; board name, machine-id and processor zone are found behind it", () => {
    const { facts } = parseProbe(fillerBox);
    expect(facts).toMatchObject({
      model: "J4125-ITX",
      boardSerial: null,
      machineId: "11112222333344445555666677778888",
      macAddresses: ["00:e0:4c:68:00:01"],
      osId: "debian",
      osName: null,
      cpuCores: 3,
      swapTotalBytes: 0,
      diskTotalBytes: null,
      diskFreeBytes: null,
      temperatureCelsius: 51,
      cgroupVersion: 1,
      memoryControllerOn: true,
      engineSockets: [],
    });
  });

  test("balena: its engine's sockets, no others; a controller that is compiled in and switched off is off", () => {
    const { facts } = parseProbe(balena);
    expect(facts.engineSockets.map((socket) => socket.path)).toEqual([
      "/var/run/balena-engine.sock",
      "/var/run/balena.sock",
    ]);
    expect(facts.memoryControllerOn).toBe(false);
    expect(facts.temperatureCelsius).toBeNull();
  });
});

describe("answers that are none", () => {
  test.each([
    ["nothing", ""],
    ["cut", raspberryPi.slice(0, -30)],
    ["something before it", `Welcome!\n${raspberryPi}`],
    ["no memory", raspberryPi.replace(/^meminfo MemTotal.*\n/m, "")],
    ["no cores", raspberryPi.replace(/^cpus-online.*\n/m, "").replace(/^processor.*\n/m, "")],
    ["no architecture", raspberryPi.replace(/^arch.*\n/m, "")],
  ])("%s", (_, output) => {
    expect(() => parseProbe(output)).toThrow(expect.objectContaining({ code: "unsupported" }));
  });

  test("what a device says of itself cannot steer a terminal, nor fill the screen", () => {
    const { facts } = parseProbe(raspberryPi.replace("host raspberrypi", `host \u001b[2Jevil${"x".repeat(500)}`));
    expect(facts.hostName).toMatch(/^\[2Jevilx+$/);
    expect(facts.hostName.length).toBe(200);
  });
});

describe("serial numbers", () => {
  test.each([
    "To be filled by O.E.M.",
    "TO BE FILLED BY O.E.M",
    "Default string",
    "None",
    "Not Specified",
    "Not Applicable",
    "System Serial Number",
    "00000000",
    "0000-0000-0000",
    "ffffffff",
    "...............",
    "xxxxxxxxxxx",
    "123456789",
    "0123456789",
    "",
    "   ",
  ])("%j is filler", (text) => {
    expect(firmwareText(text)).toBeNull();
  });

  test.each(["10000000a3c1f2d4", "BEA4DD54479F", "PF3XK2LM", "..CN7475173A0D91.", "0000000012345678"])(
    "%j is one",
    (text) => {
      expect(firmwareText(text)).toBe(text);
    },
  );
});

test.each([
  ["0", 1],
  ["0-3", 4],
  ["0-3,5", 5],
  ["0,2-3", 3],
  ["", null],
  ["x", null],
  [undefined, null],
])("cores of %j: %j", (list, count) => {
  expect(countCpus(list)).toBe(count);
});

describe("the script itself", () => {
  test.each([
    ["dash", ["dash", "-c"]],
    ["busybox", ["busybox", "sh", "-c"]],
    ["bash", ["bash", "-c"]],
  ])("says the same of this machine in %s", (_, argv) => {
    const [program = "", ...words] = argv;
    const output = execFileSync(program, [...words, probeScript], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { facts, bootId } = parseProbe(output);
    expect(facts.hostName).toBe(hostname());
    expect(Math.abs(facts.memoryTotalBytes - totalmem())).toBeLessThan(1024);
    expect(bootId).toMatch(/^[0-9a-f-]{36}$/);
  });
});
