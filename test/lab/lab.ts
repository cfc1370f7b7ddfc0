/**
 * A LAN of real devices on this machine: bring it up, attach to it from another process, take it down.
 *
 *   const lab = await bringUpLab({ devices: 3, withStacks: true });
 *   … lab.devices[0] …
 *   await lab.down();
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { checkCgroups, limitCpu, makeCgroups, procsFiles } from "./cgroups.ts";
import { copyClientKey } from "./client-key.ts";
import { LabDevice } from "./device.ts";
import { writeDeviceFiles } from "./device-files.ts";
import { initScript } from "./device-init.ts";
import { type DeviceKind, type DevicePlan, type DeviceWish, defaultKinds, planDevices } from "./device-plan.ts";
import { ensureImages, savedImages } from "./images.ts";
import { dataRoots } from "./leftovers.ts";
import { ensureLocalEngine } from "./local-engine.ts";
import { BRIDGE, BRIDGE_ADDRESS, DEFAULT_LAB_NAME, LOCAL_ENGINE_SOCKET, labFolder } from "./names.ts";
import { makeBridge, plugIn, plugInBehind } from "./network.ts";
import { ensurePackages, packagesFor } from "./packages.ts";
import { identify, isAlive } from "./processes.ts";
import { quote, spawnDetached, waitFor } from "./run.ts";
import { ensureSeed, plantSeed } from "./seed.ts";
import { startStack } from "./stacks.ts";
import { type DeviceRecord, type LabState, labNames, readState, writeState } from "./state.ts";
import { endRecorded, isInUse, removeDeadLabs, tearDown } from "./teardown.ts";
import { DeviceFilesUpdater } from "./updater.ts";
import { startVm, vmImage } from "./vm.ts";

export { DEVICE_FAULTS, type DeviceFault, LabDevice } from "./device.ts";
export type { DeviceKind, DeviceWish } from "./device-plan.ts";
export { findLeftovers } from "./leftovers.ts";
export { ensureLocalEngine, type LocalEngine, stopLocalEngine } from "./local-engine.ts";

export interface LabOptions {
  /** How many devices, apart from a VM. */
  devices: number;
  name?: string;
  /** The kind of each device in place of the usual order; its length must be `devices`. */
  kinds?: readonly (DeviceKind | DeviceWish)[];
  /** Let each device run a small gateway stack. */
  withStacks?: boolean;
  /** Add a device that is a virtual machine with systemd and cgroup v2. */
  vm?: boolean;
  /** Attach to the lab when one is up already, whatever it consists of. */
  reuse?: boolean;
  /** Aborting takes down what has been made so far. */
  signal?: AbortSignal;
  /** Told about each step, for people who wait. */
  onStep?: (text: string) => void;
}

export class Lab {
  readonly devices: readonly LabDevice[];

  constructor(private readonly state: LabState) {
    const devices: LabDevice[] = [];
    for (const record of state.devices) {
      const { behind } = record.plan;
      const jump = devices.find((one) => one.index === behind) ?? null;
      devices.push(new LabDevice(record, state.clientKeyPath, () => writeState(state), jump));
    }
    this.devices = devices;
  }

  get name(): string {
    return this.state.name;
  }
  /** Private ed25519 key that logs in on every device. */
  get clientKeyPath(): string {
    return this.state.clientKeyPath;
  }
  get bridgeInterface(): string {
    return BRIDGE;
  }
  get bridgeAddress(): string {
    return BRIDGE_ADDRESS;
  }
  get localEngineSocket(): string {
    return LOCAL_ENGINE_SOCKET;
  }
  get withStacks(): boolean {
    return this.state.withStacks;
  }
  /** True when this lab started the local engine and will stop it. */
  get ownsLocalEngine(): boolean {
    return this.state.startedLocalEngine;
  }

  device(name: string): LabDevice {
    const found = this.devices.find((one) => one.name === name);
    if (found !== undefined) return found;
    throw new Error(`The lab has no device "${name}", only ${this.devices.map((one) => one.name).join(", ")}.`);
  }

  ofKind(kind: DeviceKind): LabDevice {
    const found = this.devices.find((one) => one.kind === kind);
    if (found === undefined) throw new Error(`The lab has no device of the kind "${kind}".`);
    return found;
  }

  down(): Promise<void> {
    return tearDown(this.state.name);
  }
}

/** The lab that is up, by name or, without one, the only one; undefined when there is none. */
export function findLab(name?: string): Lab | undefined {
  for (const candidate of name === undefined ? labNames() : [name]) {
    const state = readState(candidate);
    if (state?.ready === true && isInUse(state)) return new Lab(state);
  }
  return undefined;
}

export function attachLab(name?: string): Lab {
  const lab = findLab(name);
  if (lab === undefined) throw new Error("No lab is up; bring one up with: npm run lab -- up --devices 3");
  return lab;
}

async function startDevice(
  state: LabState,
  plan: DevicePlan,
  seed: string,
  signal: AbortSignal,
): Promise<DeviceRecord> {
  const folder = join(labFolder(state.name), plan.name);
  const dataRoot = join(dataRoots(), state.name, plan.name);
  const clientPublicKey = await readFile(`${state.clientKeyPath}.pub`, "utf8");
  const [hostKeyFingerprint] = await Promise.all([
    writeDeviceFiles(plan, folder, clientPublicKey),
    plan.kind === "podman" ? mkdir(dataRoot, { recursive: true }) : plantSeed(seed, dataRoot),
    makeCgroups(plan.index, plan.memoryBytes, plan.cpuCores),
  ]);
  new DeviceFilesUpdater(plan.index, folder, plan).refresh();
  const script = join(folder, "init.sh");
  await writeFile(script, initScript(plan, { device: folder, dataRoot }));
  signal.throwIfAborted();
  const joining = procsFiles(plan.index).map((file) => `echo $$ >${file}`);
  const unshare = `exec unshare -m -u -i -n -p -C -f --kill-child sh ${quote(script)}`;
  const log = join(folder, "log/init.log");
  const holder = identify(spawnDetached(["sh", "-c", [...joining, unshare].join(" && ")], log));
  state.processes.push(holder);
  await writeState(state);
  const pid = await waitFor(
    `${plan.name} to start`,
    20_000,
    async () => {
      const text = await readFile(join(folder, "init.pid"), "utf8").catch(() => "");
      if (text !== "") return Number(text);
      if (isAlive(holder)) return undefined;
      throw new Error(`${plan.name} ended at once: ${(await readFile(log, "utf8")).trim().slice(-400)}`);
    },
    20,
  );
  const record = { plan, folder, dataRoot, hostKeyFingerprint, holder, init: identify(pid) };
  if (plan.behind === null) await plugIn(plan.index, pid);
  return record;
}

/** Podman keeps images in a form of its own, so the prepared data folder is of no use to it. */
async function loadImages(device: LabDevice, all: boolean): Promise<void> {
  const small = savedImages().slice(0, 1);
  for (const tar of all ? savedImages() : small) await device.docker(["load", "-q", "-i", tar]);
}

function startUpdater(name: string): ReturnType<typeof identify> {
  const script = join(import.meta.dirname, "updater.ts");
  const loader = pathToFileURL(join(import.meta.dirname, "../../node_modules/tsx/dist/loader.mjs")).href;
  const argv = [process.execPath, "--import", loader, script, name];
  return identify(spawnDetached(argv, join(labFolder(name), "updater.log")));
}

/** Two dozen engines that start at once keep each other from it until the patience of all is over. */
const bootingAtOnce = 6;

async function make(state: LabState, options: LabOptions, plans: DevicePlan[], signal: AbortSignal): Promise<Lab> {
  const say = options.onStep ?? (() => undefined);
  await rm(labFolder(state.name), { recursive: true, force: true });
  await writeState(state);

  say("Local engine and images");
  const engine = await ensureLocalEngine();
  state.startedLocalEngine = engine.started;
  await writeState(state);
  await ensureImages(engine.socket);
  const seed = await ensureSeed();
  if (plans.some((plan) => plan.kind === "vm")) await vmImage(say);
  signal.throwIfAborted();

  say(`Bridge ${BRIDGE} and ${plans.length} devices`);
  await Promise.all([makeBridge(), copyClientKey(state.clientKeyPath)]);
  const start = async (some: readonly DevicePlan[]): Promise<void> => {
    const records = await Promise.allSettled(
      some.map((plan) => (plan.kind === "vm" ? startVm(state, plan, signal) : startDevice(state, plan, seed, signal))),
    );
    for (const outcome of records) {
      if (outcome.status === "rejected") throw outcome.reason;
      state.devices.push(outcome.value);
    }
    state.devices.sort((a, b) => a.plan.index - b.plan.index);
    for (const { plan, init } of state.devices) {
      const jump = state.devices.find((one) => one.plan.index === plan.behind);
      if (jump === undefined || !some.includes(plan)) continue;
      await plugInBehind(plan.index, init.pid, { index: jump.plan.index, pid: jump.init.pid });
    }
    await writeState(state);
    signal.throwIfAborted();
  };
  const settle = async (some: readonly DevicePlan[]): Promise<void> => {
    const names = new Set(some.map((plan) => plan.name));
    const devices = new Lab(state).devices.filter((device) => names.has(device.name));
    await Promise.all(
      devices.map(async (device) => {
        await device.waitUntilReady(device.kind === "vm" ? 420_000 : 90_000);
        signal.throwIfAborted();
        if (device.kind === "podman") await loadImages(device, options.withStacks === true);
        if (options.withStacks === true) await startStack(device);
        if (device.kind !== "vm") await limitCpu(device.index, device.cpuCores);
      }),
    );
  };
  // A machine goes on booting while the others come and go.
  const machines = plans.filter((plan) => plan.kind === "vm");
  await start(machines);
  const boards = plans.filter((plan) => plan.kind !== "vm");
  for (let at = 0; at < boards.length; at += bootingAtOnce) {
    const some = boards.slice(at, at + bootingAtOnce);
    say(`Starting ${some.map((plan) => plan.name).join(", ")}`);
    await start(some);
    await settle(some);
  }
  state.processes.push(startUpdater(state.name));
  await writeState(state);
  say("Waiting for what is left");
  await settle(machines);
  const lab = new Lab(state);
  state.ready = true;
  await writeState(state);
  return lab;
}

export async function bringUpLab(options: LabOptions): Promise<Lab> {
  if (options.reuse === true) {
    const existing = findLab();
    if (existing !== undefined) return existing;
  }
  const kinds = [...(options.kinds ?? defaultKinds(options.devices))];
  if (kinds.length !== options.devices)
    throw new Error(`${kinds.length} kinds were given for ${options.devices} devices.`);
  if (options.vm === true) kinds.push("vm");
  if (kinds.length === 0) throw new Error("A lab needs at least one device.");
  const plans = planDevices(kinds);
  if (plans.filter((plan) => plan.kind === "vm").length > 1) throw new Error("A lab has at most one virtual machine.");
  await ensurePackages(packagesFor(plans));
  checkCgroups();
  await removeDeadLabs();

  const name = options.name ?? DEFAULT_LAB_NAME;
  const state: LabState = {
    id: randomUUID(),
    name,
    createdAt: new Date().toISOString(),
    maker: identify(process.pid),
    ready: false,
    startedLocalEngine: false,
    withStacks: options.withStacks === true,
    clientKeyPath: join(labFolder(name), "client_key"),
    processes: [],
    devices: [],
  };
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const aborted = new Promise<never>((_, reject) => {
    const end = (): void => reject(new Error("Bringing up the lab was interrupted."));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
  });
  aborted.catch(() => undefined);
  const making = make(state, options, plans, signal);
  making.catch(() => undefined);
  try {
    return await Promise.race([making, aborted]);
  } catch (error) {
    stop.abort();
    // Whatever is being made waits for processes or ends by the signal; only when it has ended is all of it known.
    await endRecorded(state).catch(() => undefined);
    await making.catch(() => undefined);
    await endRecorded(state);
    // Unless somebody took it down meanwhile and brought up another one under its name.
    const there = readState(name);
    if (there === undefined || there.id === state.id) await tearDown(name);
    throw error;
  }
}
