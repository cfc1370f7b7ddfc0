import type { Place } from "../../../shared/domain/index.ts";

export interface ScalarNode {
  kind: "scalar";
  value: string | number | boolean | null;
  place: Place;
}

export interface ListNode {
  kind: "list";
  items: TreeNode[];
  place: Place;
}

export interface Entry {
  key: string;
  keyPlace: Place;
  node: TreeNode;
}

export interface MapNode {
  kind: "map";
  entries: Map<string, Entry>;
  place: Place;
}

/** A YAML document with its aliases, merge keys and variables resolved, each value still knowing its place. */
export type TreeNode = ScalarNode | ListNode | MapNode;

export function isNull(node: TreeNode): boolean {
  return node.kind === "scalar" && node.value === null;
}

/** What a person would call a node, for "this is …". */
export function describe(node: TreeNode): string {
  if (node.kind === "map") return "a mapping";
  if (node.kind === "list") return "a list";
  if (node.value === null) return "empty";
  if (typeof node.value === "string") return "a text";
  return typeof node.value === "number" ? "a number" : "true or false";
}
