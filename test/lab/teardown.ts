/** Takes a lab down from its state file alone, whether it is healthy, half made, or left by a crash. */
import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { allDevicePids, removeCgroups } from "./cgroups.ts";
import { dataRoots } from "./leftovers.ts";
import { stopLocalEngine } from "./local-engine.ts";
import { labFolder } from "./names.ts";
import { removeNetwork } from "./network.ts";
import { endProcess, identify, isAlive, type ProcessId } from "./processes.ts";
import { type LabState, labNames, readState } from "./state.ts";

/** Processes that are in the lab's cgroups: those of a device whose record was never written. */
function processesInCgroups(): ProcessId[] {
  return allDevicePids().flatMap((pid): ProcessId[] => {
    try {
      return [identify(pid)];
    } catch {
      return []; // It ended while we looked.
    }
  });
}

/** True while the lab is up, or while the process that brings it up is at work. */
export function isInUse(state: LabState): boolean {
  if (isAlive(state.maker) && !state.ready) return true;
  return state.ready && state.devices.some((device) => isAlive(device.init));
}

/** Ends every process that a lab's record names, and leaves the rest of the lab for `tearDown`. */
export async function endRecorded(state: LabState | undefined): Promise<void> {
  const devices = state?.devices.flatMap((one) => [one.init, one.holder]) ?? [];
  await Promise.all([...devices, ...(state?.processes ?? [])].map((id) => endProcess(id)));
}

export async function tearDown(name: string): Promise<void> {
  const state = readState(name);
  await endRecorded(state);
  await Promise.all(processesInCgroups().map((id) => endProcess(id)));
  await removeNetwork();
  await removeCgroups();
  await rm(join(dataRoots(), name), { recursive: true, force: true });
  await rmdir(dataRoots()).catch(() => undefined);
  if (state?.startedLocalEngine === true) await stopLocalEngine();
  await rm(labFolder(name), { recursive: true, force: true });
}

/** Cleans up after labs that died. A lab that is in use is an error. */
export async function removeDeadLabs(): Promise<void> {
  for (const name of labNames()) {
    const state = readState(name);
    if (state !== undefined && isInUse(state)) {
      throw new Error(
        state.ready
          ? `The lab "${name}" is already up; take it down first (npm run lab -- down) or use it (--reuse).`
          : `The lab "${name}" is just being brought up by process ${state.maker.pid}.`,
      );
    }
    await tearDown(name);
  }
}
