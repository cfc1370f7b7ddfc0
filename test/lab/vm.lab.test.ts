/** The virtual machine as a device. It is emulated and slow, so it is tried with the long run only. */
import { afterAll, expect, test } from "vitest";
import { bringUpLab, findLab, findLeftovers } from "./lab.ts";
import { queryServices } from "./mdns-query.ts";

const long = process.env.BAYPLAN_TEST_LONG === "1";

afterAll(async () => {
  if (long) await findLab()?.down();
});

test.skipIf(!long)(
  "a virtual machine is a device with systemd, cgroup v2 and an engine",
  async () => {
    const lab = await bringUpLab({ devices: 1, vm: true });
    const vm = lab.ofKind("vm");
    expect((await vm.sh("cat /sys/fs/cgroup/cgroup.controllers")).split(/\s+/)).toEqual(
      expect.arrayContaining(["cpu", "memory", "pids"]),
    );
    expect((await vm.sh("cat /proc/1/comm; hostname")).trim()).toBe(`systemd\n${vm.name}`);
    expect((await vm.docker(["info", "-f", "{{.CgroupVersion}} {{.CgroupDriver}}"])).trim()).toBe("2 systemd");
    expect((await vm.docker(["run", "--rm", "bayplan-lab/busybox:1", "echo", "in a container"])).trim()).toBe(
      "in a container",
    );
    expect(await queryServices(lab.bridgeAddress, "_ssh._tcp.local", 4_000)).toEqual(["press-line-01", vm.name]);
    await vm.copyIn("/etc/hostname", "/tmp/copied");
    expect(await vm.sh("test -s /tmp/copied && echo there")).toContain("there");
    await lab.down();
    expect(await findLeftovers()).toEqual([]);
  },
  600_000,
);
