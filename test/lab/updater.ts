/**
 * A process of its own, one per lab: keeps the devices' /proc/meminfo and /proc/stat up to date, twice a second. It reads
 * the lab's state file again and again, and ends once that is gone. Started as: updater.ts NAME
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readCounters } from "./cgroups.ts";
import { type DevicePlan, visibleCores } from "./device-plan.ts";
import { type HostTimes, meminfoText, overwrite, statText } from "./live-files.ts";
import { readState } from "./state.ts";

export const UPDATE_EVERY_MS = 500;

function hostTimes(): HostTimes {
  const text = readFileSync("/proc/stat", "utf8");
  const value = (name: string): string => new RegExp(`^${name} (\\d+)`, "m").exec(text)?.[1] ?? "0";
  return { btime: value("btime"), ctxt: value("ctxt"), processes: value("processes") };
}

/** `since` is the moment the device was made, in milliseconds since the epoch. */
export function refreshDevice(plan: DevicePlan, folder: string, since: number, host: HostTimes = hostTimes()): void {
  const counters = readCounters(plan.index);
  const size = { memoryBytes: plan.memoryBytes, cpuCores: plan.cpuCores, cores: visibleCores(plan.cpuCores) };
  overwrite(join(folder, "live/meminfo"), meminfoText(size, counters));
  // Like a kernel that booted when the device was made; the start alone may use more than the device's share.
  overwrite(join(folder, "live/stat"), statText(size, counters, Date.now() - since, host));
}

function main(name: string): void {
  let misses = 0;
  const tick = (): void => {
    const state = readState(name);
    if (state === undefined) {
      misses += 1;
      if (misses > 3) process.exit(0);
      return;
    }
    misses = 0;
    const host = hostTimes();
    for (const device of state.devices) {
      if (device.plan.kind === "vm") continue;
      try {
        refreshDevice(device.plan, device.folder, Date.parse(state.createdAt), host);
      } catch {
        // The device is just going away.
      }
    }
  };
  setInterval(tick, UPDATE_EVERY_MS);
  tick();
}

const name = process.argv[2];
if (process.argv[1] === import.meta.filename && name !== undefined) main(name);
