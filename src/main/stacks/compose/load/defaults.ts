import { type MapNode, type ModelNode, mapEntries, textNode } from "../node.ts";
import { listItem, PatternTable } from "../path-pattern.ts";
import { scalarText } from "../scalar-text.ts";

type Fill = (node: ModelNode) => ModelNode;

/** What a long form means where it leaves something out. */
const defaults = new PatternTable<Fill>({
  "services.*.build": (node) => withText(node, "context", "."),
  "services.*.secrets.*": (node) => withText(node, "target", `/run/secrets/${sourceOf(node)}`),
  "services.*.ports.*": (node) => withText(withText(node, "protocol", "tcp"), "mode", "ingress"),
  "services.*.deploy.resources.reservations.devices.*": allDevices,
  "services.*.gpus.*": allDevices,
});

/** A model in long forms with the values that Compose takes when nothing else is said. */
export function withDefaults(root: MapNode): MapNode {
  return mapEntries(root, (value, key) => fill(value, [key]));
}

function fill(node: ModelNode, path: readonly string[]): ModelNode {
  const own = defaults.find(path);
  if (own !== undefined) return own(node);
  if (node.kind === "map") {
    return mapEntries(node, (value, key) => fill(value, [...path, key]));
  }
  return node.kind === "list" ? { ...node, items: node.items.map((item) => fill(item, [...path, listItem])) } : node;
}

function withText(node: ModelNode, key: string, value: string): ModelNode {
  if (node.kind !== "map" || node.entries.has(key)) return node;
  return { ...node, entries: new Map([...node.entries, [key, textNode(value, node.place)]]) };
}

function sourceOf(node: ModelNode): string {
  const source = node.kind === "map" ? node.entries.get("source") : undefined;
  return source === undefined || source.kind === "map" || source.kind === "list" ? "" : scalarText(source);
}

function allDevices(node: ModelNode): ModelNode {
  if (node.kind !== "map" || node.entries.has("device_ids")) return node;
  return withText(node, "count", "all");
}
