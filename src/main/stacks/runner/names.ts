import type { Service, Stack } from "../../../shared/domain/index.ts";
import { composeLabels } from "./labels.ts";

/** What the engine calls a network of the stack: its own name when it has one, else `project_network`, as in Compose. */
export function networkName(stack: Stack, name: string): string {
  const network = stack.networks.find((other) => other.name === name);
  return network?.externalName ?? (network?.external === true ? name : `${stack.name}_${name}`);
}

/** What the engine calls a volume of the stack. */
export function volumeName(stack: Stack, name: string): string {
  const volume = stack.volumes.find((other) => other.name === name);
  return volume?.externalName ?? (volume?.external === true ? name : `${stack.name}_${name}`);
}

export function containerName(stack: Stack, service: Service): string {
  return service.containerName ?? `${stack.name}-${service.name}-1`;
}

/** The image that a service runs; one that is built without a name is called after its service. */
export function imageName(stack: Stack, service: Service): string {
  return service.image ?? `${stack.name}-${service.name}`;
}

/** The label, `key=value`, that everything of a project carries. */
export function projectLabel(project: string): string {
  return `${composeLabels.project}=${project}`;
}
