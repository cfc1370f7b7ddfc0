import type { Place } from "../../../shared/domain/index.ts";
import type { YamlDocument } from "../compose/document-reader.ts";
import {
  type ListNode,
  listNode,
  type MapNode,
  type ModelNode,
  mapEntries,
  mapNode,
  type TextNode,
  textNode,
} from "../compose/node.ts";

/** A value that stands for another one in the compose model: it keeps the place of what it was read from. */
export function inPlaceOf<T extends ModelNode>(source: ModelNode, node: T): T {
  return source.keyPlace === undefined
    ? { ...node, place: source.place }
    : { ...node, place: source.place, keyPlace: source.keyPlace };
}

/** A text in the place of another value. */
export function textFor(source: ModelNode, value: string): TextNode {
  return inPlaceOf(source, textNode(value, source.place));
}

/** One service of the compose model, as an importer puts it together. */
export class ServiceDraft {
  readonly #entries = new Map<string, ModelNode>();

  constructor(
    readonly name: string,
    /** Where a person looks for it. */
    readonly place: Place,
  ) {}

  /** The same under another name. */
  named(name: string): ServiceDraft {
    const draft = new ServiceDraft(name, this.place);
    for (const [key, node] of this.#entries) draft.set(key, node);
    return draft;
  }

  get(key: string): ModelNode | undefined {
    return this.#entries.get(key);
  }

  /** Sets a key, unless there is nothing to set. */
  set(key: string, node: ModelNode | null): void {
    if (node !== null) this.#entries.set(key, node);
  }

  /** Adds to a list. */
  add(key: string, node: ModelNode): void {
    const list = this.#entries.get(key);
    if (list?.kind === "list") list.items.push(node);
    else this.#entries.set(key, listNode([node], node.place));
  }

  /** Sets one entry of a mapping; a later one counts. */
  put(key: string, name: string, node: ModelNode): void {
    const map = this.#entries.get(key);
    if (map?.kind === "map") map.entries.set(name, node);
    else this.#entries.set(key, mapNode([[name, node]], node.place));
  }

  node(): MapNode {
    return { ...mapNode(this.#entries, this.place), keyPlace: this.place };
  }
}

/** Networks and volumes that a stack declares, by name. */
export interface Declared {
  volumes: ReadonlyMap<string, ModelNode>;
  networks: ReadonlyMap<string, ModelNode>;
}

/** A compose document of these services. Texts mean themselves: no format but Compose has variables. */
export function composeDocument(services: readonly ServiceDraft[], declared: Declared, place: Place): YamlDocument {
  const entries: [string, ModelNode][] = [
    [
      "services",
      mapNode(
        services.map((service) => [service.name, service.node()] as const),
        place,
      ),
    ],
  ];
  if (declared.volumes.size > 0) entries.push(["volumes", mapNode(declared.volumes, place)]);
  if (declared.networks.size > 0) entries.push(["networks", mapNode(declared.networks, place)]);
  return { root: literal(mapNode(entries, place)), cleared: [] };
}

/** A value whose dollar signs are no variables of Compose. */
export function literal<T extends ModelNode>(node: T): T;
export function literal(node: ModelNode): ModelNode {
  if (node.kind === "text") return { ...node, value: node.value.replaceAll("$", "$$$$") };
  if (node.kind === "list") return { ...node, items: node.items.map((item) => literal(item)) };
  if (node.kind !== "map") return node;
  return mapEntries(node, literal);
}

/** A list of texts, in the place of the whole. */
export function textsFor(source: ListNode, values: readonly TextNode[]): ListNode {
  return inPlaceOf(source, listNode([...values], source.place));
}
