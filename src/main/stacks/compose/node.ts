import type { Place } from "../../../shared/domain/index.ts";

interface Placed {
  /** Where the value begins. */
  place: Place;
  /** Where its key stands, for a value of a mapping. */
  keyPlace?: Place;
}

export interface MapNode extends Placed {
  kind: "map";
  entries: Map<string, ModelNode>;
}

export interface ListNode extends Placed {
  kind: "list";
  items: ModelNode[];
}

export interface TextNode extends Placed {
  kind: "text";
  value: string;
}

/** Whole numbers keep every digit, since an extension may hold any. */
export interface IntNode extends Placed {
  kind: "int";
  value: bigint;
}

export interface FloatNode extends Placed {
  kind: "float";
  value: number;
}

export interface BoolNode extends Placed {
  kind: "bool";
  value: boolean;
}

export interface NullNode extends Placed {
  kind: "null";
}

/** A date that YAML recognised: it prints in another way than it was written. */
export interface TimeNode extends Placed {
  kind: "time";
  value: Date;
}

export type ScalarNode = TextNode | IntNode | FloatNode | BoolNode | NullNode | TimeNode;

/** A value of a compose file with its place, its kind as YAML 1.1 and 1.2 readers of Compose see it. */
export type ModelNode = MapNode | ListNode | ScalarNode;

export function textNode(value: string, place: Place): TextNode {
  return { kind: "text", value, place };
}

export function intNode(value: number | bigint, place: Place): IntNode {
  return { kind: "int", value: BigInt(value), place };
}

export function boolNode(value: boolean, place: Place): BoolNode {
  return { kind: "bool", value, place };
}

export function nullNode(place: Place): NullNode {
  return { kind: "null", place };
}

export function listNode(items: ModelNode[], place: Place): ListNode {
  return { kind: "list", items, place };
}

export function mapNode(entries: Iterable<readonly [string, ModelNode]>, place: Place): MapNode {
  return { kind: "map", entries: new Map(entries), place };
}

/** The value under a key, when the node is a mapping that has it. */
export function at(node: ModelNode | undefined, key: string): ModelNode | undefined {
  return node?.kind === "map" ? node.entries.get(key) : undefined;
}

/** The text under a key, when there is one. */
export function textAt(node: ModelNode | undefined, key: string): string | undefined {
  const value = at(node, key);
  return value?.kind === "text" ? value.value : undefined;
}

/** A mapping with each value changed; keys and places stay. */
export function mapEntries(node: MapNode, change: (value: ModelNode, key: string) => ModelNode): MapNode {
  return { ...node, entries: new Map([...node.entries].map(([key, value]) => [key, change(value, key)])) };
}

/** A deep copy: what is done to it leaves the original as it is. */
export function cloneNode(node: ModelNode): ModelNode {
  if (node.kind === "map") {
    return mapEntries(node, cloneNode);
  }
  return node.kind === "list" ? { ...node, items: node.items.map(cloneNode) } : { ...node };
}

/** Where to point for a value: at its key, which is what a person looks for, else at the value. */
export function keyOrPlace(node: ModelNode): Place {
  return node.keyPlace ?? node.place;
}

/** Where to point for a value that is wrong itself: at it, or at its key when there is nothing to point at. */
export function valuePlace(node: ModelNode): Place {
  return node.kind === "null" ? keyOrPlace(node) : node.place;
}

/** What a person would call a node, for "this is …". */
export function describeNode(node: ModelNode): string {
  const names = {
    map: "a mapping",
    list: "a list",
    text: "a text",
    int: "a number",
    float: "a number",
    bool: "true or false",
    null: "empty",
    time: "a date",
  } as const;
  return names[node.kind];
}
