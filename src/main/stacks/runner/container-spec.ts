import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Mount, Service, Stack } from "../../../shared/domain/index.ts";
import type { ContainerSpec } from "../../engines/index.ts";
import { composeLabels } from "./labels.ts";
import { containerName, imageName, networkName, volumeName } from "./names.ts";
import type { Placement } from "./placement.ts";

export interface SpecRequest {
  stack: Stack;
  service: Service;
  /** The engine's id of the image, so that a rebuilt image makes a new container. */
  imageId: string;
  placement: Placement;
  /** Labels besides Compose's and the service's own. */
  labels: Record<string, string>;
  /** Containers of services that were made before this one, for namespaces that are shared. */
  containerIds: ReadonlyMap<string, string>;
  /** What tells the contents of its configs and secrets apart. */
  filesDigest: string;
}

/** One container of one service with the engine's names, and labelled as Compose does. */
export function containerSpec(request: SpecRequest): ContainerSpec {
  const { stack, service, imageId, placement, labels, containerIds, filesDigest } = request;
  const { options } = service;
  const spec: ContainerSpec = {
    name: containerName(stack, service),
    image: imageName(stack, service),
    service,
    labels: service.labels,
    environment: service.environment,
    ports: service.ports,
    mounts: [...service.mounts.map((mount) => named(stack, mount)), ...fileMounts(service)],
    networks: service.networks.map(({ name, aliases, endpoint }) => ({
      name: networkName(stack, name),
      aliases: [...new Set([service.name, ...aliases])],
      endpoint,
    })),
    networkMode: namespaceMode(options.networkMode, containerIds),
    pidMode: namespaceMode(options.pidMode, containerIds),
    ipcMode: namespaceMode(options.ipcMode, containerIds),
    links: options.links.map((link) => inContainer(link, containerIds)),
    volumesFrom: options.volumesFrom.map((from) =>
      from.startsWith("container:") ? from.slice("container:".length) : inContainer(from, containerIds),
    ),
    limits: placement.limits,
    cgroupParent: placement.cgroupParent,
  };
  return {
    ...spec,
    labels: {
      ...service.labels,
      ...labels,
      [composeLabels.project]: stack.name,
      [composeLabels.service]: service.name,
      [composeLabels.number]: "1",
      [composeLabels.oneoff]: "False",
      [composeLabels.configHash]: configHash(spec, imageId, filesDigest),
      [composeLabels.configFiles]: stack.files.join(","),
      [composeLabels.workingFolder]: stack.folder,
      [composeLabels.image]: imageId,
      [composeLabels.dependsOn]: service.dependsOn
        .map((other) => `${other.service}:${other.condition}:${other.restart}`)
        .join(","),
    },
  };
}

function named(stack: Stack, mount: Mount): Mount {
  const isNamed = mount.kind === "volume" && mount.source !== null;
  return isNamed ? { ...mount, source: volumeName(stack, mount.source ?? "") } : mount;
}

/**
 * Nothing can be written into a container whose root is read-only, but into a volume of it: each folder that gets a config
 * or a secret becomes an anonymous one, which begins with what the image has there.
 */
function fileMounts(service: Service): Mount[] {
  if (!service.readOnly) return [];
  const folders = new Set(service.files.map(({ target }) => posix.dirname(target)));
  const taken = new Set(service.mounts.map(({ target }) => target));
  return [...folders]
    .filter((folder) => folder !== "/" && !taken.has(folder))
    .map((target) => ({ kind: "volume", source: null, target, readOnly: false, tmpfsBytes: null }));
}

/** `SERVICE:…` with the container of that service. */
function inContainer(text: string, containerIds: ReadonlyMap<string, string>): string {
  const [service = "", ...rest] = text.split(":");
  return [containerIds.get(service) ?? service, ...rest].join(":");
}

/** `service:NAME` as the engine knows it: the container of that service, which was made before. */
function namespaceMode(mode: string | null, containerIds: ReadonlyMap<string, string>): string | null {
  const service = mode?.startsWith("service:") === true ? mode.slice("service:".length) : null;
  return service === null ? mode : `container:${containerIds.get(service) ?? service}`;
}

/** The same for the same container: where the service stands in the file and whom it waits for do not count. */
function configHash(spec: ContainerSpec, imageId: string, filesDigest: string): string {
  const { place: _place, dependsOn: _dependsOn, ...meaning } = spec.service;
  const text = JSON.stringify({ ...spec, service: meaning, imageId, filesDigest }, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(text).digest("hex");
}
