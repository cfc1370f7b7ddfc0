/** Which devices a lab of N consists of, and what each of them is like. */
export const DEVICE_KINDS = ["plain", "balena", "silent", "vm"] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

export interface DevicePlan {
  /** 1 for the first device; address, MAC address and link names follow from it. */
  index: number;
  name: string;
  kind: DeviceKind;
  memoryBytes: number;
  /** May be a fraction: half a core is one visible core that is half as fast. */
  cpuCores: number;
  sshPort: number;
  /** The engine's socket as a program on the device sees it. */
  engineSocket: string;
  machineId: string;
  serial: string;
}

const MIB = 1024 * 1024;

const CAPS: readonly (readonly [memoryMib: number, cores: number])[] = [
  [512, 1],
  [768, 2],
  [640, 0.5],
  [1024, 1.5],
  [576, 0.75],
  [896, 1],
  [704, 1.25],
];

export const VM_MEMORY_BYTES = 1024 * MIB;
export const VM_CORES = 2;
/** The VM's index is fixed, so that the addresses of the others do not depend on it. */
export const VM_INDEX = 90;
export const MAX_DEVICES = 40;

export function defaultKinds(count: number): DeviceKind[] {
  return Array.from({ length: count }, (_, at) => (at === 2 ? "balena" : at === 3 ? "silent" : "plain"));
}

function hexOf(index: number, length: number): string {
  // A fixed mixing of the index: looks like a serial number, and is the same in every run.
  let text = "";
  let value = (index * 2_654_435_761) >>> 0;
  while (text.length < length) {
    value = (Math.imul(value ^ (value >>> 15), 2_246_822_507) + text.length) >>> 0;
    text += value.toString(16).padStart(8, "0");
  }
  return text.slice(0, length);
}

export function planDevices(kinds: readonly DeviceKind[]): DevicePlan[] {
  if (kinds.length > MAX_DEVICES) throw new Error(`A lab has at most ${MAX_DEVICES} devices.`);
  let presses = 0;
  let balenas = 0;
  return kinds.map((kind, at) => {
    const index = kind === "vm" ? VM_INDEX : at + 1;
    const [memoryMib, cores] = CAPS[at % CAPS.length] ?? [512, 1];
    // Beyond the first round the caps still differ from device to device.
    const extraMib = Math.floor(at / CAPS.length) * 3;
    let name = "press-vm-01";
    if (kind === "balena") name = balenas++ === 0 ? "balena-4f21" : `balena-${hexOf(index, 4)}`;
    else if (kind !== "vm") name = `press-line-${String(++presses).padStart(2, "0")}`;
    return {
      index,
      name,
      kind,
      memoryBytes: kind === "vm" ? VM_MEMORY_BYTES : (memoryMib + extraMib) * MIB,
      cpuCores: kind === "vm" ? VM_CORES : cores,
      sshPort: kind === "balena" ? 22222 : 22,
      engineSocket: kind === "balena" ? "/var/run/balena-engine.sock" : "/var/run/docker.sock",
      machineId: hexOf(index, 32),
      serial: hexOf(index + 1000, 16),
    };
  });
}

export function visibleCores(cpuCores: number): number {
  return Math.max(1, Math.ceil(cpuCores));
}
