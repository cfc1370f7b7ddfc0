/** Each kind and variant of device is what it says it is, seen by the plain tools: ssh, sshpass, podman, docker. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { freeze, killSessions, setLoss, thaw } from "./device-faults.ts";
import { bringUpLab, type DeviceWish, findLab, findLeftovers, type Lab, type LabDevice } from "./lab.ts";
import { tryRun, waitFor } from "./run.ts";
import { execOverSsh, type SshTarget, sshOptions } from "./ssh.ts";

const WISHES: readonly DeviceWish[] = [
  { kind: "podman" },
  { kind: "sudo" },
  { kind: "no-forwarding" },
  { kind: "plain", passwordOnly: true },
  { kind: "plain", behind: 2 },
  { kind: "podman", passwordOnly: true, behind: 1 },
];

let lab: Lab;

function device(number: number): LabDevice {
  const found = lab.devices[number - 1];
  if (found === undefined) throw new Error(`The lab has no device ${number}.`);
  return found;
}

async function overSsh(target: SshTarget, line: string): Promise<string> {
  const result = await execOverSsh(target, lab.clientKeyPath, ["sh", "-c", line]);
  if (result.code !== 0) throw new Error(`${result.code}: ${result.stderr}`);
  return result.stdout.trim();
}

/** Asks an engine for its version through a Unix socket that sshd forwards; what ssh said when that failed. */
async function versionOverForwarding(target: LabDevice): Promise<string> {
  const local = `/tmp/bayplan-lab-forward-${process.pid}`;
  const end = ["-p", String(target.sshPort), `${target.user}@${target.address}`, "sleep 20"];
  const stop = new AbortController();
  const argv = ["ssh", ...sshOptions(target, lab.clientKeyPath), "-o", "StreamLocalBindUnlink=yes"];
  const forward = tryRun([...argv, "-L", `${local}:${target.engineSocket}`, ...end], { signal: stop.signal });
  try {
    const ask = ["curl", "-sS", "--max-time", "5", "--unix-socket", local, "http://engine/version"];
    return await waitFor("the forwarded socket", 8_000, async () => {
      const said = await tryRun(ask);
      // 7: nobody listens there yet.
      return said.code === 7 ? undefined : said.stdout + said.stderr;
    });
  } finally {
    stop.abort();
    await forward.catch(() => undefined);
    await tryRun(["rm", "-f", local]);
  }
}

beforeAll(async () => {
  expect(await findLeftovers()).toEqual([]);
  lab = await bringUpLab({ devices: WISHES.length, kinds: WISHES });
});

afterAll(async () => {
  await findLab()?.down();
});

test("all of them let their user in, each its own way, and are the machine that was meant", async () => {
  const said = await Promise.all(lab.devices.map((one) => overSsh(one, "hostname; id -un; cat /etc/machine-id")));
  expect(said).toEqual(lab.devices.map((one) => `${one.name}\n${one.user}\n${one.machineId}`));
  expect(lab.devices.map((one) => one.user)).toEqual([
    "root",
    "technician",
    "root",
    "technician",
    "root",
    "technician",
  ]);
});

test("Podman answers Docker's API and its own, and there is no other engine", async () => {
  const podman = device(1);
  expect(await overSsh(podman, "command -v docker dockerd containerd; ls /var/run/docker.sock 2>/dev/null; true")).toBe(
    "",
  );
  const started = "podman run -d --name lab-podman localhost/bayplan-lab/busybox:1 sh -c 'echo said; sleep 60'";
  await overSsh(podman, started);
  expect(await overSsh(podman, "podman inspect -f '{{.State.Status}}' lab-podman")).toBe("running");
  expect((await podman.docker(["ps", "--format", "{{.Names}}"])).trim()).toBe("lab-podman");
  await waitFor("its log", 5_000, async () =>
    (await overSsh(podman, "podman logs lab-podman")) === "said" ? true : undefined,
  );
  const ask = "curl -sf --unix-socket /run/podman/podman.sock http://d/v4.0.0/libpod/info";
  expect(JSON.parse(await overSsh(podman, ask))).toMatchObject({ host: { cgroupVersion: "v1" } });
  await overSsh(podman, "podman rm -f -t 0 lab-podman");
});

test("Podman's service can be killed and started again", async () => {
  const podman = device(1);
  await podman.killDockerd();
  expect(await podman.engineAnswers()).toBe(false);
  await podman.startDockerd();
  expect(await podman.engineAnswers()).toBe(true);
});

test("without the engine's group only sudo gets at the engine, and root is not let in", async () => {
  const sudo = device(2);
  expect(await overSsh(sudo, `docker version >/dev/null 2>&1 || echo denied`)).toBe("denied");
  expect(await overSsh(sudo, "sudo -n docker version -f '{{.Server.Version}}'")).toMatch(/^\d+\.\d+/);
  expect(await overSsh(sudo, "id -nG")).toBe("technician");
  const asRoot: SshTarget = { ...bare(sudo), user: "root" };
  await expect(overSsh(asRoot, "true")).rejects.toThrow(/Permission denied/);
});

test("where forwarding to Unix sockets is refused, a program over SSH still gets at the engine", async () => {
  expect(await versionOverForwarding(device(1))).toContain('"ApiVersion"');
  expect(await versionOverForwarding(device(3))).not.toContain('"ApiVersion"');
  expect(await overSsh(device(3), "docker version -f '{{.Server.Version}}'")).toMatch(/^\d+\.\d+/);
});

test("a password-only device takes the password, no key, and no other password", async () => {
  const locked = device(4);
  expect(locked.password).not.toBeNull();
  expect(await overSsh(locked, "docker ps -q >/dev/null && echo may")).toBe("may");
  await expect(overSsh({ ...bare(locked), password: "wrong" }, "true")).rejects.toThrow(
    /^Error: 5|Permission denied|^5/,
  );
  await expect(overSsh({ ...bare(locked), password: null }, "true")).rejects.toThrow(/Permission denied/);
});

test("a device behind another one is reached through it, and in no other way", async () => {
  for (const inner of [device(5), device(6)]) {
    const direct = await tryRun(["ssh-keyscan", "-T", "2", "-p", String(inner.sshPort), inner.address]);
    expect(direct.stdout).toBe("");
    const refused = await execOverSsh({ ...bare(inner), jump: null }, lab.clientKeyPath, ["true"], {
      timeoutMs: 3_000,
    });
    expect(refused.code).not.toBe(0);
    expect(inner.advertises).toBe(false);
  }
  expect(await overSsh(device(5), "docker version -f '{{.Server.Version}}'")).toMatch(/^\d+\.\d+/);
  expect(await overSsh(device(6), "curl -sf --unix-socket /run/podman/podman.sock http://d/_ping")).toBe("OK");
  await device(5).setLink("down");
  expect(await device(5).sshAnswers()).toBe(false);
  await device(5).setLink("up");
  await waitFor("the inner cable", 5_000, async () => ((await device(5).sshAnswers()) ? true : undefined));
});

test("sessions end without their server, packets are lost, and a frozen device goes on where it was", async () => {
  const target = device(3);
  const session = execOverSsh(target, lab.clientKeyPath, ["sleep", "30"]);
  await waitFor("the session", 5_000, async () =>
    (await target.sh("pgrep -x sleep | wc -l; pgrep -fc 'sleep 30'")).includes("1") ? true : undefined,
  );
  expect(await killSessions(target)).toBeGreaterThan(0);
  expect((await session).code).toBe(255);
  expect(await target.sshAnswers()).toBe(true);

  const rules = () => target.sh("iptables -w -S | grep -c bayplan-loss || true");
  await setLoss(target, 0.2);
  expect((await rules()).trim()).toBe("2");
  await setLoss(target, 0);
  expect((await rules()).trim()).toBe("0");

  await freeze(target);
  expect(await target.sshAnswers()).toBe(false);
  await thaw(target);
  await waitFor("the thawed device", 5_000, async () => ((await target.sshAnswers()) ? true : undefined));
  expect(await overSsh(target, "docker ps -q >/dev/null && echo works")).toBe("works");
});

test("after down nothing is left of any of them", async () => {
  await lab.down();
  expect(await findLeftovers()).toEqual([]);
});

/** Only what ssh needs of it, so that one part can be another. */
function bare(one: LabDevice): SshTarget {
  return { address: one.address, sshPort: one.sshPort, user: one.user, password: one.password, jump: one.jump };
}
