import type { ContainerChange, ServiceOptions } from "../../../shared/domain/index.ts";
import type { ContainerSpec } from "../engine.ts";
import { checkSpec, environmentOf, isHostNetwork, retryTimeoutSeconds } from "./container-body.ts";
import { qualifiedImage } from "./image-name.ts";
import { sizeText } from "./sizes.ts";

type Restart = ContainerSpec["service"]["restart"];

/** Upper case is the only spelling of an enum that Kanto understands everywhere: `propagationMode` knows no other. */
function restartConfig({ policy, maximumRetries }: Restart): Record<string, unknown> {
  const type = policy.toUpperCase().replaceAll("-", "_");
  // Here the time is in seconds; in the other JSON it is in nanoseconds.
  return policy === "on-failure"
    ? { type, maxRetryCount: maximumRetries ?? 0, retryTimeout: retryTimeoutSeconds }
    : { type };
}

function resourcesConfig(memoryBytes: number | null, reservationBytes: number | null): Record<string, string> | null {
  if (memoryBytes === null && reservationBytes === null) return null;
  return {
    ...(memoryBytes === null ? {} : { memory: sizeText(memoryBytes), memorySwap: sizeText(memoryBytes) }),
    ...(reservationBytes === null ? {} : { memoryReservation: sizeText(reservationBytes) }),
  };
}

/**
 * The value of `createWithConfig` (CM containerm/things/datatypes_container_configuration.go), in camel case; the name
 * stands beside the configuration. Throws what `checkSpec` throws: both forms can say the same.
 */
export function createValue(spec: ContainerSpec, start: boolean): Record<string, unknown> {
  checkSpec(spec);
  const { service, limits } = spec;
  const resources = resourcesConfig(limits.memoryBytes, limits.memoryReservationBytes);
  return {
    imageRef: qualifiedImage(spec.image),
    name: spec.name,
    start,
    config: {
      ...(service.hostName === null ? {} : { hostName: service.hostName }),
      mountPoints: spec.mounts.map(({ source, target, propagation }) => ({
        source,
        destination: target,
        propagationMode: (propagation ?? "rprivate").toUpperCase(),
      })),
      env: environmentOf(spec),
      ...(service.command === null ? {} : { cmd: service.command }),
      restartPolicy: restartConfig(service.restart),
      portMappings: spec.ports.map((port) => ({
        proto: port.protocol,
        hostPort: port.hostPort,
        hostPortEnd: port.hostPort,
        containerPort: port.containerPort,
        hostIP: port.hostAddress ?? "0.0.0.0",
      })),
      networkMode: isHostNetwork(spec) ? "HOST" : "BRIDGE",
      ...optionsConfig(service.options),
      log: { type: "JSON_FILE", maxFiles: 2, maxSize: "100M", mode: "BLOCKING" },
      ...(resources === null ? {} : { resources }),
    },
  };
}

function optionsConfig(options: ServiceOptions): Record<string, unknown> {
  const devices = options.devices.map(({ source, target, permissions }) => ({
    pathOnHost: source,
    pathInContainer: target,
    cgroupPermissions: permissions,
  }));
  return {
    ...(options.privileged ? { privileged: true } : {}),
    ...(devices.length === 0 ? {} : { devices }),
    ...(options.extraHosts.length === 0 ? {} : { extraHosts: options.extraHosts }),
    ...(options.addedCapabilities.length === 0 ? {} : { extraCapabilities: options.addedCapabilities }),
    ...(options.inputOpen ? { openStdin: true } : {}),
    ...(options.terminal ? { tty: true } : {}),
  };
}

/** The value of the Container feature's `update`: only what is to change. CPU has no place in it. */
export function updateValue(change: ContainerChange): Record<string, unknown> {
  const resources = resourcesConfig(change.memoryBytes, change.memoryReservationBytes);
  return {
    ...(change.restart === null ? {} : { restartPolicy: restartConfig(change.restart) }),
    ...(resources === null ? {} : { resources }),
  };
}
