import { at, type MapNode, type ModelNode, mapEntries, textAt, textNode } from "../node.ts";
import type { Lookup } from "../variables/fill-template.ts";

/**
 * A model in which a variable that stands alone in a service's `environment` list, and what a config takes from a variable,
 * have the value that they have where their file was read: an included file has variables of its own.
 */
export function fillEnvironment(root: MapNode, lookup: Lookup): MapNode {
  const entries = new Map(root.entries);
  const services = at(root, "services");
  if (services?.kind === "map")
    entries.set(
      "services",
      mapEntries(services, (node) => fillService(node, lookup)),
    );
  const configs = at(root, "configs");
  if (configs?.kind === "map")
    entries.set(
      "configs",
      mapEntries(configs, (node) => fillConfig(node, lookup)),
    );
  return { ...root, entries };
}

function fillService(node: ModelNode, lookup: Lookup): ModelNode {
  const environment = at(node, "environment");
  if (node.kind !== "map" || environment?.kind !== "list") return node;
  const items = environment.items.map((item) => {
    const value = item.kind === "text" ? lookup(item.value) : undefined;
    return item.kind === "text" && value !== undefined ? textNode(`${item.value}=${value}`, item.place) : item;
  });
  return { ...node, entries: new Map([...node.entries, ["environment", { ...environment, items }]]) };
}

function fillConfig(node: ModelNode, lookup: Lookup): ModelNode {
  const variable = textAt(node, "environment");
  const value = variable === undefined ? undefined : lookup(variable);
  if (node.kind !== "map" || value === undefined) return node;
  return { ...node, entries: new Map([...node.entries, ["content", textNode(value, node.place)]]) };
}
