import {
  AppError,
  type Budget,
  type Device,
  defaultRules,
  type MeasuredSpeed,
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
  /** Its speed, where it was measured there; the catalogue's unless given. */
  speed?: MeasuredSpeed | null;
}

const mebibyte = 1024 * 1024;

/**
 * What a known device has for one more stack: its own MemTotal less the system's share and other stacks. Its speed
 * is what was measured there, else that of the catalogue's model of the same board; without either the CPU is unknown, and the
 * source says so.
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
    ...deviceCpu(facts, model, use.speed ?? null),
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

type Cpu = Pick<Budget, "cpus" | "cpuCores" | "cpuSource" | "singleCoreScore" | "multiCoreScore" | "kernels">;

function deviceCpu(facts: NonNullable<Device["facts"]>, model: Model | null, speed: MeasuredSpeed | null): Cpu {
  if (speed !== null) return measuredCpu(facts.cpuCores, speed);
  return model === null ? unknownCpu(facts.model, facts.cpuCores) : { ...cpuOf(model), cpus: facts.cpuCores };
}

/** Cores of one speed are worth a little less together than one by one; more than there are they never are. */
function measuredCpu(cpus: number, { singleCoreScore, multiCoreScore, kernels, measuredAt }: MeasuredSpeed): Cpu {
  const on = `measured there on ${measuredAt.slice(0, 10)}`;
  const known = { cpus, singleCoreScore, multiCoreScore, kernels };
  const [one, all] = [singleCoreScore, multiCoreScore].map((score) => Math.round(score ?? 0));
  if (multiCoreScore === null) {
    return {
      ...known,
      cpuCores: cpus,
      cpuSource: `${cpus} cores of ${one} MIPS, ${on}; all at once were not measured`,
    };
  }
  const cpuCores = Math.min(cpus, multiCoreScore / singleCoreScore);
  return { ...known, cpuCores, cpuSource: `${all} / ${one} MIPS, ${on}` };
}

function unknownCpu(board: string | null, cpus: number): Cpu {
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
