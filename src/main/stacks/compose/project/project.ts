import { at, type MapNode, type ModelNode } from "../node.ts";
import { fileObjectType, networkType, serviceType, volumeType } from "./compose-types.ts";
import type { Decode } from "./decode.ts";
import { asWritten } from "./decode.ts";
import type { JsonMap } from "./json-value.ts";

/** A service with where it stands. */
export interface ProjectService {
  name: string;
  value: JsonMap;
  node: ModelNode;
}

/** The canonical model of a stack: every value typed, each service also with its place. */
export interface Project {
  name: string;
  /** Absolute. */
  folder: string;
  services: Map<string, ProjectService>;
  /** Services of profiles that are not chosen. */
  disabledServices: Map<string, ProjectService>;
  networks: JsonMap;
  volumes: JsonMap;
  secrets: JsonMap;
  configs: JsonMap;
  /** Top-level `x-…` keys. */
  extensions: JsonMap;
  /** The model that all this was read from. */
  root: MapNode;
}

/**
 * Gives a normalized model its types.
 * @throws ModelProblem for a value that is none of its type: a duration without unit, a size that is no number.
 */
export function decodeProject(root: MapNode, name: string, folder: string, profiles: readonly string[]): Project {
  const project: Project = {
    name,
    folder,
    services: new Map(),
    disabledServices: new Map(),
    networks: decodeGroup(root, "networks", networkType),
    volumes: decodeGroup(root, "volumes", volumeType),
    secrets: decodeGroup(root, "secrets", fileObjectType),
    configs: decodeGroup(root, "configs", fileObjectType),
    extensions: new Map(
      [...root.entries].filter(([key]) => key.startsWith("x-")).map(([key, node]) => [key, asWritten(node)]),
    ),
    root,
  };
  const services = at(root, "services");
  for (const [service, node] of services?.kind === "map" ? services.entries : []) {
    const value = serviceType(node, ["services", service]);
    if (!(value instanceof Map)) continue;
    const target = isEnabled(value, profiles) ? project.services : project.disabledServices;
    target.set(service, { name: service, value, node });
  }
  return project;
}

function decodeGroup(root: MapNode, key: string, decode: Decode): JsonMap {
  const group = at(root, key);
  if (group?.kind !== "map") return new Map();
  return new Map([...group.entries].map(([name, node]) => [name, decode(node, [key, name]) ?? new Map()]));
}

function isEnabled(service: JsonMap, profiles: readonly string[]): boolean {
  const own = service.get("profiles");
  if (!Array.isArray(own) || own.length === 0 || profiles.includes("*")) return true;
  return own.some((profile) => typeof profile === "string" && profiles.includes(profile));
}
