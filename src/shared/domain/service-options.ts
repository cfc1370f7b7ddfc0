import * as z from "zod";

const textRecord = z.record(z.string(), z.string());

/** A device node of the host inside a container. */
export const deviceMappingSchema = z.object({ source: z.string(), target: z.string(), permissions: z.string() });

/** A limit of the kernel for a process (`nofile`); -1 is none. */
export const ulimitSchema = z.object({ name: z.string(), soft: z.int(), hard: z.int() });

/** A request to a driver of the engine, for a GPU above all. */
export const deviceRequestSchema = z.object({
  driver: z.string().nullable(),
  /** -1: all. */
  count: z.int().nullable(),
  ids: z.array(z.string()),
  capabilities: z.array(z.string()),
  options: textRecord,
});

/** A limit of one block device; bytes or operations a second. */
export const deviceRateSchema = z.object({ path: z.string(), rate: z.number() });

/**
 * What a service says beyond the plain: how its container stands to the kernel, the network and the engine. Null, an empty list and
 * an empty record all mean: not said, the engine decides.
 */
export const serviceOptionsSchema = z.object({
  addedCapabilities: z.array(z.string()),
  droppedCapabilities: z.array(z.string()),
  privileged: z.boolean(),
  securityOptions: z.array(z.string()),
  /** Groups of the process beside its own. */
  groups: z.array(z.string()),
  devices: z.array(deviceMappingSchema),
  deviceCgroupRules: z.array(z.string()),
  deviceRequests: z.array(deviceRequestSchema),
  ulimits: z.array(ulimitSchema),
  sysctls: textRecord,

  /** `host`, `none`, `service:NAME`, `container:NAME`; null when the service joins networks. */
  networkMode: z.string().nullable(),
  ipcMode: z.string().nullable(),
  pidMode: z.string().nullable(),
  utsMode: z.string().nullable(),
  userNamespace: z.string().nullable(),
  cgroupNamespace: z.string().nullable(),
  domainName: z.string().nullable(),
  macAddress: z.string().nullable(),
  /** `HOST:ADDRESS`. */
  extraHosts: z.array(z.string()),
  dnsServers: z.array(z.string()),
  dnsSearch: z.array(z.string()),
  dnsOptions: z.array(z.string()),
  /** `PORT` or `PORT/PROTOCOL`; documentation for other tools. */
  exposedPorts: z.array(z.string()),
  /** Other services under a name of their own: `SERVICE:ALIAS`. */
  links: z.array(z.string()),
  /** `SERVICE[:ro]` or `container:NAME[:ro]`: whose mounts this one has, too. */
  volumesFrom: z.array(z.string()),

  shmBytes: z.number().nullable(),
  /** Memory and swap together; -1 without limit. Null: no swap beside a memory limit. */
  memoryAndSwapBytes: z.number().nullable(),
  swappiness: z.int().nullable(),
  oomKillDisabled: z.boolean(),
  oomScoreAdjustment: z.int().nullable(),
  cpuset: z.string().nullable(),
  cpuShares: z.int().nullable(),
  cpuPeriodUs: z.int().nullable(),
  cpuQuotaUs: z.int().nullable(),
  cpuRealtimePeriodUs: z.int().nullable(),
  cpuRealtimeRuntimeUs: z.int().nullable(),
  blockWeight: z.int().nullable(),
  blockWeightDevices: z.array(z.object({ path: z.string(), weight: z.int() })),
  readBytesPerSecond: z.array(deviceRateSchema),
  readOperationsPerSecond: z.array(deviceRateSchema),
  writeBytesPerSecond: z.array(deviceRateSchema),
  writeOperationsPerSecond: z.array(deviceRateSchema),

  logging: z.object({ driver: z.string(), options: textRecord }).nullable(),
  terminal: z.boolean(),
  inputOpen: z.boolean(),
  annotations: textRecord,
  runtime: z.string().nullable(),
  isolation: z.string().nullable(),
  storageOptions: textRecord,
  cgroupParent: z.string().nullable(),
  /** `linux/arm64`. */
  platform: z.string().nullable(),
  pullPolicy: z.enum(["always", "never", "missing", "build"]).nullable(),
});
export type ServiceOptions = z.infer<typeof serviceOptionsSchema>;

/** Nothing said. */
export const plainOptions: ServiceOptions = {
  addedCapabilities: [],
  droppedCapabilities: [],
  privileged: false,
  securityOptions: [],
  groups: [],
  devices: [],
  deviceCgroupRules: [],
  deviceRequests: [],
  ulimits: [],
  sysctls: {},
  networkMode: null,
  ipcMode: null,
  pidMode: null,
  utsMode: null,
  userNamespace: null,
  cgroupNamespace: null,
  domainName: null,
  macAddress: null,
  extraHosts: [],
  dnsServers: [],
  dnsSearch: [],
  dnsOptions: [],
  exposedPorts: [],
  links: [],
  volumesFrom: [],
  shmBytes: null,
  memoryAndSwapBytes: null,
  swappiness: null,
  oomKillDisabled: false,
  oomScoreAdjustment: null,
  cpuset: null,
  cpuShares: null,
  cpuPeriodUs: null,
  cpuQuotaUs: null,
  cpuRealtimePeriodUs: null,
  cpuRealtimeRuntimeUs: null,
  blockWeight: null,
  blockWeightDevices: [],
  readBytesPerSecond: [],
  readOperationsPerSecond: [],
  writeBytesPerSecond: [],
  writeOperationsPerSecond: [],
  logging: null,
  terminal: false,
  inputOpen: false,
  annotations: {},
  runtime: null,
  isolation: null,
  storageOptions: {},
  cgroupParent: null,
  platform: null,
  pullPolicy: null,
};
