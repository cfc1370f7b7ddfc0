import { createHash } from "node:crypto";
import { dirname } from "node:path";
import type { Service, Stack } from "../../../shared/domain/index.ts";
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
}

/** One container of one service with the engine's names, and labelled as Compose does. */
export function containerSpec({ stack, service, imageId, placement, labels }: SpecRequest): ContainerSpec {
  const spec: ContainerSpec = {
    name: containerName(stack, service),
    image: imageName(stack, service),
    service,
    labels: service.labels,
    environment: service.environment,
    ports: service.ports,
    mounts: service.mounts.map((mount) =>
      mount.kind === "volume" && mount.source !== null ? { ...mount, source: volumeName(stack, mount.source) } : mount,
    ),
    networks: service.networks.map(({ name, aliases }) => ({
      name: networkName(stack, name),
      aliases: [...new Set([service.name, ...aliases])],
    })),
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
      [composeLabels.configHash]: configHash(spec, imageId),
      [composeLabels.configFiles]: stack.file,
      [composeLabels.workingFolder]: dirname(stack.file),
      [composeLabels.image]: imageId,
      [composeLabels.dependsOn]: service.dependsOn
        .map((other) => `${other.service}:${other.condition}:false`)
        .join(","),
    },
  };
}

/** The same for the same container: where the service stands in the file and whom it waits for do not count. */
function configHash(spec: ContainerSpec, imageId: string): string {
  const { place: _place, dependsOn: _dependsOn, ...meaning } = spec.service;
  const text = JSON.stringify({ ...spec, service: meaning, imageId }, (_key, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash("sha256").update(text).digest("hex");
}
