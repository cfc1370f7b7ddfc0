import type { ServiceOptions } from "../../../shared/domain/index.ts";
import { present } from "./present.ts";

/** The part of HostConfig that a service's further options are; what is not said is left to the engine. */
export function optionBody(options: ServiceOptions): Record<string, unknown> {
  return present({
    CapAdd: some(options.addedCapabilities),
    CapDrop: some(options.droppedCapabilities),
    Privileged: options.privileged ? true : null,
    SecurityOpt: some(options.securityOptions),
    GroupAdd: some(options.groups),
    Devices: some(
      options.devices.map(({ source, target, permissions }) => ({
        PathOnHost: source,
        PathInContainer: target,
        CgroupPermissions: permissions,
      })),
    ),
    DeviceCgroupRules: some(options.deviceCgroupRules),
    DeviceRequests: some(options.deviceRequests.map(deviceRequestBody)),
    Ulimits: some(options.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard }))),
    Sysctls: anyOf(options.sysctls),
    UTSMode: options.utsMode,
    UsernsMode: options.userNamespace,
    CgroupnsMode: options.cgroupNamespace,
    ExtraHosts: some(options.extraHosts),
    Dns: some(options.dnsServers),
    DnsSearch: some(options.dnsSearch),
    DnsOptions: some(options.dnsOptions),
    ShmSize: options.shmBytes,
    MemorySwappiness: options.swappiness,
    OomKillDisable: options.oomKillDisabled ? true : null,
    OomScoreAdj: options.oomScoreAdjustment,
    CpuShares: options.cpuShares,
    CpuRealtimePeriod: options.cpuRealtimePeriodUs,
    CpuRealtimeRuntime: options.cpuRealtimeRuntimeUs,
    BlkioWeight: options.blockWeight,
    BlkioWeightDevice: some(options.blockWeightDevices.map(({ path, weight }) => ({ Path: path, Weight: weight }))),
    BlkioDeviceReadBps: rates(options.readBytesPerSecond),
    BlkioDeviceReadIOps: rates(options.readOperationsPerSecond),
    BlkioDeviceWriteBps: rates(options.writeBytesPerSecond),
    BlkioDeviceWriteIOps: rates(options.writeOperationsPerSecond),
    LogConfig: options.logging === null ? null : { Type: options.logging.driver, Config: options.logging.options },
    Annotations: anyOf(options.annotations),
    Runtime: options.runtime,
    Isolation: options.isolation,
    StorageOpt: anyOf(options.storageOptions),
  });
}

function some<T>(items: readonly T[]): readonly T[] | null {
  return items.length === 0 ? null : items;
}

function anyOf(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return Object.keys(record).length === 0 ? null : record;
}

function rates(limits: readonly { path: string; rate: number }[]): readonly object[] | null {
  return some(limits.map(({ path, rate }) => ({ Path: path, Rate: rate })));
}

function deviceRequestBody(request: ServiceOptions["deviceRequests"][number]): Record<string, unknown> {
  return present({
    Driver: request.driver,
    // The engine takes ids or a number, and all when neither is said.
    Count: request.ids.length > 0 ? null : (request.count ?? -1),
    DeviceIDs: some(request.ids),
    Capabilities: [request.capabilities],
    Options: anyOf(request.options),
  });
}
