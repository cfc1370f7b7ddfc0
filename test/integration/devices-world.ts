/** A fleet of its own for a test, and ways to wait for what it says. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DiscoverySource, type Fleet, openFleet } from "../../src/main/devices/index.ts";
import type { SecretStore } from "../../src/main/store/index.ts";
import type { Device } from "../../src/shared/domain/index.ts";
import type { LabDevice } from "../lab/lab.ts";

export interface World {
  fleet: Fleet;
  dataFolder: string;
  home: string;
  /** Waits until the device is as wanted; the error shows every state that was passed. */
  until(name: string, what: string, wanted: (device: Device) => boolean, timeoutMs?: number): Promise<Device>;
  close(): Promise<void>;
}

export interface WorldOptions {
  clientKeyPath: string;
  dataFolder?: string;
  home?: string;
  sources?: readonly DiscoverySource[];
  secrets?: SecretStore;
}

export async function openWorld(options: WorldOptions): Promise<World> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), "bayplan-devices-")));
  const home = options.home ?? (await mkdtemp(join(tmpdir(), "bayplan-home-")));
  const key = await readFile(options.clientKeyPath, "utf8");
  const fleet = await openFleet({
    dataFolder,
    home,
    credentials: { privateKeys: [key], agentSocket: null, password: null },
    ...(options.sources === undefined ? {} : { sources: options.sources }),
    ...(options.secrets === undefined ? {} : { secrets: options.secrets }),
    onBug: (error) => {
      throw error;
    },
  });
  return {
    fleet,
    dataFolder,
    home,
    until: (name, what, wanted, timeoutMs = 10_000) => until(fleet, name, what, wanted, timeoutMs),
    async close() {
      await fleet.close();
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
      if (options.home === undefined) await rm(home, { recursive: true, force: true });
    },
  };
}

async function until(
  fleet: Fleet,
  name: string,
  what: string,
  wanted: (device: Device) => boolean,
  timeoutMs: number,
): Promise<Device> {
  const passed: string[] = [];
  const signal = AbortSignal.timeout(timeoutMs);
  for await (const update of fleet.watch(signal)) {
    const devices = update.kind === "snapshot" ? update.devices : update.kind === "changed" ? [update.device] : [];
    for (const device of devices) {
      if (device.name !== name && !device.addresses.includes(name)) continue;
      passed.push(`${device.state}${device.trouble === null ? "" : ` (${device.trouble.code})`}`);
      if (wanted(device)) return device;
    }
  }
  throw new Error(`${name} was not ${what} within ${timeoutMs} ms; it was: ${passed.join(", ") || "never seen"}.`);
}

/** Agrees to the key of a lab's device after comparing it, as a person would. */
export async function trustLabDevice(world: World, device: LabDevice): Promise<Device> {
  const seen = await world.until(device.name, "asking for trust", (one) => one.hostKey.trust === "new");
  if (seen.hostKey.offered?.fingerprint !== device.hostKeyFingerprint) throw new Error("It shows another key.");
  await world.fleet.trust(seen.id, device.hostKeyFingerprint);
  return world.until(device.name, "online", (one) => one.state === "online");
}
