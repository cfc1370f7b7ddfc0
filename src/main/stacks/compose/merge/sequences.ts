import { ModelProblem } from "../model-problem.ts";
import {
  describeNode,
  type ListNode,
  listNode,
  type MapNode,
  type ModelNode,
  mapNode,
  nullNode,
  textNode,
} from "../node.ts";
import { scalarText } from "../scalar-text.ts";

/** A mapping as a sorted list of `key=value` (a key alone when it has no value); a text as a list of one; a list as it is. */
export function toSequence(node: ModelNode): ListNode {
  if (node.kind === "list") return node;
  if (node.kind === "text") return listNode([node], node.place);
  if (node.kind !== "map") return listNode([], node.place);
  const items = [...node.entries].flatMap(([key, value]) => {
    const place = value.keyPlace ?? value.place;
    if (value.kind === "null") return [textNode(key, place)];
    const values = value.kind === "list" ? value.items : [value];
    return values.map((item) => textNode(`${key}=${itemText(item)}`, place));
  });
  return listNode(
    items.sort((a, b) => compareTexts(a.value, b.value)),
    node.place,
  );
}

function itemText(node: ModelNode): string {
  if (node.kind !== "map" && node.kind !== "list") return scalarText(node);
  throw new ModelProblem(
    "compose.wrong-type",
    `This value must be a text or a number, it is ${describeNode(node)}.`,
    node.place,
  );
}

/** A list of names as a mapping, each with a copy of the given value; a mapping as it is. */
export function toMapping(node: ModelNode, value: (item: ModelNode) => ModelNode = emptyOf): MapNode {
  if (node.kind === "map") return node;
  if (node.kind !== "list") return mapNode([], node.place);
  return mapNode(
    node.items.flatMap((item) => (item.kind === "text" ? [[item.value, value(item)] as const] : [])),
    node.place,
  );
}

function emptyOf(item: ModelNode): ModelNode {
  return { ...nullNode(item.place), keyPlace: item.place };
}

/** The order of bytes, which does not depend on the language of the machine. */
export function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
