import { cleanPath } from "../clean-path.ts";
import {
  at,
  boolNode,
  type MapNode,
  type ModelNode,
  mapEntries,
  mapNode,
  nullNode,
  textAt,
  textNode,
} from "../node.ts";
import { scalarText } from "../scalar-text.ts";
import type { Lookup } from "../variables/fill-template.ts";

/**
 * A model with everything that Compose adds by itself: the default network, dependencies that follow from links, shared
 * namespaces and volumes, values of variables that stand alone, and the names that the engine will know things by.
 */
export function normalizeModel(root: MapNode, name: string, variables: Lookup): MapNode {
  const entries = new Map(root.entries);
  entries.set("name", textNode(name, root.place));
  const services = at(root, "services");
  if (services?.kind === "map") {
    const connected = mapEntries(services, withNetworks);
    const usesDefault = [...connected.entries.values()].some(joinsDefault);
    const networks = at(root, "networks");
    const declared = networks?.kind === "map" ? networks : mapNode([], root.place);
    if (usesDefault && !declared.entries.has("default")) {
      entries.set("networks", {
        ...declared,
        entries: new Map([...declared.entries, ["default", nullNode(root.place)]]),
      });
    }
    entries.set(
      "services",
      mapEntries(connected, (service) => normalizeService(service, variables)),
    );
  }
  for (const key of ["networks", "volumes", "configs", "secrets"]) {
    const group = entries.get(key);
    if (group?.kind !== "map") continue;
    const named = [...group.entries].map(([resource, value]) => [resource, withName(value, resource, name)] as const);
    entries.set(key, { ...group, entries: new Map(named) });
  }
  return { ...root, entries };
}

function withNetworks(service: ModelNode): ModelNode {
  if (service.kind !== "map" || service.entries.has("network_mode")) return service;
  const networks = service.entries.get("networks");
  if (networks?.kind === "map" && networks.entries.size > 0) return service;
  const joined = mapNode([["default", nullNode(service.place)]], service.place);
  return { ...service, entries: new Map([...service.entries, ["networks", joined]]) };
}

function joinsDefault(service: ModelNode): boolean {
  if (at(service, "network_mode") !== undefined) return false;
  return at(at(service, "networks"), "default") !== undefined;
}

function normalizeService(service: ModelNode, variables: Lookup): ModelNode {
  if (service.kind !== "map") return service;
  const entries = new Map(service.entries);
  if (textAt(service, "pull_policy") === "if_not_present")
    entries.set("pull_policy", textNode("missing", service.place));
  const build = entries.get("build");
  if (build?.kind === "map") entries.set("build", normalizeBuild(build, variables));
  const environment = entries.get("environment");
  if (environment !== undefined) entries.set("environment", withValues(environment, variables, true));
  const dependencies = dependenciesOf(service);
  if (dependencies.entries.size > 0) entries.set("depends_on", dependencies);
  const volumes = entries.get("volumes");
  if (volumes?.kind === "list") entries.set("volumes", { ...volumes, items: volumes.items.map(withCleanTarget) });
  return { ...service, entries };
}

function normalizeBuild(build: MapNode, variables: Lookup): MapNode {
  const entries = new Map(build.entries);
  if (!entries.has("dockerfile") && !entries.has("dockerfile_inline")) {
    entries.set("dockerfile", textNode("Dockerfile", build.place));
  }
  const args = entries.get("args");
  if (args !== undefined) entries.set("args", withValues(args, variables, false));
  return { ...build, entries };
}

/** Variables that stand alone get their value from outside; one without a value stays, or goes. */
function withValues(node: ModelNode, variables: Lookup, keepUnset: boolean): ModelNode {
  if (node.kind === "map") {
    const entries = [...node.entries].flatMap(([key, value]): [string, ModelNode][] => {
      if (value.kind !== "null") return [[key, value]];
      const found = variables(key);
      if (found !== undefined) return [[key, textNode(found, value.place)]];
      return keepUnset ? [[key, value]] : [];
    });
    return { ...node, entries: new Map(entries) };
  }
  if (node.kind !== "list") return node;
  const items = node.items.flatMap((item): ModelNode[] => {
    if (item.kind !== "text" || item.value.includes("=")) return [item];
    const found = variables(item.value);
    if (found !== undefined) return [textNode(`${item.value}=${found}`, item.place)];
    return keepUnset ? [item] : [];
  });
  return { ...node, items };
}

function dependenciesOf(service: MapNode): MapNode {
  const written = service.entries.get("depends_on");
  const entries = new Map(written?.kind === "map" ? written.entries : []);
  const add = (name: string, restart: boolean, { place }: ModelNode): void => {
    if (entries.has(name)) return;
    const values: [string, ModelNode][] = [
      ["condition", textNode("service_started", place)],
      ["restart", boolNode(restart, place)],
      ["required", boolNode(true, place)],
    ];
    entries.set(name, { ...mapNode(values, place), keyPlace: place });
  };
  for (const link of textsOf(service, "links")) {
    const parts = link.value.split(":");
    add(parts.length === 2 ? (parts[0] ?? "") : link.value, true, link);
  }
  for (const key of ["network_mode", "ipc", "pid", "uts", "cgroup"]) {
    const shared = service.entries.get(key);
    if (shared?.kind === "text" && shared.value.startsWith("service:"))
      add(shared.value.slice("service:".length), true, shared);
  }
  for (const from of textsOf(service, "volumes_from")) {
    if (!from.value.startsWith("container:")) add(from.value.split(":")[0] ?? "", false, from);
  }
  return written?.kind === "map" ? { ...written, entries } : mapNode(entries, service.place);
}

function textsOf(service: MapNode, key: string): (ModelNode & { kind: "text" })[] {
  const node = service.entries.get(key);
  return node?.kind === "list" ? node.items.filter((item) => item.kind === "text") : [];
}

function withCleanTarget(volume: ModelNode): ModelNode {
  const target = textAt(volume, "target");
  if (volume.kind !== "map" || target === undefined) return volume;
  const clean = cleanPath(target);
  return { ...volume, entries: new Map([...volume.entries, ["target", textNode(clean, volume.place)]]) };
}

/** What has no name of its own is called after the stack; what is outside of it has the name of its key. */
function withName(resource: ModelNode, key: string, project: string): ModelNode {
  const node = resource.kind === "map" ? resource : { ...mapNode([], resource.place), keyPlace: resource.keyPlace };
  const written = node.entries.get("name");
  if (written !== undefined && written.kind !== "null") return resource;
  const external = node.entries.get("external");
  const isExternal =
    external !== undefined &&
    external.kind !== "map" &&
    external.kind !== "list" &&
    /^(1|t|T|TRUE|true|True)$/.test(scalarText(external));
  const { keyPlace, ...rest } = node;
  const named: MapNode = {
    ...rest,
    entries: new Map([...node.entries, ["name", textNode(isExternal ? key : `${project}_${key}`, node.place)]]),
  };
  return keyPlace === undefined ? named : { ...named, keyPlace };
}
