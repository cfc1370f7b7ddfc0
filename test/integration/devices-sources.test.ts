/** The sources of discovery against real machines: avahi in both address families, a search of the LAN, ~/.ssh/config. */
import { createSocket } from "node:dgram";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "dns-packet";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { mdnsSource } from "../../src/main/devices/mdns/mdns-source.ts";
import { sshConfigSource } from "../../src/main/devices/ssh-config/ssh-config-source.ts";
import { type Device, familyOf, isNeighbour, type ProbeUpdate } from "../../src/shared/domain/index.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { run } from "../lab/run.ts";
import { openWorld, trustLabDevice, type World } from "./devices-world.ts";

let lab: Lab;
let isOurs = false;
let world: World | null = null;

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 4, reuse: true });
});

afterAll(async () => {
  if (isOurs) await lab.down();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await world?.close();
  world = null;
});

function device(index: number): LabDevice {
  const found = lab.devices[index];
  if (found === undefined) throw new Error(`The lab has no device ${index}.`);
  return found;
}

async function open(options: Partial<Parameters<typeof openWorld>[0]> = {}): Promise<World> {
  world = await openWorld({ clientKeyPath: lab.clientKeyPath, ...options });
  return world;
}

const labRange = "10.77.0.0/27";
const at = (one: World, target: LabDevice): Device | undefined =>
  one.fleet.list().find((seen) => seen.addresses.includes(target.address));

interface Avahi {
  ipv4: boolean;
  ipv6: boolean;
}

/** Ends a device's avahi with a goodbye, and starts it anew in the families wanted; null leaves it ended. */
async function setAvahi(target: LabDevice, families: Avahi | null): Promise<void> {
  await target.sh(
    'p=$(pgrep -x avahi-daemon | head -1); [ -z "$p" ] || { kill $p; while kill -0 $p 2>/dev/null; do sleep 0.05; done; }; rm -f /run/avahi-daemon/pid',
  );
  if (families === null) return;
  const yes = (on: boolean) => (on ? "yes" : "no");
  await target.sh(
    `sed -e 's/^use-ipv4=.*/use-ipv4=${yes(families.ipv4)}/' -e 's/^use-ipv6=.*/use-ipv6=${yes(families.ipv6)}/' ` +
      "/etc/avahi/avahi-daemon.conf >/run/avahi-daemon/test.conf; " +
      "setsid avahi-daemon -f /run/avahi-daemon/test.conf --no-drop-root --no-chroot --no-rlimits </dev/null >>/var/log/avahi.log 2>&1 &",
  );
}

const usual: Avahi = { ipv4: true, ipv6: false };

function serviceFile(type: string, port: number, text = ""): string {
  return `<service-group><name replace-wildcards="yes">%h</name><service><type>${type}</type><port>${port}</port>${text}</service></service-group>`;
}

async function search(
  one: World,
  ports: number[],
  signal = new AbortController().signal,
  onUpdate: (update: ProbeUpdate) => void = () => undefined,
): Promise<ProbeUpdate[]> {
  const updates: ProbeUpdate[] = [];
  for await (const update of one.fleet.probe({ subnets: [labRange], ports }, signal)) {
    updates.push(update);
    onUpdate(update);
  }
  return updates;
}

test("a search of the LAN finds the device that announces nothing, and doubles none of the others", async () => {
  const one = await open();
  const announced = lab.devices.filter((target) => target.advertises);
  const silent = lab.ofKind("silent");
  await one.fleet.whenSettled(5_000);
  expect(at(one, silent)).toBeUndefined();
  const updates = await search(one, [22, 22222]);
  const last = updates.at(-1);
  if (last?.kind !== "done") throw new Error(`The last update is ${last?.kind}.`);
  expect(last.found.map(({ host, port }) => `${host}:${port}`).sort()).toEqual(
    lab.devices.map((target) => `${target.address}:${target.sshPort}`).sort(),
  );
  expect(last.found.every(({ banner }) => /^SSH-2\.0-OpenSSH/.test(banner))).toBe(true);
  // 30 addresses, of which one is this machine's own.
  expect(last.counts).toMatchObject({ addresses: 30, asked: 30, ssh: lab.devices.length, denied: 0 });
  expect(last.counts.silent + last.counts.unreachable).toBe(29 - lab.devices.length);
  await expect.poll(() => at(one, silent)?.hostKey.trust).toBe("new");
  expect(one.fleet.list()).toHaveLength(lab.devices.length);
  for (const target of announced) expect(at(one, target)?.sources).toEqual(["mdns", "probe"]);
  expect(at(one, silent)).toMatchObject({ name: silent.address, sources: ["probe"] });
  await one.fleet.trust(at(one, silent)?.id ?? expect.fail(), silent.hostKeyFingerprint);
  const online = await one.until(silent.name, "online under its own name", (seen) => seen.state === "online");
  expect(online.facts === null ? null : familyOf(online.facts)).toBe("raspberry-pi");
  const left = await run(["ss", "-Htn", "dst", labRange]);
  // The session of each device and nothing of the search.
  expect(left.split("\n").filter((line) => /ESTAB|SYN-SENT/.test(line)).length).toBeLessThanOrEqual(lab.devices.length);
});

test("a search that is called off ends within moments, and its sockets with it", async () => {
  const one = await open({ sources: [] });
  const stop = new AbortController();
  const startedAtMs = Date.now();
  const callOff = ({ kind }: ProbeUpdate) => void (kind === "started" && setTimeout(() => stop.abort(), 50));
  const ended = await search(one, [22, 22222, 2222, 2022], stop.signal, callOff).then(
    () => "whole",
    () => "called off",
  );
  expect(ended).toBe("called off");
  expect(Date.now() - startedAtMs).toBeLessThan(1_500);
  const left = await run(["ss", "-Htn", "state", "syn-sent", "dst", labRange]);
  expect(left.trim()).toBe("");
});

test("brokers and models are hints on the device that announces them, and go with its goodbye", async () => {
  const target = device(0);
  await target.sh(`echo '${serviceFile("_mqtt._tcp", 1883)}' >/etc/avahi/services/mqtt.service`);
  await target.sh(
    `echo '${serviceFile("_device-info._tcp", 0, "<txt-record>model=KI-Box</txt-record>")}' >/etc/avahi/services/model.service`,
  );
  try {
    await setAvahi(target, usual);
    const one = await open();
    const seen = await one.until(
      target.name,
      "told of by all its services",
      ({ services, announcedModel }) => services.includes("_mqtt._tcp") && announcedModel !== null,
    );
    expect(seen.services).toEqual(["_device-info._tcp", "_mqtt._tcp", "_ssh._tcp", "_workstation._tcp"]);
    expect(seen).toMatchObject({ announcedModel: "KI-Box", target: { port: target.sshPort } });
    expect({ neighbour: isNeighbour(seen), seen }).toMatchObject({ neighbour: false });
    await setAvahi(target, null);
    await one.until(target.name, "not announced any more", ({ sources }) => !sources.includes("mdns"), 4_000);
  } finally {
    await target.sh("rm -f /etc/avahi/services/mqtt.service /etc/avahi/services/model.service");
    await setAvahi(target, usual);
  }
});

test("a machine that only says that it is there is a neighbour, and is not asked before somebody wants it", async () => {
  const silent = lab.ofKind("silent");
  const before = await readFile(join(silent.logFolder, "sshd.log"), "utf8");
  await setAvahi(silent, usual);
  try {
    const one = await open();
    const seen = await one.until(silent.name, "heard of", ({ state }) => state === "not-asked");
    expect(seen).toMatchObject({ services: ["_workstation._tcp"], remembered: false, trouble: null });
    expect(isNeighbour(seen)).toBe(true);
    // Charts of all devices and the wait for answers pass it over.
    const stop = new AbortController();
    const samples = one.fleet.samples(null, 1_000, stop.signal).next();
    await one.fleet.whenSettled(5_000);
    stop.abort();
    await samples;
    expect(await readFile(join(silent.logFolder, "sshd.log"), "utf8")).toBe(before);
    expect(one.fleet.find(silent.name).state).toBe("not-asked");
    await one.fleet.retry(seen.id);
    const asked = await one.until(silent.name, "asking for trust", ({ hostKey }) => hostKey.trust === "new");
    expect(isNeighbour(asked)).toBe(false);
    expect(asked.id).toBe(seen.id);
  } finally {
    await setAvahi(silent, null);
  }
});

test("a device that speaks IPv6 alone is found by its link-local address, and its key is read there", async () => {
  const target = device(1);
  await setAvahi(target, { ipv4: false, ipv6: true });
  try {
    const one = await open();
    const seen = await one.until(
      target.name,
      "asking for trust over IPv6",
      ({ hostKey, addresses }) => hostKey.trust === "new" && addresses.every((address) => address.includes(":")),
    );
    expect(seen.addresses).toEqual([expect.stringMatching(/^fe80::[0-9a-f:]+%bpl0$/)]);
    expect(seen.target.host).toBe(seen.addresses[0]);
    expect(seen.hostKey.offered?.fingerprint).toBe(target.hostKeyFingerprint);
    await setAvahi(target, { ipv4: true, ipv6: true });
    const both = await one.until(target.name, "seen in both families", ({ addresses }) => addresses.length === 2);
    expect(both.addresses[0]).toBe(target.address);
    expect(one.fleet.list().filter(({ name }) => name === target.name)).toHaveLength(1);
  } finally {
    await setAvahi(target, usual);
  }
});

test("a network that comes while it listens is heard at once, and one that goes takes its devices along", async () => {
  const address = `${lab.bridgeAddress}/24`;
  await run(["ip", "addr", "del", address, "dev", lab.bridgeInterface]);
  let isBack = false;
  const bringBack = async (): Promise<void> => {
    if (!isBack) await run(["ip", "addr", "add", address, "dev", lab.bridgeInterface]);
    isBack = true;
  };
  try {
    const one = await open();
    await one.fleet.whenSettled(2_000);
    expect(at(one, device(0))).toBeUndefined();
    await bringBack();
    await one.until(device(0).name, "asking for trust", ({ hostKey }) => hostKey.trust === "new", 6_000);
    await run(["ip", "addr", "del", address, "dev", lab.bridgeInterface]);
    isBack = false;
    await one.until(device(0).name, "not seen any more", ({ sources }) => sources.length === 0, 6_000);
  } finally {
    await bringBack();
  }
});

test("after a sleep of this machine everybody is asked anew", async () => {
  const asked: number[] = [];
  const ear = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => ear.bind(5353, "0.0.0.0", resolve));
  ear.addMembership("224.0.0.251", lab.bridgeAddress);
  ear.on("message", (bytes, sender) => {
    if (sender.address !== lab.bridgeAddress || sender.port !== 5353) return;
    const { type, questions } = decode(bytes);
    if (type === "query" && questions?.some(({ name }) => name === "_ssh._tcp.local")) asked.push(performance.now());
  });
  const source = mdnsSource();
  const detach = source.attach(() => undefined);
  try {
    await source.firstRound();
    // The rounds are at 0, 1, 3, 7 and 15 s: behind the fourth one it is quiet.
    await expect.poll(() => asked.length, { timeout: 12_000, interval: 50 }).toBeGreaterThanOrEqual(4);
    const before = asked.length;
    const real = Date.now.bind(Date);
    vi.spyOn(Date, "now").mockImplementation(() => real() + 60_000);
    await expect.poll(() => asked.length - before, { timeout: 4_500, interval: 50 }).toBeGreaterThanOrEqual(2);
  } finally {
    detach();
    ear.close();
  }
});

test("a host of ~/.ssh/config is a candidate that nobody connects to, with its user; the device that is there already takes its name", async () => {
  const home = await mkdtemp(join(tmpdir(), "bayplan-home-"));
  const [first, second] = [device(0), device(1)];
  await mkdir(join(home, ".ssh"));
  await writeFile(
    join(home, ".ssh", "config"),
    `Host bench\n  HostName ${first.address}\n  User root\nHost far\n  HostName 10.77.0.250\n  User technician\n`,
  );
  try {
    const one = await open({ home, sources: [mdnsSource(), sshConfigSource({ home })] });
    const far = await one.until("far", "a candidate", ({ state }) => state === "not-asked");
    expect(far).toMatchObject({
      sources: ["ssh-config"],
      sshAlias: "far",
      target: { user: "technician", host: "far", port: 22 },
      addresses: ["10.77.0.250"],
      stale: true,
    });
    expect(isNeighbour(far)).toBe(false);
    const bench = await one.until("bench", "asking for trust", ({ hostKey }) => hostKey.trust === "new");
    expect([...bench.sources].sort()).toEqual(["mdns", "ssh-config"]);
    await one.until(second.name, "asking for trust", ({ hostKey }) => hostKey.trust === "new");
    expect(one.fleet.list().filter(({ addresses }) => addresses.includes(first.address))).toHaveLength(1);
    expect(one.fleet.find("far").state).toBe("not-asked");
    expect(one.fleet.evidence().find(({ source }) => source === "ssh-config")).toMatchObject({ state: "working" });
    await one.fleet.retry(far.id);
    await one.until("far", "unreachable", ({ state }) => state === "unreachable", 15_000);
    expect(await trustLabDevice(one, second)).toMatchObject({ name: second.name, state: "online" });
  } finally {
    await world?.close();
    world = null;
    await rm(home, { recursive: true, force: true });
  }
});
