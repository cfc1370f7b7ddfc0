import { randomBytes } from "node:crypto";
import type { CalibrateUpdate } from "../../shared/contract/index.ts";
import { AppError, type DeviceSpeed, type MeasuredSpeed, type SpeedBook } from "../../shared/domain/index.ts";
import type { Fleet } from "../devices/index.ts";
import { measureDeviceSpeed, measureSpeedHere, modelOfDevice, readSpeedHere, type Speeds } from "../profiling/index.ts";
import type { DeviceDebts } from "./device-debts.ts";
import { type Watched, withProgress } from "./with-progress.ts";

export interface CalibrateParts {
  dataFolder: string;
  fleet: Fleet;
  speeds: Speeds;
  debts: DeviceDebts;
}

/**
 * Measures how fast a device is, and this machine where the same was not measured before; null: this machine anew. Tells
 * each step. Throws what `measureDeviceSpeed` does, and what explains the device's state.
 */
export async function* calibrate(
  device: string | null,
  parts: CalibrateParts,
  signal: AbortSignal,
): AsyncGenerator<CalibrateUpdate, void, void> {
  yield { kind: "measured", ...(yield* withProgress(signal, (watched) => measureBoth(device, parts, watched))) };
}

async function measureBoth(
  name: string | null,
  { dataFolder, fleet, speeds, debts }: CalibrateParts,
  watched: Watched,
): Promise<{ here: MeasuredSpeed; device: DeviceSpeed | null }> {
  if (name === null) return { here: await measureSpeedHere(dataFolder, watched), device: null };
  const { id } = fleet.find(name);
  // It waits until the device answers, or says why it does not.
  const connection = await fleet.connectionOf(id);
  const device = fleet.find(id);
  const { facts } = device;
  if (facts === null) {
    throw new AppError("conflict", `${device.name} has not said yet what it is.`, { hint: "Try again in a moment." });
  }
  const folder = `bayplan-speed-${randomBytes(6).toString("hex")}`;
  const measured = await debts.whileOwing(id, { kind: "speed", folder }, () =>
    measureDeviceSpeed({
      connection,
      name: device.name,
      arch: facts.arch,
      cpus: Math.max(1, Math.floor(facts.cpuCores)),
      folder,
      ...watched,
    }),
  );
  const speed: DeviceSpeed = {
    ...measured,
    deviceId: fleet.keptAs(id),
    name: device.name,
    modelId: (await modelOfDevice(device))?.id ?? null,
  };
  await speeds.keep(speed);
  const here = (await readSpeedHere(dataFolder)) ?? (await measureSpeedHere(dataFolder, watched));
  return { here, device: speed };
}

/** What was measured and learned so far. */
export async function speedBook({ dataFolder, speeds }: CalibrateParts): Promise<SpeedBook> {
  const [here, devices, learned] = await Promise.all([readSpeedHere(dataFolder), speeds.devices(), speeds.learned()]);
  return { here, devices, learned };
}
