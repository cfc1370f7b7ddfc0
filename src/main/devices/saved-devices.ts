import { join } from "node:path";
import * as z from "zod";
import {
  type DeviceId,
  deviceFactsSchema,
  deviceIdSchema,
  engineInfoSchema,
  keyPrintSchema,
} from "../../shared/domain/index.ts";
import { type Document, openDocument } from "../store/index.ts";
import type { MachineEvidence } from "./identity/same-machine.ts";

/** A device that is remembered, with what was last known of it. */
export const savedDeviceSchema = z.object({
  id: deviceIdSchema,
  /** What a person called it; null: as it is announced, or as it calls itself. */
  name: z.string().min(1).nullable(),
  user: z.string().min(1),
  host: z.string().min(1),
  port: z.int().min(1).max(65535),
  addresses: z.array(z.string()),
  /** The address as a person gave it, which may be a host of their ssh_config; absent when nobody did. */
  given: z.string().min(1).optional(),
  /** True for one that a person added by its address; such a device is asked even when nobody announces it. */
  added: z.boolean(),
  /** The key that a person agreed to; null for an added device that was never reached. */
  hostKey: keyPrintSchema.nullable(),
  facts: deviceFactsSchema.nullable(),
  factsAtMs: z.number().nullable(),
  engine: engineInfoSchema.nullable(),
  lastSeenAtMs: z.number().nullable(),
});
export type SavedDevice = z.infer<typeof savedDeviceSchema>;

const documentSchema = z.object({ version: z.literal(1), devices: z.array(savedDeviceSchema) });

export interface SavedChange {
  device: SavedDevice;
  replaces: DeviceId | null;
}

export interface SavedDevices {
  list(): Promise<SavedDevice[]>;
  /** Writes devices, one change after the other; an entry with the id `replaces` makes room for its device. */
  put(changes: readonly SavedChange[]): Promise<void>;
  remove(id: string): Promise<void>;
}

/** The document `devices.json` in the data folder. */
export function openSavedDevices(dataFolder: string): SavedDevices {
  const document: Document<z.infer<typeof documentSchema>> = openDocument(
    join(dataFolder, "devices.json"),
    documentSchema,
    { version: 1, devices: [] },
  );
  return {
    async list() {
      return (await document.read()).devices;
    },
    async put(changes) {
      await document.update((current) => {
        const devices = new Map(current.devices.map((device) => [device.id, device]));
        for (const { device, replaces } of changes) {
          if (replaces !== null) devices.delete(replaces);
          devices.set(device.id, device);
        }
        return { version: 1, devices: [...devices.values()].sort((a, b) => a.id.localeCompare(b.id)) };
      });
    },
    async remove(id) {
      await document.update((current) => ({ version: 1, devices: current.devices.filter((other) => other.id !== id) }));
    },
  };
}

/** What a remembered device can be recognised by; null while it was never reached. */
export function rememberedEvidence(saved: SavedDevice | null): MachineEvidence | null {
  if (saved === null || saved.facts === null) return null;
  return {
    boardSerial: saved.facts.boardSerial,
    macAddresses: saved.facts.macAddresses,
    machineId: saved.facts.machineId,
    hostKeyFingerprint: saved.hostKey?.fingerprint ?? null,
    liveBootId: null,
  };
}
