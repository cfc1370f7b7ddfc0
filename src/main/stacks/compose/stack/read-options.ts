import type { Place, ServiceOptions } from "../../../../shared/domain/index.ts";
import { ModelProblem } from "../model-problem.ts";
import { at, keyOrPlace } from "../node.ts";
import { type JsonMap, type JsonValue, listAt, mapAt, stringAt } from "../project/json-value.ts";
import type { ProjectService } from "../project/project.ts";

/**
 * What a service says beyond the plain, as the runner takes it.
 * @throws ModelProblem for a pull policy or a network mode that is none.
 */
export function readOptions(service: ProjectService): ServiceOptions {
  const { value } = service;
  const blkio = mapAt(value, "blkio_config");
  return {
    addedCapabilities: textsAt(value, "cap_add"),
    droppedCapabilities: textsAt(value, "cap_drop"),
    privileged: value.get("privileged") === true,
    securityOptions: textsAt(value, "security_opt"),
    groups: textsAt(value, "group_add"),
    devices: mapsAt(value, "devices").map((device) => ({
      source: stringAt(device, "source"),
      target: stringAt(device, "target") || stringAt(device, "source"),
      permissions: stringAt(device, "permissions") || "rwm",
    })),
    deviceCgroupRules: textsAt(value, "device_cgroup_rules"),
    deviceRequests: readDeviceRequests(value),
    ulimits: readUlimits(mapAt(value, "ulimits")),
    sysctls: recordAt(value, "sysctls"),
    networkMode: textOrNull(value, "network_mode"),
    ipcMode: textOrNull(value, "ipc"),
    pidMode: textOrNull(value, "pid"),
    utsMode: textOrNull(value, "uts"),
    userNamespace: textOrNull(value, "userns_mode"),
    cgroupNamespace: textOrNull(value, "cgroup"),
    domainName: textOrNull(value, "domainname"),
    macAddress: textOrNull(value, "mac_address"),
    // The engine separates with a colon; an IPv6 address keeps its own.
    extraHosts: textsAt(value, "extra_hosts").map((entry) => entry.replace("=", ":")),
    dnsServers: textsAt(value, "dns"),
    dnsSearch: textsAt(value, "dns_search"),
    dnsOptions: textsAt(value, "dns_opt"),
    exposedPorts: textsAt(value, "expose"),
    links: [...textsAt(value, "links"), ...textsAt(value, "external_links")].map((link) =>
      link.includes(":") ? link : `${link}:${link}`,
    ),
    volumesFrom: textsAt(value, "volumes_from"),
    shmBytes: numberOrNull(value.get("shm_size")),
    memoryAndSwapBytes: numberOrNull(value.get("memswap_limit")),
    swappiness: numberOrNull(value.get("mem_swappiness")),
    oomKillDisabled: value.get("oom_kill_disable") === true,
    oomScoreAdjustment: numberOrNull(value.get("oom_score_adj")),
    cpuset: textOrNull(value, "cpuset"),
    cpuShares: numberOrNull(value.get("cpu_shares")),
    cpuPeriodUs: numberOrNull(value.get("cpu_period")),
    cpuQuotaUs: numberOrNull(value.get("cpu_quota")),
    cpuRealtimePeriodUs: numberOrNull(value.get("cpu_rt_period")),
    cpuRealtimeRuntimeUs: numberOrNull(value.get("cpu_rt_runtime")),
    blockWeight: numberOrNull(blkio?.get("weight")),
    blockWeightDevices: mapsAt(blkio, "weight_device").map((device) => ({
      path: stringAt(device, "Path"),
      weight: Number(device.get("Weight") ?? 0),
    })),
    readBytesPerSecond: readRates(blkio, "device_read_bps"),
    readOperationsPerSecond: readRates(blkio, "device_read_iops"),
    writeBytesPerSecond: readRates(blkio, "device_write_bps"),
    writeOperationsPerSecond: readRates(blkio, "device_write_iops"),
    logging: readLogging(mapAt(value, "logging")),
    terminal: value.get("tty") === true,
    inputOpen: value.get("stdin_open") === true,
    annotations: recordAt(value, "annotations"),
    runtime: textOrNull(value, "runtime"),
    isolation: textOrNull(value, "isolation"),
    storageOptions: recordAt(value, "storage_opt"),
    cgroupParent: textOrNull(value, "cgroup_parent"),
    platform: textOrNull(value, "platform"),
    pullPolicy: readPullPolicy(service),
  };
}

function textsAt(map: JsonMap | undefined, key: string): string[] {
  return listAt(map, key).filter((item) => typeof item === "string");
}

function mapsAt(map: JsonMap | undefined, key: string): JsonMap[] {
  return listAt(map, key).filter((item) => item instanceof Map);
}

function textOrNull(map: JsonMap, key: string): string | null {
  return stringAt(map, key) || null;
}

function numberOrNull(value: JsonValue | undefined): number | null {
  return value === undefined || value === null ? null : Number(value);
}

/** A mapping of texts. */
export function recordAt(map: JsonMap | undefined, key: string): Record<string, string> {
  const entries = [...(mapAt(map, key) ?? [])];
  return Object.fromEntries(entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
}

function readRates(blkio: JsonMap | undefined, key: string): { path: string; rate: number }[] {
  return mapsAt(blkio, key).map((device) => ({
    path: stringAt(device, "Path"),
    rate: Number(device.get("Rate") ?? 0),
  }));
}

/** `ulimits` of a service or a build. */
export function readUlimits(ulimits: JsonMap | undefined): ServiceOptions["ulimits"] {
  return [...(ulimits ?? [])].map(([name, value]) => {
    const single = value instanceof Map ? null : Number(value);
    const map = value instanceof Map ? value : undefined;
    return { name, soft: single ?? Number(map?.get("soft") ?? 0), hard: single ?? Number(map?.get("hard") ?? 0) };
  });
}

/** `gpus`, and the reservations of `deploy`, which mean the same. */
function readDeviceRequests(value: JsonMap): ServiceOptions["deviceRequests"] {
  const reservations = mapAt(mapAt(mapAt(value, "deploy"), "resources"), "reservations");
  const gpus = mapsAt(value, "gpus").map((request) => ({ request, implied: ["gpu"] }));
  const reserved = mapsAt(reservations, "devices").map((request) => ({ request, implied: [] }));
  return [...gpus, ...reserved].map(({ request, implied }) => ({
    driver: textOrNull(request, "driver"),
    count: numberOrNull(request.get("count")),
    ids: textsAt(request, "device_ids"),
    capabilities: [...new Set([...implied, ...textsAt(request, "capabilities")])],
    options: recordAt(request, "options"),
  }));
}

function readLogging(logging: JsonMap | undefined): ServiceOptions["logging"] {
  if (logging === undefined) return null;
  return { driver: stringAt(logging, "driver"), options: recordAt(logging, "options") };
}

function readPullPolicy(service: ProjectService): ServiceOptions["pullPolicy"] {
  const policy = stringAt(service.value, "pull_policy");
  if (policy === "") return null;
  if (policy === "always" || policy === "never" || policy === "missing" || policy === "build") return policy;
  const place: Place = keyOrPlace(at(service.node, "pull_policy") ?? service.node);
  throw new ModelProblem("compose.bad-value", `"${policy}" is no pull policy.`, place);
}
