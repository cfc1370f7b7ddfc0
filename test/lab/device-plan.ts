/** Which devices a lab of N consists of, and what each of them is like. */
import { deviceAddress, innerAddress } from "./names.ts";

export const DEVICE_KINDS = ["plain", "balena", "silent", "podman", "sudo", "no-forwarding", "vm"] as const;
export type DeviceKind = (typeof DEVICE_KINDS)[number];

/** A kind with what is out of the usual about one device of it. */
export interface DeviceWish {
  kind: DeviceKind;
  /** No key is accepted: an ordinary user who may use the engine logs in with a password. */
  passwordOnly?: boolean;
  /** The number (1 for the first) of an earlier device, on whose inner network this one is and nowhere else. */
  behind?: number;
}

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
  /** Who logs in; root is not let in where it is somebody else. */
  user: string;
  /** Null: the lab's key logs in. */
  password: string | null;
  /** The index of the device it is behind; null for one on the lab's bridge. */
  behind: number | null;
}

/** Who logs in where root may not. */
export const ORDINARY_USER = "technician";
export const ORDINARY_PASSWORD = "quay-17-north";

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

/** "sudo", "plain+password", "plain+behind:1", "podman+password+behind:2": how a wish is written on a command line. */
export function parseWish(text: string): DeviceWish {
  const [kindText = "", ...extras] = text.trim().split("+");
  const kind = DEVICE_KINDS.find((one) => one === kindText);
  if (kind === undefined) throw new Error(`There is no kind "${kindText}", only ${DEVICE_KINDS.join(", ")}.`);
  const wish: DeviceWish = { kind };
  for (const extra of extras) {
    const behind = /^behind:(\d+)$/.exec(extra)?.[1];
    if (extra === "password") wish.passwordOnly = true;
    else if (behind !== undefined) wish.behind = Number(behind);
    else throw new Error(`A kind can be followed by "+password" and "+behind:NUMBER", not by "+${extra}".`);
  }
  return wish;
}

/** A device can only be behind an earlier one on the bridge that the lab's key logs in to. */
function checkWishes(wishes: readonly DeviceWish[]): void {
  for (const [at, { kind, behind, passwordOnly }] of wishes.entries()) {
    if (kind === "vm" && (behind !== undefined || passwordOnly === true))
      throw new Error("A virtual machine is on the bridge and lets in by key only.");
    if (behind === undefined) continue;
    const jump = behind <= at ? wishes[behind - 1] : undefined;
    if (jump === undefined) throw new Error(`Device ${at + 1} cannot be behind ${behind}: that is no earlier device.`);
    if (jump.kind === "vm" || jump.behind !== undefined || jump.passwordOnly === true)
      throw new Error(`Device ${at + 1} cannot be behind ${behind}: that one must be on the bridge and take the key.`);
  }
}

/** Where a device is reached: from this machine, or from the device it is behind. */
export function addressOf(plan: Pick<DevicePlan, "index" | "behind">): string {
  return plan.behind === null ? deviceAddress(plan.index) : innerAddress(plan.behind, plan.index);
}

const ENGINE_SOCKETS: Partial<Record<DeviceKind, string>> = {
  balena: "/var/run/balena-engine.sock",
  podman: "/run/podman/podman.sock",
};

export function planDevices(kinds: readonly (DeviceKind | DeviceWish)[]): DevicePlan[] {
  if (kinds.length > MAX_DEVICES) throw new Error(`A lab has at most ${MAX_DEVICES} devices.`);
  const wishes = kinds.map((one): DeviceWish => (typeof one === "string" ? { kind: one } : one));
  checkWishes(wishes);
  let presses = 0;
  let balenas = 0;
  return wishes.map(({ kind, passwordOnly = false, behind = null }, at) => {
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
      engineSocket: ENGINE_SOCKETS[kind] ?? "/var/run/docker.sock",
      machineId: hexOf(index, 32),
      serial: hexOf(index + 1000, 16),
      user: passwordOnly || kind === "sudo" ? ORDINARY_USER : "root",
      password: passwordOnly ? ORDINARY_PASSWORD : null,
      behind,
    };
  });
}

export function visibleCores(cpuCores: number): number {
  return Math.max(1, Math.ceil(cpuCores));
}
