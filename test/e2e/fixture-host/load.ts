import type { ContainerSample, DeviceSample } from "../../../src/shared/domain/index.ts";
import type { Machine } from "./devices.ts";

const mib = 1024 ** 2;
const shares = [11, 44, 60, 352, 171, 38, 26];

/** A wave with some noise that is the same for the same moment. */
export function wave(seed: number, atS: number): number {
  const noise = Math.sin(atS * 12.9898 + seed * 78.233) * 43758.5453;
  return (
    0.6 * Math.sin(atS / 17 + seed) + 0.25 * Math.sin(atS / 5.3 + seed * 3) + 0.35 * (noise - Math.floor(noise) - 0.5)
  );
}

/** What a machine of the fixture uses at a moment. */
export function sampleOf(machine: Machine, seed: number, atMs: number): DeviceSample | null {
  const { device } = machine;
  if (device.facts === null || !["online", "engine-down"].includes(device.state)) return null;
  const atS = atMs / 1000;
  const total = device.facts.memoryTotalBytes;
  // The gateway that runs out of memory climbs and is cut back; the others sway.
  const share =
    machine.memoryShare > 0.9 ? 0.62 + 0.36 * ((atS % 42) / 42) : machine.memoryShare + 0.006 * wave(seed, atS);
  const containers = machine.containers.map((container, index): ContainerSample => {
    const running = container.state === "running";
    const base = (shares[index] ?? 20) * mib;
    return {
      containerId: container.id,
      memoryBytes: running ? base * (1 + 0.04 * wave(seed + index, atS)) : null,
      cacheBytes: running ? base / 4 : null,
      memoryLimitBytes: container.memoryLimitBytes,
      cpuCores: running ? Math.max(0.004, (machine.cpuCores / 6) * (0.7 + 0.5 * wave(seed + index * 2, atS))) : null,
      cpuLimitCores: container.cpuLimitCores,
    };
  });
  return {
    deviceId: device.id,
    atMs,
    memoryUsedBytes: Math.min(total * 0.995, total * share),
    memoryTotalBytes: total,
    cpuCoresUsed: Math.max(0.02, Math.min(device.facts.cpuCores, machine.cpuCores * (1 + 0.35 * wave(seed * 2, atS)))),
    cpuCores: device.facts.cpuCores,
    containers,
  };
}
