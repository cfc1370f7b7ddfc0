import { isDeepStrictEqual } from "node:util";
import { AppError, type Mount, plainOptions, type ServiceOptions } from "../../../shared/domain/index.ts";
import type { ContainerSpec, Loss } from "../engine.ts";
import { qualifiedImage } from "./image-name.ts";
import { sizeText } from "./sizes.ts";

/** The least memory that Kanto takes (containerm/util/containers_validation.go). */
const memoryMinBytes = 3 * 1024 * 1024;

const namePattern = /^[a-zA-Z0-9_][a-zA-Z0-9_.-]*$/;
const environmentPattern = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

const nanosecondsPerSecond = 1_000_000_000;
/** What kanto-cm itself takes for `--rp-to`. */
export const retryTimeoutSeconds = 30;

/** What of a container Kanto cannot express, in the order of its configuration. Empty: nothing would be lost. */
export function kantoLosses(spec: ContainerSpec): Loss[] {
  const { service, limits } = spec;
  const losses: Loss[] = optionLosses(spec);
  const lose = (isAsked: boolean, field: string, why: string): void => {
    if (isAsked) losses.push({ field, why });
  };
  lose(service.entrypoint !== null, "entrypoint", "Kanto always runs the image's own; only the command can be set");
  lose(service.user !== null, "user", "Kanto runs a container as the image says");
  lose(service.workingFolder !== null, "working folder", "Kanto takes the image's own");
  lose(service.healthcheck !== null, "health check", "Kanto does not check health");
  lose(service.readOnly, "read-only file system", "Kanto has no such option");
  lose(service.init, "init process", "Kanto has no such option");
  lose(service.stopSignal !== null, "stop signal", "it can only be given with each stop");
  lose(service.stopGraceMs !== null, "stop grace period", "it can only be given with each stop");
  lose(Object.keys(spec.labels).length > 0, "labels", "Kanto's containers carry none");
  const networks = spec.networks.filter(({ name }) => name !== "host" && name !== "bridge");
  lose(networks.length > 0, "networks", "Kanto has its one bridge and the host's network");
  lose(
    spec.networks.some(({ aliases }) => aliases.length > 0),
    "network aliases",
    "Kanto's bridge has no name service",
  );
  for (const mount of spec.mounts) losses.push(...mountLosses(mount));
  for (const port of spec.ports) {
    lose(port.hostPort === null, `port ${port.containerPort} without a host port`, "Kanto picks none by itself");
    lose(port.protocol === "sctp", `port ${port.containerPort}/sctp`, "Kanto maps tcp and udp");
  }
  lose(isHostNetwork(spec) && spec.ports.length > 0, "ports on the host's network", "Kanto refuses both at once");
  lose(limits.cpuQuotaUs !== null || limits.cpuPeriodUs !== null, "CPU limit", "Kanto has no such field");
  lose(limits.cpuset !== null, "CPU set", "Kanto has no such field");
  lose(limits.pids !== null, "limit of processes", "Kanto has no such field");
  lose(spec.cgroupParent !== null, "parent cgroup", "Kanto makes its own");
  const { memoryBytes, memoryReservationBytes } = limits;
  lose(memoryBytes !== null && memoryBytes < memoryMinBytes, "memory limit below 3 MiB", "Kanto refuses it");
  lose(
    memoryBytes !== null && memoryReservationBytes !== null && memoryReservationBytes > memoryBytes,
    "memory reservation above the limit",
    "Kanto refuses it",
  );
  return losses;
}

/** Options that Kanto has; with `privileged` it refuses devices and capabilities. */
const ownOptions = new Set([
  "exposedPorts",
  "privileged",
  "devices",
  "addedCapabilities",
  "extraHosts",
  "terminal",
  "inputOpen",
  "networkMode",
]);

function optionLosses(spec: ContainerSpec): Loss[] {
  const { options, files } = spec.service;
  const plain = new Map(Object.entries(plainOptions));
  const unknown = Object.entries(options).filter(
    ([key, value]) => !ownOptions.has(key) && !isDeepStrictEqual(value, plain.get(key)),
  );
  const losses = unknown.map(([key]) => ({ field: wordsOf(key), why: "Kanto has no such option" }));
  if (options.privileged && options.devices.length + options.addedCapabilities.length > 0) {
    losses.push({ field: "devices and capabilities", why: "Kanto gives a privileged container all of them" });
  }
  if (options.networkMode !== null && options.networkMode !== "host" && options.networkMode !== "bridge") {
    losses.push({
      field: `network mode ${options.networkMode}`,
      why: "Kanto has its one bridge and the host's network",
    });
  }
  if (files.length > 0) losses.push({ field: "configs and secrets", why: "Kanto puts no files into a container" });
  return losses;
}

/** `memoryAndSwapBytes` as a person would say it: "memory and swap bytes". */
function wordsOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function keptOptions(options: ServiceOptions): ServiceOptions {
  const { privileged, extraHosts, terminal, inputOpen, networkMode } = options;
  return {
    ...plainOptions,
    privileged,
    extraHosts,
    terminal,
    inputOpen,
    networkMode: networkMode === "host" || networkMode === "bridge" ? networkMode : null,
    devices: privileged ? [] : options.devices,
    addedCapabilities: privileged ? [] : options.addedCapabilities,
  };
}

function mountLosses(mount: Mount): Loss[] {
  if (mount.kind === "tmpfs")
    return [{ field: `tmpfs ${mount.target}`, why: "Kanto mounts folders of the device only" }];
  if (mount.kind === "volume" || mount.source === null) {
    return [
      { field: `volume ${mount.source ?? mount.target}`, why: "Kanto has no volumes, only folders of the device" },
    ];
  }
  return mount.readOnly ? [{ field: `read-only mount ${mount.target}`, why: "Kanto mounts for writing only" }] : [];
}

/** The container without what `kantoLosses` names. */
export function withoutLosses(spec: ContainerSpec): ContainerSpec {
  const { memoryBytes, memoryReservationBytes } = spec.limits;
  const memory = memoryBytes !== null && memoryBytes < memoryMinBytes ? null : memoryBytes;
  const isReservationAbove =
    memoryBytes !== null && memoryReservationBytes !== null && memoryReservationBytes > memoryBytes;
  return {
    ...spec,
    service: {
      ...spec.service,
      entrypoint: null,
      user: null,
      workingFolder: null,
      healthcheck: null,
      readOnly: false,
      init: false,
      stopSignal: null,
      stopGraceMs: null,
      options: keptOptions(spec.service.options),
      files: [],
    },
    labels: {},
    links: [],
    volumesFrom: [],
    pidMode: null,
    ipcMode: null,
    networkMode: null,
    networks: spec.networks
      .filter(({ name }) => name === "host" || name === "bridge")
      .map(({ name }) => ({ name, aliases: [] })),
    mounts: spec.mounts
      .filter(({ kind, source }) => kind === "bind" && source !== null)
      .map((mount) => ({ ...mount, readOnly: false })),
    ports: isHostNetwork(spec)
      ? []
      : spec.ports.filter(({ hostPort, protocol }) => hostPort !== null && protocol !== "sctp"),
    limits: {
      memoryBytes: memory,
      memoryReservationBytes: isReservationAbove ? null : memoryReservationBytes,
      cpuPeriodUs: null,
      cpuQuotaUs: null,
      cpuset: null,
      pids: null,
    },
    cgroupParent: null,
  };
}

export function isHostNetwork(spec: ContainerSpec): boolean {
  return spec.service.options.networkMode === "host" || spec.networks.some(({ name }) => name === "host");
}

/**
 * Throws `unsupported` naming each thing that Kanto cannot express, `bad-input` for a name or variable that it refuses.
 */
export function checkSpec(spec: ContainerSpec): void {
  const losses = kantoLosses(spec);
  if (losses.length > 0) {
    const list = losses.map(({ field, why }) => `${field} (${why})`).join(", ");
    throw new AppError("unsupported", `Kanto cannot express this of container ${spec.name}: ${list}.`, {
      hint: "Leave it out for this device, or run the stack on a device with Docker or Podman.",
    });
  }
  if (!namePattern.test(spec.name)) {
    throw new AppError("bad-input", `Kanto takes no container name like "${spec.name}".`, {
      hint: "A name has letters, digits, dots, dashes and underscores, and begins with none of dot and dash.",
    });
  }
  for (const [name, value] of Object.entries(spec.environment)) {
    if (environmentPattern.test(name) && !value.includes("\n")) continue;
    throw new AppError("bad-input", `Kanto takes no environment variable like ${name} of container ${spec.name}.`, {
      hint: "Names have letters, digits and underscores; values have one line.",
    });
  }
}

/**
 * The container in Kanto's own JSON, for `kanto-cm create -f`; everything is written out, so that no other default of an
 * older daemon comes in. Throws what `checkSpec` throws, and `bad-input` for what is no image.
 */
export function kantoContainerBody(spec: ContainerSpec): Record<string, unknown> {
  checkSpec(spec);
  const { service, limits } = spec;
  const { options } = service;
  return {
    container_name: spec.name,
    image: { name: qualifiedImage(spec.image) },
    ...(service.hostName === null ? {} : { host_name: service.hostName }),
    mount_points: spec.mounts.map(({ source, target, propagation }) => ({
      source,
      destination: target,
      propagation_mode: propagation ?? "rprivate",
    })),
    config: { env: environmentOf(spec), ...(service.command === null ? {} : { cmd: service.command }) },
    io_config: { open_stdin: options.inputOpen, tty: options.terminal },
    host_config: {
      network_mode: isHostNetwork(spec) ? "host" : "bridge",
      privileged: options.privileged,
      ...(options.devices.length === 0 ? {} : { devices: options.devices.map(deviceBody) }),
      ...(options.extraHosts.length === 0 ? {} : { extra_hosts: options.extraHosts }),
      ...(options.addedCapabilities.length === 0 ? {} : { extra_capabilities: options.addedCapabilities }),
      restart_policy: restartBody(service.restart),
      port_mappings: spec.ports.map((port) => ({
        proto: port.protocol,
        container_port: port.containerPort,
        host_ip: port.hostAddress ?? "0.0.0.0",
        host_port: port.hostPort,
        host_port_end: port.hostPort,
      })),
      log_config: {
        driver_config: { type: "json-file", max_files: 2, max_size: "100M" },
        mode_config: { mode: "blocking" },
      },
      ...(limits.memoryBytes === null && limits.memoryReservationBytes === null
        ? {}
        : { resources: memoryBody(limits) }),
    },
  };
}

function deviceBody({ source, target, permissions }: ServiceOptions["devices"][number]): Record<string, string> {
  return { path_on_host: source, path_in_container: target, cgroup_permissions: permissions };
}

/** `NAME=value`, as Kanto takes it. */
export function environmentOf(spec: ContainerSpec): string[] {
  return Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`);
}

/** Kanto counts retries with `on-failure` only. The waiting time is in nanoseconds, whatever its documentation says. */
function restartBody({ policy, maximumRetries }: ContainerSpec["service"]["restart"]): Record<string, unknown> {
  if (policy !== "on-failure") return { type: policy };
  return {
    type: policy,
    maximum_retry_count: maximumRetries ?? 0,
    retry_timeout: retryTimeoutSeconds * nanosecondsPerSecond,
  };
}

function memoryBody({ memoryBytes, memoryReservationBytes }: ContainerSpec["limits"]): Record<string, string> {
  return {
    // Memory and swap together: the same figure means no swap. Without it Kanto allows as much swap as memory.
    ...(memoryBytes === null ? {} : { memory: sizeText(memoryBytes), memory_swap: sizeText(memoryBytes) }),
    ...(memoryReservationBytes === null ? {} : { memory_reservation: sizeText(memoryReservationBytes) }),
  };
}
