/**
 * A process of its own, one per lab: keeps the devices' /proc/meminfo and /proc/stat up to date, twice a second. It reads
 * the lab's state file again and again, and ends once that is gone. Started as: updater.ts NAME
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readCounters } from "./cgroups.ts";
import { type DevicePlan, visibleCores } from "./device-plan.ts";
import { CpuClock, type DeviceSize, type HostTimes, meminfoText, overwrite } from "./live-files.ts";
import { readState } from "./state.ts";

export const UPDATE_EVERY_MS = 500;

function hostTimes(): HostTimes {
  const text = readFileSync("/proc/stat", "utf8");
  const value = (name: string): string => new RegExp(`^${name} (\\d+)`, "m").exec(text)?.[1] ?? "0";
  return { btime: value("btime"), ctxt: value("ctxt"), processes: value("processes") };
}

/** Keeps the files of one device. */
export class DeviceFilesUpdater {
  private readonly size: DeviceSize;
  private readonly clock: CpuClock;

  constructor(
    private readonly index: number,
    private readonly folder: string,
    plan: Pick<DevicePlan, "memoryBytes" | "cpuCores">,
  ) {
    this.size = { memoryBytes: plan.memoryBytes, cpuCores: plan.cpuCores, cores: visibleCores(plan.cpuCores) };
    this.clock = new CpuClock(this.size);
  }

  refresh(host: HostTimes = hostTimes()): void {
    const counters = readCounters(this.index);
    overwrite(join(this.folder, "live/meminfo"), meminfoText(this.size, counters));
    overwrite(join(this.folder, "live/stat"), this.clock.text(performance.now(), counters, host));
  }
}

function main(name: string): void {
  let misses = 0;
  const updaters = new Map<string, DeviceFilesUpdater>();
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
      const { plan, folder } = device;
      const updater = updaters.get(plan.name) ?? new DeviceFilesUpdater(plan.index, folder, plan);
      updaters.set(plan.name, updater);
      try {
        updater.refresh(host);
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
