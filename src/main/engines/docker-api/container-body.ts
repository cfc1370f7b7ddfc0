import type { ContainerChange, Healthcheck, Mount, PortMapping } from "../../../shared/domain/index.ts";
import type { ContainerSpec } from "../engine.ts";
import { optionBody } from "./option-body.ts";
import { present } from "./present.ts";

const nanosecondsPerMs = 1_000_000;

function healthcheckBody(check: Healthcheck | null): Record<string, unknown> | null {
  if (check === null) return null;
  const nanoseconds = (ms: number | null): number | null => (ms === null ? null : Math.round(ms * nanosecondsPerMs));
  return present({
    Test: check.test,
    Interval: nanoseconds(check.intervalMs),
    Timeout: nanoseconds(check.timeoutMs),
    StartPeriod: nanoseconds(check.startPeriodMs),
    Retries: check.retries,
  });
}

function portBodies(ports: readonly PortMapping[]): {
  exposed: Record<string, object>;
  bindings: Record<string, object[]>;
} {
  const exposed: Record<string, object> = {};
  const bindings: Record<string, object[]> = {};
  for (const port of ports) {
    const key = `${port.containerPort}/${port.protocol}`;
    exposed[key] = {};
    const list = bindings[key] ?? [];
    list.push({ HostIp: port.hostAddress ?? "", HostPort: port.hostPort === null ? "" : String(port.hostPort) });
    bindings[key] = list;
  }
  return { exposed, bindings };
}

/** A bind in the engine's short form makes a missing folder, as Compose's short form does; a colon has no place in it. */
function isShortBind(mount: Mount): boolean {
  // A bind in the short form has its path made by the engine where it is missing.
  if (mount.mustExist === true) return false;
  return mount.kind === "bind" && mount.source !== null && !`${mount.source}${mount.target}`.includes(":");
}

function shortBind({ source, target, readOnly, selinux, propagation }: Mount): string {
  const options = [readOnly ? "ro" : null, selinux, propagation].filter((option) => option != null);
  return [source, target, ...(options.length === 0 ? [] : [options.join(",")])].join(":");
}

function mountBody(mount: Mount): Record<string, unknown> {
  return present({
    Type: mount.kind,
    Source: mount.source,
    Target: mount.target,
    ReadOnly: mount.readOnly,
    BindOptions: mount.propagation === undefined ? null : { Propagation: mount.propagation },
    VolumeOptions: mount.noCopy === true ? { NoCopy: true } : null,
  });
}

/** In a map of their own: as a mount, one would break `volumes_from` of another container ("no such volume"). */
function tmpfsBody(mounts: readonly Mount[]): Record<string, string> | null {
  const entries = mounts.flatMap((mount): [string, string][] => {
    if (mount.kind !== "tmpfs") return [];
    const size = mount.tmpfsBytes === null ? [] : [`size=${mount.tmpfsBytes}`];
    const mode = mount.tmpfsMode === undefined ? [] : [`mode=${mount.tmpfsMode.toString(8)}`];
    const readOnly = mount.readOnly ? ["ro"] : [];
    return [[mount.target, [...size, ...mode, ...readOnly, ...(mount.tmpfsOptions ?? [])].join(",")]];
  });
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

function hostBody(spec: ContainerSpec, bindings: Record<string, object[]>): Record<string, unknown> {
  const { limits, service } = spec;
  const { options } = service;
  const { policy, maximumRetries } = service.restart;
  return present({
    ...optionBody(options),
    Binds: spec.mounts.filter(isShortBind).map(shortBind),
    Mounts: spec.mounts.filter((mount) => !isShortBind(mount) && mount.kind !== "tmpfs").map(mountBody),
    Tmpfs: tmpfsBody(spec.mounts),
    PortBindings: bindings,
    RestartPolicy: present({ Name: policy, MaximumRetryCount: policy === "on-failure" ? maximumRetries : null }),
    ReadonlyRootfs: service.readOnly,
    Init: service.init ? true : null,
    NetworkMode: spec.networkMode ?? spec.networks[0]?.name,
    VolumesFrom: spec.volumesFrom !== undefined && spec.volumesFrom.length > 0 ? spec.volumesFrom : null,
    PidMode: spec.pidMode,
    IpcMode: spec.ipcMode,
    Memory: limits.memoryBytes,
    // Memory and swap together: the same figure means no swap.
    MemorySwap: options.memoryAndSwapBytes ?? limits.memoryBytes,
    MemoryReservation: limits.memoryReservationBytes,
    CpuPeriod: limits.cpuPeriodUs ?? options.cpuPeriodUs,
    CpuQuota: limits.cpuQuotaUs ?? options.cpuQuotaUs,
    CpusetCpus: limits.cpuset ?? options.cpuset,
    PidsLimit: limits.pids,
    CgroupParent: spec.cgroupParent ?? options.cgroupParent,
  });
}

/** `3000`, `3000/udp` or `3000-3005` of `expose`. */
function exposedBodies(ports: readonly string[]): Record<string, object> {
  const entries = ports.flatMap((text): [string, object][] => {
    const match = /^([0-9]+)(?:-([0-9]+))?(?:\/(\w+))?$/.exec(text);
    const from = Number(match?.[1] ?? 0);
    const to = Number(match?.[2] ?? from);
    if (match === null || from < 1 || to > 65_535 || to < from) return [];
    const protocol = match[3] ?? "tcp";
    return Array.from({ length: to - from + 1 }, (_, index) => [`${from + index}/${protocol}`, {}]);
  });
  return Object.fromEntries(entries);
}

/** How a container is in a network; also the body of connecting it to one. */
export function endpointBody(
  { aliases, endpoint = null }: ContainerSpec["networks"][number],
  links: readonly string[],
): Record<string, unknown> {
  const addresses = present({
    IPv4Address: endpoint?.ipv4Address,
    IPv6Address: endpoint?.ipv6Address,
    LinkLocalIPs: endpoint !== null && endpoint.linkLocalAddresses.length > 0 ? endpoint.linkLocalAddresses : null,
  });
  return present({
    Aliases: [...aliases],
    Links: links.length > 0 ? links : null,
    IPAMConfig: Object.keys(addresses).length > 0 ? addresses : null,
    MacAddress: endpoint?.macAddress,
    DriverOpts: endpoint !== null && Object.keys(endpoint.driverOptions).length > 0 ? endpoint.driverOptions : null,
  });
}

/** A mode in a network's place has no endpoint: Podman refuses one ("networks can only be used with Bridge mode networking"). */
function isNetworkMode(name: string): boolean {
  return name === "host" || name === "none" || name.startsWith("container:");
}

/**
 * The body of POST /containers/create. Only the first network is in it: engines before API 1.44 take no more, the
 * others are connected afterwards.
 */
export function containerBody(spec: ContainerSpec): Record<string, unknown> {
  const { service } = spec;
  const { exposed, bindings } = portBodies(spec.ports);
  const first = spec.networks[0];
  const { options } = service;
  return present({
    Image: spec.image,
    Cmd: service.command,
    Entrypoint: service.entrypoint,
    Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
    Labels: spec.labels,
    User: service.user,
    WorkingDir: service.workingFolder,
    Hostname: service.hostName,
    Domainname: options.domainName,
    Tty: options.terminal ? true : null,
    OpenStdin: options.inputOpen ? true : null,
    MacAddress: options.macAddress,
    ExposedPorts: { ...exposedBodies(options.exposedPorts), ...exposed },
    Healthcheck: healthcheckBody(service.healthcheck),
    StopSignal: service.stopSignal,
    StopTimeout: service.stopGraceMs === null ? null : Math.ceil(service.stopGraceMs / 1000),
    HostConfig: hostBody(spec, bindings),
    NetworkingConfig:
      first === undefined || isNetworkMode(first.name)
        ? null
        : { EndpointsConfig: { [first.name]: endpointBody(first, spec.links ?? []) } },
  });
}

const updatePeriodUs = 100_000;

/**
 * CPU in the form that the container has it already: an engine refuses the one where the other is set ("CPU quota cannot
 * be updated as NanoCPUs has already been set", and the other way round).
 */
function cpuBody(cpuCores: number | null, now: { CpuQuota?: number | undefined; CpuPeriod?: number | undefined }) {
  if (cpuCores === null) return {};
  if ((now.CpuQuota ?? 0) <= 0) return { NanoCpus: Math.round(cpuCores * 1e9) };
  const period = (now.CpuPeriod ?? 0) > 0 ? (now.CpuPeriod ?? 0) : updatePeriodUs;
  return { CpuPeriod: period, CpuQuota: Math.round(cpuCores * period) };
}

/** The body of POST /containers/{id}/update: only what is to change. `now`: the container's host configuration. */
export function updateBody(
  change: ContainerChange,
  now: { CpuQuota?: number | undefined; CpuPeriod?: number | undefined },
): Record<string, unknown> {
  const { restart } = change;
  return present({
    Memory: change.memoryBytes,
    // An engine refuses a memory limit above the memory and swap of before.
    MemorySwap: change.memoryBytes,
    MemoryReservation: change.memoryReservationBytes,
    ...cpuBody(change.cpuCores, now),
    RestartPolicy:
      restart === null
        ? null
        : present({
            Name: restart.policy,
            MaximumRetryCount: restart.policy === "on-failure" ? restart.maximumRetries : null,
          }),
  });
}
