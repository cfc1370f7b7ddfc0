import type { ModelNode } from "../node.ts";

/** True when two values say the same, wherever they stand. */
export function sameNode(a: ModelNode, b: ModelNode): boolean {
  if (a.kind === "map" && b.kind === "map") {
    if (a.entries.size !== b.entries.size) return false;
    return [...a.entries].every(([key, value]) => {
      const other = b.entries.get(key);
      return other !== undefined && sameNode(value, other);
    });
  }
  if (a.kind === "list" && b.kind === "list") {
    if (a.items.length !== b.items.length) return false;
    return a.items.every((item, index) => {
      const other = b.items[index];
      return other !== undefined && sameNode(item, other);
    });
  }
  if (a.kind === "time" && b.kind === "time") return a.value.getTime() === b.value.getTime();
  if (a.kind === "null" || b.kind === "null") return a.kind === b.kind;
  return a.kind === b.kind && "value" in a && "value" in b && a.value === b.value;
}
