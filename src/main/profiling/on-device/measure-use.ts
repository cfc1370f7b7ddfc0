import { countedMemoryBytes, type DeviceCounters, readCounters } from "../../engines/index.ts";
import type { DeviceUse } from "../budget/index.ts";
import type { LiveDevice } from "./link.ts";

const intervalMs = 250;
const readings = 4;

/**
 * What a device uses before a stack is started on it: memory of the containers that run there, and what it needs besides. The highest
 * of about a second. Throws as `readCounters` does.
 */
export async function measureUse(live: LiveDevice): Promise<DeviceUse> {
  const stop = new AbortController();
  const all: Required<Pick<DeviceUse, "otherStacksBytes" | "systemBytes">>[] = [];
  for await (const counters of readCounters({ ...live, intervalMs, signal: stop.signal })) {
    all.push(usedIn(counters));
    if (all.length >= readings) stop.abort();
  }
  return {
    otherStacksBytes: Math.max(...all.map(({ otherStacksBytes }) => otherStacksBytes)),
    systemBytes: Math.max(...all.map(({ systemBytes }) => systemBytes)),
  };
}

function usedIn({ reading }: Pick<DeviceCounters, "reading">) {
  const otherStacksBytes = [...reading.containers.values()].reduce(
    (sum, { memory }) => sum + (memory === null ? 0 : countedMemoryBytes(memory)),
    0,
  );
  const usedBytes = reading.memoryTotalBytes - reading.memoryAvailableBytes;
  return { otherStacksBytes, systemBytes: Math.max(0, usedBytes - otherStacksBytes) };
}
