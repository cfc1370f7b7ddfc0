import * as z from "zod";
import { failureSchema } from "./app-error.ts";
import { engineCapabilitiesSchema } from "./engine-capabilities.ts";
import { findingSchema } from "./finding.ts";

export const deviceIdSchema = z.string().min(1).brand<"DeviceId">();
export type DeviceId = z.infer<typeof deviceIdSchema>;

/** Where SSH answers. Always a value, never a string that somebody has to take apart again. */
export const sshTargetSchema = z.object({
  user: z.string().min(1),
  host: z.string().min(1),
  port: z.int().min(1).max(65535),
});
export type SshTarget = z.infer<typeof sshTargetSchema>;

/** An answer on the network before it is a device. */
export const sightingSchema = z.object({
  /** The source and its own name for it, stable while it lasts: `mdns:press-line-01._ssh._tcp.local`. */
  key: z.string(),
  source: z.enum(["mdns", "saved", "added"]),
  /** What a person would call it: the service instance or the host name. */
  name: z.string(),
  hostName: z.string().nullable(),
  addresses: z.array(z.string()),
  port: z.int().min(1).max(65535),
  /** The network interface it was seen on. */
  interfaceName: z.string().nullable(),
  /** True for a service that says that it is a balena device (`_resin-device` subtype). */
  balena: z.boolean(),
  seenAtMs: z.number(),
});
export type Sighting = z.infer<typeof sightingSchema>;

/**
 * The closed list of states. `gone` is a device whose announcement ended (goodbye or TTL) and that does not answer;
 * `unreachable` one whose address does not answer; `ssh-refused` one that answers, but not on the SSH port.
 */
export const deviceStates = [
  "connecting",
  "online",
  "engine-down",
  "ssh-refused",
  "auth-failed",
  "key-changed",
  "unreachable",
  "gone",
] as const;
export const deviceStateSchema = z.enum(deviceStates);
export type DeviceState = z.infer<typeof deviceStateSchema>;

/** A public host key as people compare it: `ssh-ed25519`, `SHA256:…` (unpadded base64, as OpenSSH prints it). */
export const keyPrintSchema = z.object({ type: z.string(), fingerprint: z.string() });
export type KeyPrint = z.infer<typeof keyPrintSchema>;

/** `unseen`: not asked yet; `new`: first use, a person must agree; `changed`: refused until re-pinned. */
export const hostKeySchema = z.object({
  trust: z.enum(["unseen", "new", "pinned", "changed"]),
  offered: keyPrintSchema.nullable(),
  pinned: keyPrintSchema.nullable(),
});
export type HostKeyTrust = z.infer<typeof hostKeySchema>;

export const engineKindSchema = z.enum(["docker", "podman", "balena-engine", "kanto"]);
export type EngineKind = z.infer<typeof engineKindSchema>;

export const engineInfoSchema = z.object({
  kind: engineKindSchema,
  version: z.string(),
  apiVersion: z.string(),
  /** The socket it answers on, on its own machine. */
  socket: z.string(),
  /** `linux/amd64`, as images name it. */
  platform: z.string(),
  cgroupVersion: z.union([z.literal(1), z.literal(2)]),
  cgroupDriver: z.enum(["cgroupfs", "systemd", "none"]),
  cpus: z.int().positive(),
  memoryBytes: z.number().positive(),
  /** Where images and volumes live on the engine's machine. */
  rootFolder: z.string(),
  /** How this machine's own engine was found: `DOCKER_HOST`, `docker context colima`, `Podman's socket`; null on a device. */
  foundBy: z.string().nullable().default(null),
  /** Remembered devices from before this was known say nothing of it. */
  capabilities: engineCapabilitiesSchema.default({ unsupported: {} }),
});
export type EngineInfo = z.infer<typeof engineInfoSchema>;

/** What the identity probe found. Null is "could not be read", never a guess. */
export const deviceFactsSchema = z.object({
  hostName: z.string(),
  model: z.string().nullable(),
  boardSerial: z.string().nullable(),
  machineId: z.string().nullable(),
  macAddresses: z.array(z.string()),
  osId: z.string().nullable(),
  osName: z.string().nullable(),
  kernel: z.string().nullable(),
  arch: z.string(),
  cpuCores: z.number().positive(),
  memoryTotalBytes: z.number().positive(),
  swapTotalBytes: z.number().nonnegative(),
  diskTotalBytes: z.number().nullable(),
  diskFreeBytes: z.number().nullable(),
  temperatureCelsius: z.number().nullable(),
  uptimeSeconds: z.number().nullable(),
  cgroupVersion: z.union([z.literal(1), z.literal(2)]).nullable(),
  memoryControllerOn: z.boolean().nullable(),
  engineSockets: z.array(z.object({ kind: engineKindSchema, path: z.string(), canOpen: z.boolean() })),
});
export type DeviceFacts = z.infer<typeof deviceFactsSchema>;

/** A machine that Bayplan knows or has just seen. Its id never comes from its IP address. */
export const deviceSchema = z.object({
  id: deviceIdSchema,
  name: z.string(),
  state: deviceStateSchema,
  /** Why it is in this state and what to do; null while there is nothing to say. */
  trouble: failureSchema.nullable(),
  stateSinceMs: z.number(),
  target: sshTargetSchema,
  addresses: z.array(z.string()),
  sources: z.array(z.enum(["mdns", "saved", "added"])),
  /** True once a person agreed to its key or added it: it is remembered across restarts. */
  remembered: z.boolean(),
  /** True while nothing was heard from it since this start: what is shown is from the last time. */
  stale: z.boolean(),
  hostKey: hostKeySchema,
  facts: deviceFactsSchema.nullable(),
  factsAtMs: z.number().nullable(),
  engine: engineInfoSchema.nullable(),
  findings: z.array(findingSchema),
  lastSeenAtMs: z.number().nullable(),
});
export type Device = z.infer<typeof deviceSchema>;
