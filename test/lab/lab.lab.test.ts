/** The lab keeps what it promises: every other test that needs a device builds on it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leftoverCgroups, readCounters } from "./cgroups.ts";
import { engineAnswers } from "./docker.ts";
import { attachLab, bringUpLab, findLab, findLeftovers, type Lab, type LabDevice } from "./lab.ts";
import { queryServices } from "./mdns-query.ts";
import { ensurePackages } from "./packages.ts";
import { run, tryRun, waitFor } from "./run.ts";
import { execOverSsh } from "./ssh.ts";
import { STACK_PROJECT } from "./stacks.ts";
import { readState } from "./state.ts";

async function overSsh(lab: Lab, device: LabDevice, line: string): Promise<string> {
  const result = await execOverSsh(device, lab.clientKeyPath, ["sh", "-c", line]);
  if (result.code !== 0) throw new Error(result.stderr);
  return result.stdout.trim();
}

/** User and system time, in ticks, of the first line of /proc/stat. */
function busyTicks(line: string | undefined): number {
  const columns = (line ?? "").trim().split(/\s+/).map(Number);
  return (columns[1] ?? 0) + (columns[3] ?? 0);
}

function chargedTicks(device: LabDevice): number {
  const counters = readCounters(device.index);
  return (counters.userNs + counters.systemNs) / 10_000_000;
}

describe("a lab of four devices", () => {
  let lab: Lab;

  beforeAll(async () => {
    expect(await findLeftovers()).toEqual([]);
    await ensurePackages(["stress-ng", "procps", "python3"]);
    lab = await bringUpLab({ devices: 4, withStacks: true });
  });

  afterAll(async () => {
    await findLab()?.down();
  });

  test("every device lets its user in with the lab's key and is a machine of its own", async () => {
    const said = await Promise.all(
      lab.devices.map((device) =>
        overSsh(lab, device, "hostname; cat /etc/machine-id; cat /sys/class/net/eth0/address"),
      ),
    );
    expect(said).toEqual(lab.devices.map((device) => `${device.name}\n${device.machineId}\n${device.mac}`));
    const boots = await Promise.all(lab.devices.map((one) => overSsh(lab, one, "cat /proc/sys/kernel/random/boot_id")));
    expect(new Set(boots).size).toBe(lab.devices.length);
  });

  test("the shell is a plain one and this machine's tools are out of sight", async () => {
    const [device] = lab.devices;
    if (device === undefined) throw new Error("no device");
    expect(await overSsh(lab, device, "echo $SHELL; command -v node podman; ls -A /root; true")).toBe("/bin/sh");
    const balena = lab.ofKind("balena");
    expect(
      await overSsh(lab, balena, "command -v docker python3; ls /var/run/*.sock; . /etc/os-release; echo $ID"),
    ).toBe("/var/run/balena-engine.sock\nbalena-os");
  });

  test("each shows its own host key", async () => {
    for (const device of lab.devices) {
      const scanned = await run(["ssh-keyscan", "-t", "ed25519", "-p", String(device.sshPort), device.address]);
      expect(await run(["ssh-keygen", "-lf", "-"], { input: scanned })).toContain(device.hostKeyFingerprint);
    }
  });

  test("all but the silent one announce themselves, the balena one under its subtype too", async () => {
    const loud = lab.devices.filter((device) => device.advertises).map((device) => device.name);
    expect(loud).toHaveLength(3);
    expect(await queryServices(lab.bridgeAddress, "_ssh._tcp.local")).toEqual([...loud].sort());
    const balena = await queryServices(lab.bridgeAddress, "_resin-device._sub._ssh._tcp.local");
    expect(balena.map((name) => name.split(".")[0])).toEqual([lab.ofKind("balena").name]);
  });

  test("memory and cores are those of the device, also for its engine", async () => {
    for (const device of lab.devices) {
      const total = await overSsh(lab, device, "grep MemTotal /proc/meminfo");
      expect(total.split(/\s+/)[1]).toBe(String(device.memoryBytes / 1024));
      expect(await overSsh(lab, device, "nproc; grep -c ^processor /proc/cpuinfo")).toBe(
        `${Math.ceil(device.cpuCores)}\n${Math.ceil(device.cpuCores)}`,
      );
      expect((await device.docker(["info", "-f", "{{.MemTotal}} {{.NCPU}}"])).trim()).toBe(
        `${device.memoryBytes} ${Math.ceil(device.cpuCores)}`,
      );
    }
  });

  test("a load shows in /proc, as much of it as its cgroup was charged", async () => {
    const device = lab.ofKind("balena");
    const charged = chargedTicks(device);
    const [before, free] = (await overSsh(lab, device, "head -1 /proc/stat; grep MemAvailable /proc/meminfo")).split(
      "\n",
    );
    const kib = (text: string | undefined) => Number(text?.split(/\s+/)[1]);
    const argv = ["stress-ng", "-q", "--cpu", "1", "--vm", "1", "--vm-bytes", "96M", "--vm-keep"];
    const load = device.exec(["timeout", "100", ...argv]);
    const after = await waitFor("the load to show", 90_000, async () => {
      const [stat, freeThen] = (
        await overSsh(lab, device, "head -1 /proc/stat; grep MemAvailable /proc/meminfo")
      ).split("\n");
      return kib(free) - kib(freeThen) > 80 * 1024 ? stat : undefined;
    });
    const chargedThen = chargedTicks(device);
    await device.sh("pkill stress-ng");
    await load;
    expect(chargedThen - charged).toBeGreaterThan(20);
    // The file is written twice a second and half a core is charged 50 ticks a second; a busy machine is later still.
    expect(Math.abs(busyTicks(after) - busyTicks(before) - (chargedThen - charged))).toBeLessThan(60);
  });

  test("nothing on a device gets more memory than the device has", async () => {
    const [device] = lab.devices;
    if (device === undefined) throw new Error("no device");
    const greedy = "x = bytearray(700 * 1024 * 1024); print('had it')";
    const result = await device.exec(["python3", "-c", greedy]);
    expect(result.stdout).toBe("");
    expect(result.code).not.toBe(0);
    await waitFor("the engine after the memory ran out", 30_000, async () =>
      (await device.engineAnswers()) ? true : undefined,
    );
  });

  test("the stack runs, and its ticker numbers its lines", async () => {
    const device = lab.device("press-line-02");
    const format = '{{.Label "com.docker.compose.service"}} {{.State}}';
    const filter = `label=com.docker.compose.project=${STACK_PROJECT}`;
    const listed = await device.docker(["ps", "-a", "--filter", filter, "--format", format]);
    expect(listed.trim().split("\n").sort()).toEqual([
      "broker running",
      "historian running",
      "migrate exited",
      "rules running",
      "ticker running",
    ]);
    await waitFor("a healthy broker", 30_000, async () => {
      const status = await device.docker(["inspect", "-f", "{{.State.Health.Status}}", `${STACK_PROJECT}-broker-1`]);
      return status.trim() === "healthy" ? true : undefined;
    });
    const lines = (await device.docker(["logs", `${STACK_PROJECT}-ticker-1`])).trim().split("\n");
    expect(lines).toEqual(lines.map((_, at) => `tick ${at + 1}`));
    const used = await device.docker([
      "stats",
      "--no-stream",
      "--format",
      "{{.MemUsage}}",
      `${STACK_PROJECT}-broker-1`,
    ]);
    expect(used).toContain("/ 32MiB");
  });

  test("faults come and go", async () => {
    const device = lab.device("press-line-02");
    await device.stopSshd();
    expect(await device.sshAnswers()).toBe(false);
    await device.startSshd();
    await overSsh(lab, device, "true");

    await device.setSshdOption("AllowStreamLocalForwarding", "no");
    expect(await device.sh("/usr/sbin/sshd -T -f /etc/ssh/sshd_config")).toContain("allowstreamlocalforwarding no");
    await overSsh(lab, device, "true");

    await device.killDockerd();
    expect((await tryRun(["docker", "-H", `unix://${device.outsideEngineSocket}`, "ps"])).code).not.toBe(0);
    expect(await overSsh(lab, device, `test -S ${device.engineSocket} && echo there`)).toBe("there");
    await device.startDockerd();
    expect(await device.docker(["ps", "-q"])).not.toBe("");

    await device.setLink("down");
    expect(await device.sshAnswers()).toBe(false);
    await device.setLink("up");
    await waitFor("the cable", 5_000, async () => ((await device.sshAnswers()) ? true : undefined));
  });

  test("a new host key is known at once to whoever attaches", async () => {
    const device = lab.device("press-line-01");
    const old = device.hostKeyFingerprint;
    await device.rekey();
    expect(device.hostKeyFingerprint).not.toBe(old);
    const attached = attachLab().device(device.name);
    expect(attached.hostKeyFingerprint).toBe(device.hostKeyFingerprint);
    expect(await overSsh(lab, attached, "cat /etc/machine-id")).toBe(device.machineId);
  });

  test("devices reach each other, past the engine's firewall", async () => {
    const other = lab.device("press-line-02");
    await lab.device("press-line-01").sh(`echo | timeout 3 busybox nc ${other.address} ${other.sshPort} | grep -q SSH`);
  });

  test("a second lab is refused, or the first one used", async () => {
    await expect(bringUpLab({ devices: 1, name: "second" })).rejects.toThrow(/already up/);
    expect((await bringUpLab({ devices: 1, reuse: true })).devices).toHaveLength(4);
  });

  test("after down nothing is left, and a foreign engine still runs", async () => {
    const foreign = !lab.ownsLocalEngine;
    await lab.down();
    expect(await findLeftovers()).toEqual([]);
    expect(findLab()).toBeUndefined();
    if (foreign) expect(await engineAnswers(lab.localEngineSocket)).toBe(true);
  });
});

describe("a lab that ends badly", () => {
  afterAll(async () => {
    await findLab()?.down();
  });

  test("leaves nothing when it is interrupted while starting", async () => {
    for (const afterMs of [150, 700, 1_500]) {
      const stop = AbortSignal.timeout(afterMs);
      await expect(bringUpLab({ devices: 3, signal: stop })).rejects.toThrow(/interrupted/);
      expect(await findLeftovers()).toEqual([]);
    }
  });

  test("is cleaned away by the next one when it was killed", async () => {
    const first = await bringUpLab({ devices: 2, name: "first" });
    for (const device of readState("first")?.devices ?? []) process.kill(device.init.pid, "SIGKILL");
    await waitFor("the devices to end", 5_000, () => (first.devices.some((one) => one.isUp) ? undefined : true));
    expect(await leftoverCgroups()).not.toEqual([]);
    const second = await bringUpLab({ devices: 1, name: "next" });
    expect(second.devices[0]?.isUp).toBe(true);
    await second.down();
    expect(await findLeftovers()).toEqual([]);
  });
});
