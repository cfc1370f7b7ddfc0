/** Measuring on a real device: its speed, a stack that runs there, and nothing left of either, whatever becomes of the connection. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Host, openHost } from "../../src/main/api/index.ts";
import { measureDeviceSpeed } from "../../src/main/profiling/index.ts";
import { currentOwner } from "../../src/main/store/index.ts";
import {
  type DeviceId,
  type RunEvent,
  type RunRecord,
  type RunRequest,
  stackSelection,
} from "../../src/shared/domain/index.ts";
import { bringUpLab, findLab, type Lab, type LabDevice } from "../lab/lab.ts";
import { busyboxImage } from "./engines-fixture.ts";

let lab: Lab;
let isOurs = false;
let target: LabDevice;
let host: Host;
let folder: string;
let id: DeviceId;
const keyBefore = process.env.BAYPLAN_SSH_KEY;

/** Short benchmarks of the real program: the figures mean little, and they are figures. */
const runs = [
  { name: "lzma", words: "LZMA", argv: ["b", "-mmt1", "-md18", "-mtimems=100"] },
  { name: "sha256", words: "SHA-256", argv: ["b", "-mmt1", "-mm=SHA256:1", "-md10", "-mtimems=100"] },
];

beforeAll(async () => {
  isOurs = findLab() === undefined;
  lab = await bringUpLab({ devices: 1, reuse: true });
  const [first] = lab.devices;
  if (first === undefined) throw new Error("The lab has no device.");
  target = first;
  process.env.BAYPLAN_SSH_KEY = lab.clientKeyPath;
});

afterAll(async () => {
  if (keyBefore === undefined) delete process.env.BAYPLAN_SSH_KEY;
  else process.env.BAYPLAN_SSH_KEY = keyBefore;
  if (isOurs) await lab.down();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bayplan-on-device-"));
  await mkdir(join(folder, "stack"));
  host = await open();
  const { user, address, sshPort } = target;
  id = (await host.fleet.add({ user, host: address, port: sshPort }, "bench")).id;
  await expect.poll(() => host.fleet.find(id).hostKey.trust, { timeout: 15_000 }).toBe("new");
  await host.fleet.trust(id, target.hostKeyFingerprint);
  await host.fleet.connectionOf(id);
  // Its identity may have given it another id.
  id = host.fleet.find("bench").id;
});

afterEach(async () => {
  await host.close();
  await rm(folder, { recursive: true, force: true });
  const left = (await target.docker(["ps", "-aq"])).split("\n").filter((one) => one !== "");
  if (left.length > 0) await target.docker(["rm", "-f", ...left]);
  expect(left).toEqual([]);
});

const open = () => openHost({ dataFolder: join(folder, "data"), discover: false });
const speedFolders = async () =>
  (await target.sh("ls -d /tmp/bayplan-speed-* /var/tmp/bayplan-speed-* 2>/dev/null; true")).trim();
const owed = async (): Promise<unknown> => JSON.parse(await readFile(join(folder, "data", "on-devices.json"), "utf8"));

const measureSpeed = async (signal: AbortSignal, onProgress: (text: string) => void = () => undefined) =>
  measureDeviceSpeed({
    connection: await host.fleet.connectionOf(id),
    name: "bench",
    arch: "x86_64",
    cpus: 1,
    folder: "bayplan-speed-0a1b",
    onProgress,
    signal,
    runs,
  });

test("a device's speed is measured by a program that is gone afterwards, also where /tmp lets none run", async () => {
  const never = new AbortController().signal;
  const speed = await measureSpeed(never);
  expect(speed).toMatchObject({ kernels: { lzma: expect.any(Number), sha256: expect.any(Number) }, notMeasured: {} });
  expect(speed.singleCoreScore).toBeGreaterThan(50);
  await target.sh("mount -t tmpfs -o noexec,size=16m tmpfs /tmp");
  try {
    expect((await measureSpeed(never)).singleCoreScore).toBeGreaterThan(50);
  } finally {
    await target.sh("umount /tmp");
  }
  const abort = new AbortController();
  const cancelled = measureSpeed(abort.signal, (text) => {
    if (text.startsWith("Measuring")) abort.abort();
  });
  await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
  await expect.poll(speedFolders, { timeout: 5_000 }).toBe("");
});

test("what a Bayplan that is gone owes to a device is removed with the next connection", async () => {
  const owner = { ...currentOwner(), startTicks: "1" };
  const thing = { kind: "speed", folder: "bayplan-speed-0dead0" };
  const kept = host.fleet.keptAs(id);
  await target.sh("mkdir -p /tmp/bayplan-speed-0dead0 && echo x >/tmp/bayplan-speed-0dead0/7zz");
  await host.close();
  await writeFile(join(folder, "data", "on-devices.json"), JSON.stringify([{ deviceId: kept, owner, thing }]));
  host = await openHost({ dataFolder: join(folder, "data"), discover: true });
  const states = () =>
    host.fleet.list().map((one) => `${one.id} ${one.name} ${one.state} ${one.trouble?.message ?? ""}`);
  const now = async () => ({ left: await speedFolders(), owed: await owed(), states: states() });
  await expect.poll(now, { timeout: 30_000, interval: 500 }).toMatchObject({ left: "", owed: [] });
});

const busy = "while :; do i=0; while [ $$i -lt 3000 ]; do i=$$((i+1)); done; sleep 0.1; done";
const stackText = `name: there
services:
  worker:
    image: ${busyboxImage}
    init: true
    mem_limit: 32m
    command: ["sh", "-c", "cat /config/site.txt; ${busy}"]
    volumes: ["./config:/config", "data:/data"]
volumes: {data: {}}
`;

async function startRun(change: Partial<RunRequest> = {}): Promise<RunRecord> {
  await mkdir(join(folder, "stack", "config"), { recursive: true });
  await writeFile(join(folder, "stack", "config", "site.txt"), "harbour\n");
  await writeFile(join(folder, "stack", "compose.yaml"), stackText);
  return host.runs.start({
    ...stackSelection(join(folder, "stack", "compose.yaml")),
    targets: [{ kind: "named", name: id }],
    on: id,
    durationMs: 4_000,
    warmUpMs: 0,
    ...change,
  });
}

/** Follows a run to its end; `onEvent` is told of each event as it comes. */
async function follow({ id: runId }: RunRecord, onEvent: (event: RunEvent) => Promise<void> = async () => undefined) {
  for await (const update of host.runs.watch(runId, new AbortController().signal)) {
    if (update.kind === "events") for (const event of update.events) await onEvent(event);
  }
  return host.runs.read(runId);
}

const nothingThere = async () =>
  `${await target.docker(["ps", "-aq"])}${await target.docker(["volume", "ls", "-q"])}${await target.docker(["network", "ls", "-q", "--filter", "label=io.bayplan.run"])}${await target.sh("ls /root/.local/share/bayplan/stacks 2>/dev/null; true")}`.trim();

test("a stack runs on the device itself, is judged against what that has, and leaves nothing there", async () => {
  const { record, result, samples, events } = await follow(await startRun());
  expect([record.status, record.failure, record.on]).toEqual([
    "finished",
    null,
    { deviceId: id, name: "bench", modelId: null },
  ]);
  const [measured] = result?.targets ?? [];
  expect(measured).toMatchObject({
    envelope: { mode: "device", speedRatio: 1, cpuBand: { value: 1.15 } },
    budget: { kind: "device", memorySource: expect.stringContaining("(measured)") },
    services: { worker: { oomKills: 0, restarts: 0, limits: { memoryBytes: 32 * 2 ** 20 } } },
  });
  expect(measured?.stack.cpuSeconds).toBeGreaterThan(0.05);
  expect(measured?.services.worker?.memoryKernelPeakBytes).toBeGreaterThan(100_000);
  expect(measured?.stack.busiestThread?.service).toBe("worker");
  // 10 Hz for 4 s and more, on a machine that others use as well.
  expect(samples.length).toBeGreaterThan(20);
  expect(events.map(({ phase }) => phase)).toEqual(
    expect.arrayContaining(["create", "start", "healthy", "steady", "stop"]),
  );
  expect(await nothingThere()).toBe("");
  expect(await owed()).toEqual([]);
});

test("where the same stack is up it asks, and measures beside it when told to", async () => {
  const label = "com.docker.compose.project=there";
  const other = await target.docker(["run", "-d", "--label", label, busyboxImage, "sleep", "600"]);
  await expect(startRun()).rejects.toMatchObject({ code: "conflict", hint: expect.stringContaining("--beside") });
  const { record } = await follow(await startRun({ beside: true, durationMs: 1_000 }));
  expect(record.status).toBe("finished");
  const still = await target.docker(["ps", "-q", "--no-trunc"]);
  expect(still).toBe(other);
  await target.docker(["rm", "-f", other.trim()]);
});

test("a broken connection is a gap in the run, which goes on; one that stays away ends it, and the next one cleans up", async () => {
  const whenSteady = (action: () => Promise<void>) => async (event: RunEvent) => {
    if (event.phase === "steady") await action();
  };
  const mended = await follow(
    await startRun(),
    whenSteady(() => target.fault("sessions-killed")),
  );
  expect([mended.record.status, mended.record.failure]).toEqual(["finished", null]);
  const notes = mended.events.flatMap(({ kind, text }) => (kind === "note" ? [text] : []));
  expect(notes).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Nothing more is read/), expect.stringMatching(/after a gap of/)]),
  );
  expect(mended.result?.targets[0]?.stack.steadySeconds).toBeGreaterThanOrEqual(4);
  expect(await nothingThere()).toBe("");

  const run = await startRun({ durationMs: 60_000 });
  await follow(
    run,
    whenSteady(async () => {
      await target.fault("link-down");
      // The person gives up on it while it is away.
      setTimeout(() => void host.runs.cancel(run.id), 6_000);
    }),
  );
  expect((await host.runs.read(run.id)).record.status).toBe("cancelled");
  expect(await nothingThere()).not.toBe("");
  await target.fault("link-up");
  await expect.poll(nothingThere, { timeout: 30_000 }).toBe("");
});
