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

/**
 * How a device became known: `mdns` it announces itself, `probe` it answered a search of the network, `ssh-config` it
 * stands in `~/.ssh/config`, `saved` it is remembered, `added` a person gave its address.
 */
export const deviceSourceSchema = z.enum(["mdns", "probe", "ssh-config", "saved", "added"]);
export type DeviceSource = z.infer<typeof deviceSourceSchema>;

/** An answer on the network before it is a device. */
export const sightingSchema = z.object({
  /** The source and its own name for it, stable while it lasts: `mdns:press-line-01._ssh._tcp.local`. */
  key: z.string(),
  source: deviceSourceSchema,
  /** False for a machine of which nobody says that SSH answers there: it is shown, and not asked before a person wants it. */
  ssh: z.boolean(),
  /** The user to log in as where the source knows one. */
  user: z.string().nullable(),
  /** What a person would call it: the service instance or the host name. */
  name: z.string(),
  hostName: z.string().nullable(),
  addresses: z.array(z.string()),
  /** The jump hosts before it, as ssh_config names them: its addresses are then of a network behind those, and not of this one. */
  behind: z.string().optional(),
  port: z.int().min(1).max(65535),
  /** The network interface it was seen on. */
  interfaceName: z.string().nullable(),
  /** True for a service that says that it is a balena device (`_resin-device` subtype). */
  balena: z.boolean(),
  /** The types of the services that it announces, sorted: `_mqtt._tcp`, `_ssh._tcp`. */
  services: z.array(z.string()),
  /** The model that `_device-info._tcp` names. A hint, no fact: Samba servers name an Apple product there. */
  announcedModel: z.string().nullable(),
  seenAtMs: z.number(),
});
export type Sighting = z.infer<typeof sightingSchema>;

/**
 * The closed list of states. `not-asked` is a machine that is only heard of, or stands in `~/.ssh/config`: nothing is
 * sent to it before a person asks. `gone` is a device whose announcement ended (goodbye or TTL) and that does not answer;
 * `unreachable` one whose address does not answer; `ssh-refused` one that answers, but not on the SSH port.
 */
export const deviceStates = [
  "not-asked",
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

/**
 * How the engine on a device is reached: through its socket; through a command there, since the SSH server does not
 * forward to sockets; or through that command as root, since the user may not open the socket.
 */
export const engineViaSchema = z.enum(["socket", "dial-stdio", "sudo"]);
export type EngineVia = z.infer<typeof engineViaSchema>;

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
  /** Absent for the engine of this machine. */
  via: engineViaSchema.optional(),
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
  /** The device tree's `compatible`, the board first: `raspberrypi,4-model-b`, `brcm,bcm2711`. Empty without one. */
  compatible: z.array(z.string()).default([]),
  /** Who made the machine, and which board is in it, as DMI says. */
  vendor: z.string().nullable().default(null),
  boardName: z.string().nullable().default(null),
  /** The variant that os-release names: `prod` and `dev` on balenaOS. */
  osVariant: z.string().nullable().default(null),
  /** The vendor's name of the image where it leaves one (Revolution Pi: /etc/revpi/image-release). */
  imageName: z.string().nullable().default(null),
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
  sources: z.array(deviceSourceSchema),
  /** The types of the services that it announces now, sorted: `_mqtt._tcp`, `_ssh._tcp`. */
  services: z.array(z.string()),
  /** The model that it announces (`_device-info._tcp`); what the machine itself says is in `facts`. */
  announcedModel: z.string().nullable(),
  /** Its alias in `~/.ssh/config`, where it has one. */
  sshAlias: z.string().nullable(),
  /** True once a person agreed to its key or added it: it is remembered across restarts. */
  remembered: z.boolean(),
  /** True while nothing was heard from it since this start: what is shown is from the last time. */
  stale: z.boolean(),
  hostKey: hostKeySchema,
  facts: deviceFactsSchema.nullable(),
  factsAtMs: z.number().nullable(),
  engine: engineInfoSchema.nullable(),
  /** While the jump host before it refuses the login and takes a password: that host. Nothing of the device is asked then. */
  askingJump: sshTargetSchema.optional(),
  /** While it, or the jump host before it, refuses the login: key files of this machine that were not tried, since they have a passphrase. */
  lockedKeys: z.array(z.string()).optional(),
  findings: z.array(findingSchema),
  lastSeenAtMs: z.number().nullable(),
});
export type Device = z.infer<typeof deviceSchema>;
