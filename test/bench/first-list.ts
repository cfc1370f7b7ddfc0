/**
 * How long it takes from an address to the first list of its containers: Bayplan's fleet, told of a device whose key it
 * knows, against `docker -H ssh:// ps -a` and a bare `ssh true`, in one run and in turn, with a device of the lab on the
 * other side. Both begin without a connection, and read the same key and the same known_hosts.
 *
 *   tsx test/bench/first-list.ts [--rounds 15] [--delay 10] [--steps]
 *
 * `--delay`: the link's round trip in milliseconds for a second comparison; `--steps`: when each state was reached.
 * Prints one JSON object a line, and ends with 1 when the goal is missed. Needs root.
 */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFleet } from "../../src/main/devices/index.ts";
import { startFaultProxy } from "../lab/fault-proxy.ts";
import { bringUpLab, type LabDevice } from "../lab/lab.ts";
import { run } from "../lab/run.ts";
import { judge, median, option, tell } from "./figures.ts";

const goal = 0.33;
/** Debian's docker.io puts it there; others that a machine may have are not what is compared. */
const dockerClient = "/usr/bin/docker";

interface Place {
  host: string;
  port: number;
}

/** A home folder with what ssh needs: a key, and the device's key as a known one. */
function makeHome(folder: string, device: LabDevice, keyPath: string, place: Place): string {
  const home = mkdtempSync(join(folder, "home-"));
  mkdirSync(join(home, ".ssh"), { mode: 0o700 });
  cpSync(keyPath, join(home, ".ssh/id_ed25519"));
  chmodSync(join(home, ".ssh/id_ed25519"), 0o600);
  const hostKey = readFileSync(join(device.outsideRoot, "etc/ssh/ssh_host_ed25519_key.pub"), "utf8");
  const name = place.port === 22 ? place.host : `[${place.host}]:${place.port}`;
  writeFileSync(join(home, ".ssh/known_hosts"), `${name} ${hostKey}`);
  return home;
}

/** OpenSSH takes the home of the account, whatever HOME says: so the docker client is given an ssh that is told. */
function makeSsh(home: string): string {
  const options = ["-F", "none", "-i", `${home}/.ssh/id_ed25519`, "-o", `UserKnownHostsFile=${home}/.ssh/known_hosts`];
  const path = join(home, "ssh");
  writeFileSync(path, `#!/bin/sh\nexec /usr/bin/ssh ${options.join(" ")} "$@"\n`, { mode: 0o755 });
  return path;
}

async function timed(action: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await action();
  return performance.now() - startedMs;
}

/** Milliseconds until the fleet tells the containers; the steps are told as they come. */
async function ours(home: string, user: string, place: Place, expected: number, onStep: (text: string) => void) {
  const dataFolder = mkdtempSync(join(home, "data-"));
  const fleet = await openFleet({ dataFolder, home, discover: false });
  const leave = new AbortController();
  try {
    const startedMs = performance.now();
    const step = (text: string): void => onStep(`${(performance.now() - startedMs).toFixed(0)} ${text}`);
    const { id } = await fleet.add({ user, ...place }, null);
    step("added");
    const watching = (async () => {
      for await (const update of fleet.watch(leave.signal)) {
        if (update.kind !== "changed") continue;
        const { device } = update;
        step(`${device.state} ${device.hostKey.trust}${device.facts === null ? "" : " probed"}`);
      }
    })();
    for await (const outcome of fleet.containers(id, leave.signal)) {
      if (!outcome.ok) throw new Error(outcome.failure.message);
      if (outcome.value.length !== expected) throw new Error(`${outcome.value.length} containers, not ${expected}.`);
      break;
    }
    const tookMs = performance.now() - startedMs;
    leave.abort();
    await watching;
    return tookMs;
  } finally {
    leave.abort();
    await fleet.close();
  }
}

async function compare(device: LabDevice, keyPath: string, place: Place, folder: string, delayMs: number) {
  const { user } = device;
  const expected = (await device.docker(["ps", "-aq"])).trim().split("\n").length;
  const times: Record<"ours" | "docker" | "ssh", number[]> = { ours: [], docker: [], ssh: [] };
  const rounds = option("rounds", 15);
  for (let round = 0; round <= rounds; round += 1) {
    // A home of its own for each round: nothing that was asked before is known.
    const home = makeHome(folder, device, keyPath, place);
    const ssh = makeSsh(home);
    const env = { PATH: `${home}:/usr/bin:/bin`, HOME: home, DOCKER_CONFIG: join(home, "docker") };
    const steps: string[] = [];
    const sshMs = await timed(async () => {
      await run([ssh, "-p", String(place.port), `${user}@${place.host}`, "true"]);
    });
    const oursMs = await ours(home, user, place, expected, (text) => steps.push(text));
    const dockerMs = await timed(async () => {
      const listed = await run([dockerClient, "-H", `ssh://${user}@${place.host}:${place.port}`, "ps", "-aq"], { env });
      if (listed.trim().split("\n").length !== expected) throw new Error(`docker listed ${listed}`);
    });
    // The first one loads what the others find in memory.
    if (round === 0) continue;
    times.ours.push(oursMs);
    times.docker.push(dockerMs);
    times.ssh.push(sshMs);
    if (process.argv.includes("--steps")) process.stdout.write(`${steps.join(", ")}\n`);
  }
  const ratioTo = (key: "docker" | "ssh"): number =>
    median(times.ours.map((ms, round) => ms / (times[key][round] ?? Number.NaN)));
  const medianMs = Object.fromEntries(Object.entries(times).map(([key, list]) => [key, Math.round(median(list))]));
  const ratio = ratioTo("docker");
  tell("first-list", { delayMs, containers: expected, medianMs, ratio, overSsh: ratioTo("ssh") });
  return ratio;
}

const folder = mkdtempSync(join(tmpdir(), "bayplan-bench-"));
const lab = await bringUpLab({ devices: 1, kinds: ["plain"], withStacks: true });
try {
  const [device] = lab.devices;
  if (device === undefined) throw new Error("The lab has no device.");
  const place = { host: device.address, port: device.sshPort };
  const ratio = await compare(device, lab.clientKeyPath, place, folder, 0);
  const delayMs = option("delay", 10);
  const proxy = await startFaultProxy(place);
  try {
    proxy.set({ delayMs: delayMs / 2 });
    await compare(device, lab.clientKeyPath, { host: "127.0.0.1", port: proxy.port }, folder, delayMs);
  } finally {
    await proxy.close();
  }
  judge("first-list", "time to the first list over docker -H ssh://", ratio, { atMost: goal });
} finally {
  await lab.down();
  rmSync(folder, { recursive: true });
}
