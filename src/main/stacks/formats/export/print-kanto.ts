import type { KantoDefinition } from "./kanto-container.ts";

/** What kanto-cm itself takes for the time between two starts. */
const retrySeconds = 30;
const nanosecondsPerSecond = 1e9;

/** Kanto's own container JSON, as the deployment folder and `kanto-cm create -f` take it. */
export function internalJson(definition: KantoDefinition): string {
  const { log, restart } = definition;
  return print({
    container_name: definition.name,
    image: { name: definition.image },
    host_name: definition.hostName,
    domain_name: definition.domainName,
    mount_points: definition.mounts.map(({ source, target, propagation }) => ({
      source,
      destination: target,
      propagation_mode: propagation,
    })),
    config: { env: definition.environment, cmd: definition.command },
    io_config: { open_stdin: definition.openStdin, tty: definition.terminal },
    host_config: {
      privileged: definition.privileged,
      network_mode: definition.isHostNetwork ? "host" : "bridge",
      runtime: definition.runtime,
      devices: definition.devices.map(({ source, target, permissions }) => ({
        path_on_host: source,
        path_in_container: target,
        cgroup_permissions: permissions,
      })),
      extra_capabilities: definition.capabilities,
      extra_hosts: definition.extraHosts,
      restart_policy:
        restart.type === "on-failure"
          ? {
              type: restart.type,
              maximum_retry_count: restart.retries,
              retry_timeout: retrySeconds * nanosecondsPerSecond,
            }
          : { type: restart.type },
      port_mappings: definition.ports.map(({ protocol, containerPort, address, first, last }) => ({
        proto: protocol,
        container_port: containerPort,
        host_ip: address,
        host_port: first,
        host_port_end: last,
      })),
      log_config: log === null ? null : { driver_config: { type: log.type, max_files: log.files, max_size: log.size } },
      resources: {
        memory: definition.memory,
        memory_reservation: definition.reservation,
        memory_swap: definition.swap,
      },
    },
  });
}

/** The value of `createWithConfig`. Enums are in upper case, the one spelling that Kanto understands everywhere there. */
export function dittoJson(definition: KantoDefinition): string {
  const { log, restart } = definition;
  const word = (text: string): string => text.toUpperCase().replaceAll("-", "_");
  return print({
    imageRef: definition.image,
    name: definition.name,
    start: true,
    config: {
      hostName: definition.hostName,
      domainName: definition.domainName,
      env: definition.environment,
      cmd: definition.command,
      privileged: definition.privileged,
      openStdin: definition.openStdin,
      tty: definition.terminal,
      networkMode: definition.isHostNetwork ? "HOST" : "BRIDGE",
      mountPoints: definition.mounts.map(({ source, target, propagation }) => ({
        source,
        destination: target,
        propagationMode: word(propagation),
      })),
      devices: definition.devices.map(({ source, target, permissions }) => ({
        pathOnHost: source,
        pathInContainer: target,
        cgroupPermissions: permissions,
      })),
      extraCapabilities: definition.capabilities,
      extraHosts: definition.extraHosts,
      restartPolicy:
        restart.type === "on-failure"
          ? { type: word(restart.type), maxRetryCount: restart.retries, retryTimeout: retrySeconds }
          : { type: word(restart.type) },
      portMappings: definition.ports.map(({ protocol, containerPort, address, first, last }) => ({
        proto: protocol,
        containerPort,
        hostIP: address,
        hostPort: first,
        hostPortEnd: last,
      })),
      log: log === null ? null : { type: word(log.type), maxFiles: log.files, maxSize: log.size },
      resources: { memory: definition.memory, memoryReservation: definition.reservation, memorySwap: definition.swap },
    },
  });
}

/** What is not said is left out. */
function print(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (isNothing(item) ? undefined : item), 2);
}

function isNothing(item: unknown): boolean {
  if (Array.isArray(item)) return item.length === 0;
  return item === null || (typeof item === "object" && Object.values(item).every((below) => isNothing(below)));
}
