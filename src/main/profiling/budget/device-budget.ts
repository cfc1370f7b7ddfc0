import {
  AppError,
  type Budget,
  type Device,
  defaultRules,
  type Model,
  type Rules,
} from "../../../shared/domain/index.ts";
import { loadModels, recogniseModel } from "./catalogue.ts";
import { cpuOf } from "./model-budget.ts";

/** What is known about a device besides its facts. */
export interface DeviceUse {
  /** Memory that other stacks on it use, in bytes. */
  otherStacksBytes?: number;
  /** Memory that is used by no container, in bytes; 200 MiB unless measured. */
  systemBytes?: number;
}

const mebibyte = 1024 * 1024;

/**
 * What a known device has for one more stack: its own MemTotal less the system's share and other stacks. Its speed
 * comes from the catalogue's model of the same board; without one the CPU is unknown, and the source says so.
 * Throws `conflict` when the device has never been probed.
 */
export async function budgetOfDevice(
  device: Device,
  use: DeviceUse = {},
  rules: Rules = defaultRules,
): Promise<Budget> {
  const { facts } = device;
  if (facts === null) {
    throw new AppError("conflict", `${device.name} has not been reached yet, so its size is not known.`, {
      hint: "Connect to it first, or name a model of the catalogue.",
    });
  }
  const systemBytes = use.systemBytes ?? rules.osShareBytes;
  const otherBytes = use.otherStacksBytes ?? 0;
  const memoryBytes = facts.memoryTotalBytes - systemBytes - otherBytes;
  const model = await modelOfDevice(device);
  return {
    label: device.name,
    name: model === null ? device.name : `${device.name} (${model.name})`,
    kind: "device",
    memoryBytes: memoryBytes > 0 ? memoryBytes : null,
    memorySource:
      `MemTotal ${mib(facts.memoryTotalBytes)} MiB, less ${mib(systemBytes)} MiB for the system ` +
      `(${use.systemBytes === undefined ? "not measured" : "measured"})` +
      (otherBytes > 0 ? ` and ${mib(otherBytes)} MiB for other stacks` : ""),
    ...(model === null ? unknownCpu(facts.model, facts.cpuCores) : { ...cpuOf(model), cpus: facts.cpuCores }),
    storageBytes: facts.diskFreeBytes !== null && facts.diskFreeBytes > 0 ? facts.diskFreeBytes : null,
    platform: device.engine?.platform ?? model?.platform ?? null,
    hasSwap: facts.swapTotalBytes > 0,
  };
}

/** The catalogue's model of a device's board; null when it has never been probed, or its board is not in the catalogue. */
export async function modelOfDevice({ facts }: Pick<Device, "facts">): Promise<Model | null> {
  if (facts === null || facts.model === null) return null;
  return recogniseModel(await loadModels(), facts.model, facts.memoryTotalBytes);
}

function unknownCpu(board: string | null, cpus: number) {
  return {
    cpus,
    cpuCores: null,
    singleCoreScore: null,
    multiCoreScore: null,
    cpuSource:
      board === null
        ? "The device does not say which board it is, so its speed is not known."
        : `${board} is not in the catalogue, so its speed is not known.`,
  };
}

function mib(bytes: number): number {
  return Math.round(bytes / mebibyte);
}
