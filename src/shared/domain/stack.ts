import * as z from "zod";
import { findingSchema, placeSchema } from "./finding.ts";
import { serviceOptionsSchema, ulimitSchema } from "./service-options.ts";
import { stackFileSchema } from "./stack-file.ts";
import { stackFormatSchema } from "./stack-format.ts";

export const portMappingSchema = z.object({
  containerPort: z.int().min(1).max(65535),
  /** Null: the engine picks a free one. */
  hostPort: z.int().min(1).max(65535).nullable(),
  hostAddress: z.string().nullable(),
  protocol: z.enum(["tcp", "udp", "sctp"]),
});
export type PortMapping = z.infer<typeof portMappingSchema>;

export const mountSchema = z.object({
  kind: z.enum(["volume", "bind", "tmpfs"]),
  /** Volume name (as in the file), or absolute path; null for tmpfs and anonymous volumes. */
  source: z.string().nullable(),
  target: z.string(),
  readOnly: z.boolean(),
  tmpfsBytes: z.number().nullable(),
  /** True for a bind whose path the engine must not make when it is missing. */
  mustExist: z.boolean().optional(),
  /** Of a bind: how mounts inside of it spread (`rshared`); absent: the engine's own way. */
  propagation: z.string().optional(),
  /** Of a bind: SELinux label, shared (`z`) or of this container alone (`Z`). */
  selinux: z.enum(["z", "Z"]).optional(),
  /** Of a volume: true when it does not begin with what the image has there. */
  noCopy: z.boolean().optional(),
  /** Of a tmpfs: permission bits, and further options of the kernel (`uid=1000`, `noexec`). */
  tmpfsMode: z.int().optional(),
  tmpfsOptions: z.array(z.string()).optional(),
});
export type Mount = z.infer<typeof mountSchema>;

export const healthcheckSchema = z.object({
  /** As the engine wants it: `["CMD", …]`, `["CMD-SHELL", "…"]` or `["NONE"]`. */
  test: z.array(z.string()),
  intervalMs: z.number().nullable(),
  timeoutMs: z.number().nullable(),
  startPeriodMs: z.number().nullable(),
  retries: z.int().nullable(),
});
export type Healthcheck = z.infer<typeof healthcheckSchema>;

export const dependencySchema = z.object({
  service: z.string(),
  condition: z.enum(["service_started", "service_healthy", "service_completed_successfully"]),
  /** Started again whenever the other one is restarted or replaced. */
  restart: z.boolean(),
});
export type Dependency = z.infer<typeof dependencySchema>;

/** A service's own limits. CPU figures are cores of the device that it is meant for. */
export const serviceLimitsSchema = z.object({
  memoryBytes: z.number().positive().nullable(),
  memoryReservationBytes: z.number().positive().nullable(),
  cpuCores: z.number().positive().nullable(),
  pids: z.int().positive().nullable(),
});
export type ServiceLimits = z.infer<typeof serviceLimitsSchema>;

/** What a build says beyond the plain; null and empty: not said. */
export const buildOptionsSchema = z.object({
  /** The Dockerfile itself, written into the stack. */
  inlineDockerfile: z.string().nullable(),
  noCache: z.boolean(),
  /** Asks the registry for newer base images. */
  pull: z.boolean(),
  labels: z.record(z.string(), z.string()),
  cacheFrom: z.array(z.string()),
  /** `HOST:ADDRESS`. */
  extraHosts: z.array(z.string()),
  network: z.string().nullable(),
  shmBytes: z.number().nullable(),
  /** Further names of the image. */
  tags: z.array(z.string()),
  ulimits: z.array(ulimitSchema),
  platform: z.string().nullable(),
});
export type BuildOptions = z.infer<typeof buildOptionsSchema>;

export const buildSchema = z.object({
  /** Absolute folder. */
  context: z.string(),
  /** Path inside the context. */
  dockerfile: z.string(),
  args: z.record(z.string(), z.string()),
  target: z.string().nullable(),
  /** What it is built for where its options say nothing; absent: the engine's own. */
  platform: z.string().optional(),
  /** Absent: nothing said. */
  options: buildOptionsSchema.optional(),
});
export type Build = z.infer<typeof buildSchema>;

/** How a container is in one network, where that is said. */
export const endpointSchema = z.object({
  ipv4Address: z.string().nullable(),
  ipv6Address: z.string().nullable(),
  linkLocalAddresses: z.array(z.string()),
  macAddress: z.string().nullable(),
  driverOptions: z.record(z.string(), z.string()),
  /** The network with the highest one is joined first. */
  priority: z.int(),
});
export type Endpoint = z.infer<typeof endpointSchema>;

/** A pool of addresses of a network. */
export const addressPoolSchema = z.object({
  subnet: z.string().nullable(),
  gateway: z.string().nullable(),
  range: z.string().nullable(),
  auxiliary: z.record(z.string(), z.string()),
});

/** What a network says beyond its name and its driver. */
export const networkOptionsSchema = z.object({
  driverOptions: z.record(z.string(), z.string()),
  attachable: z.boolean(),
  ipv6: z.boolean().nullable(),
  labels: z.record(z.string(), z.string()),
  ipam: z.object({ driver: z.string().nullable(), pools: z.array(addressPoolSchema) }).nullable(),
});
export type NetworkOptions = z.infer<typeof networkOptionsSchema>;

/** What a volume says beyond its name. */
export const volumeOptionsSchema = z.object({
  driver: z.string().nullable(),
  driverOptions: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
});
export type VolumeOptions = z.infer<typeof volumeOptionsSchema>;

/** A file that is put into a service's container before it starts: a config or a secret. Its content is read then, and not before. */
export const serviceFileSchema = z.object({
  kind: z.enum(["config", "secret"]),
  /** As the stack calls it. */
  name: z.string(),
  /** Absolute path inside the container. */
  target: z.string(),
  source: z.discriminatedUnion("from", [
    z.object({ from: z.literal("file"), path: z.string() }),
    z.object({ from: z.literal("variable"), name: z.string() }),
    z.object({ from: z.literal("text"), text: z.string() }),
  ]),
  /** Permission bits; null: 0444. */
  mode: z.int().nullable(),
  userId: z.int(),
  groupId: z.int(),
});
export type ServiceFile = z.infer<typeof serviceFileSchema>;

/** When an engine starts a container again by itself; retries count with `on-failure` only. */
export const restartSchema = z.object({
  policy: z.enum(["no", "always", "on-failure", "unless-stopped"]),
  maximumRetries: z.int().nonnegative().nullable(),
});
export type Restart = z.infer<typeof restartSchema>;

/** A command that is run inside a container when it has started, or before it is stopped. */
export const hookSchema = z.object({
  command: z.array(z.string()),
  user: z.string().nullable(),
  privileged: z.boolean(),
  workingFolder: z.string().nullable(),
  environment: z.record(z.string(), z.string()),
});
export type Hook = z.infer<typeof hookSchema>;

export const serviceSchema = z.object({
  name: z.string().min(1),
  place: placeSchema,
  image: z.string().nullable(),
  build: buildSchema.nullable(),
  command: z.array(z.string()).nullable(),
  entrypoint: z.array(z.string()).nullable(),
  environment: z.record(z.string(), z.string()),
  labels: z.record(z.string(), z.string()),
  ports: z.array(portMappingSchema),
  mounts: z.array(mountSchema),
  networks: z.array(z.object({ name: z.string(), aliases: z.array(z.string()), endpoint: endpointSchema.nullable() })),
  dependsOn: z.array(dependencySchema),
  healthcheck: healthcheckSchema.nullable(),
  restart: restartSchema,
  limits: serviceLimitsSchema,
  options: serviceOptionsSchema,
  files: z.array(serviceFileSchema),
  /** Absent: none. */
  hooks: z.object({ postStart: z.array(hookSchema), preStop: z.array(hookSchema) }).optional(),
  containerName: z.string().nullable(),
  hostName: z.string().nullable(),
  user: z.string().nullable(),
  workingFolder: z.string().nullable(),
  readOnly: z.boolean(),
  init: z.boolean(),
  stopSignal: z.string().nullable(),
  stopGraceMs: z.number().nullable(),
  /** A service that is meant to use all the CPU it gets (a transcoder); `x-bayplan: {batch: true}` in the file. */
  batch: z.boolean(),
  /** A service that only makes load and is not deployed; `x-bayplan: {load: true}`. It runs outside the envelope. */
  load: z.boolean(),
});
export type Service = z.infer<typeof serviceSchema>;

/** A set of services to run together, whatever file format it came from. */
export const stackSchema = z.object({
  /** The project name: lower case letters, digits, `-` and `_`. */
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
  /** Absolute path of the file it was read from. */
  file: z.string(),
  /** Absolute paths of all files that were named, each over those before it. */
  files: z.array(z.string()),
  /** Absolute folder that relative paths start from. */
  folder: z.string(),
  /** Absolute paths of files with variables; null: `.env` in the folder, when there is one. */
  envFiles: z.array(z.string()).nullable(),
  services: z.array(serviceSchema),
  volumes: z.array(
    z.object({
      name: z.string(),
      external: z.boolean(),
      externalName: z.string().nullable(),
      /** Null: nothing said. */
      options: volumeOptionsSchema.nullable(),
    }),
  ),
  networks: z.array(
    z.object({
      name: z.string(),
      external: z.boolean(),
      externalName: z.string().nullable(),
      internal: z.boolean(),
      driver: z.string().nullable(),
      /** Null: nothing said. */
      options: networkOptionsSchema.nullable(),
    }),
  ),
  /** What the file itself says of how it should be loaded (`x-bayplan: {load: "…"}`), null when it does not. */
  loadDescription: z.string().nullable(),
});
export type Stack = z.infer<typeof stackSchema>;

/** A stack as a face shows it: the source text, the meaning, and what the checks say. */
export const openedStackSchema = z.object({
  file: z.string(),
  source: z.string(),
  /** What it was read as. */
  format: stackFormatSchema,
  /** Null when an error finding stood in the way of reading it. */
  stack: stackSchema.nullable(),
  findings: z.array(findingSchema),
  /** Every file that was read for it, in that order, and the Dockerfiles of its builds. */
  files: z.array(stackFileSchema),
});
export type OpenedStack = z.infer<typeof openedStackSchema>;
