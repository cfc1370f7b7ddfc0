/** A device that is a virtual machine: a kernel of its own, systemd and cgroup v2. */
import type { DevicePlan } from "./device-plan.ts";
import type { DeviceRecord, LabState } from "./state.ts";

export async function vmImage(_say: (text: string) => void): Promise<string> {
  throw new Error("The VM device is not built yet.");
}

export async function startVm(_state: LabState, _plan: DevicePlan): Promise<DeviceRecord> {
  throw new Error("The VM device is not built yet.");
}
