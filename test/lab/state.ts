/** What is written down about a lab, so that another process can attach to it or tear it down. */
import { readdirSync, readFileSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DEVICE_KINDS } from "./device-plan.ts";
import { labFolder, RUN_ROOT } from "./names.ts";

export const processIdSchema = z.object({ pid: z.number().int(), startTime: z.number(), bootId: z.string() });

export const deviceRecordSchema = z.object({
  plan: z.object({
    index: z.number().int(),
    name: z.string(),
    kind: z.enum(DEVICE_KINDS),
    memoryBytes: z.number(),
    cpuCores: z.number(),
    sshPort: z.number().int(),
    engineSocket: z.string(),
    machineId: z.string(),
    serial: z.string(),
    user: z.string(),
    password: z.string().nullable(),
    behind: z.number().int().nullable(),
  }),
  folder: z.string(),
  dataRoot: z.string(),
  hostKeyFingerprint: z.string(),
  /** The process that keeps the device's namespaces alive from outside; for a VM, the emulator. */
  holder: processIdSchema,
  /** The device's process 1 as seen from this machine; the emulator again for a VM. */
  init: processIdSchema,
});

export const labStateSchema = z.object({
  /** Tells this lab from a later one of the same name. */
  id: z.string().default(""),
  name: z.string(),
  createdAt: z.string(),
  /** The process that brings the lab up; while it lives and `ready` is false, the lab is still starting. */
  maker: processIdSchema,
  ready: z.boolean(),
  startedLocalEngine: z.boolean(),
  withStacks: z.boolean(),
  clientKeyPath: z.string(),
  /** Every process started outside a device's namespaces, recorded as soon as it runs. */
  processes: z.array(processIdSchema),
  devices: z.array(deviceRecordSchema),
});

export type DeviceRecord = z.infer<typeof deviceRecordSchema>;
export type LabState = z.infer<typeof labStateSchema>;

export function statePath(name: string): string {
  return join(labFolder(name), "state.json");
}

let writing: Promise<void> = Promise.resolve();

/** Writes one after the other, each as a whole file. */
export function writeState(state: LabState): Promise<void> {
  const text = `${JSON.stringify(state, null, 1)}\n`;
  const next = writing.then(async () => {
    await mkdir(labFolder(state.name), { recursive: true, mode: 0o700 });
    const path = statePath(state.name);
    const there = readState(state.name);
    if (there !== undefined && there.id !== state.id)
      throw new Error(`The lab "${state.name}" was replaced by another one.`);
    await writeFile(`${path}.part`, text, { mode: 0o600 });
    await rename(`${path}.part`, path);
  });
  writing = next.catch(() => undefined);
  return next;
}

export function readState(name: string): LabState | undefined {
  let text: string;
  try {
    text = readFileSync(statePath(name), "utf8");
  } catch {
    return undefined;
  }
  return labStateSchema.parse(JSON.parse(text));
}

/** Names of all labs that have a folder, dead ones included. */
export function labNames(): string[] {
  try {
    return readdirSync(RUN_ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
