import type { ClearedPath } from "../document-reader.ts";
import type { ModelNode } from "../node.ts";

/** A tree without what stands at the paths that a `!reset` or `!override` tag clears. */
export function clearPaths(root: ModelNode, paths: readonly ClearedPath[]): ModelNode {
  return paths.reduce((node, path) => clear(node, path), root);
}

function clear(node: ModelNode, path: ClearedPath): ModelNode {
  const [key, ...rest] = path;
  if (key === undefined || node.kind !== "map") return node;
  const value = node.entries.get(key);
  if (value === undefined) return node;
  const entries = new Map(node.entries);
  if (rest.length === 0) entries.delete(key);
  else entries.set(key, clear(value, rest));
  return { ...node, entries };
}
