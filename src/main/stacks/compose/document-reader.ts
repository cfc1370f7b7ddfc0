import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node, type Scalar } from "yaml";
import type { Place } from "../../../shared/domain/index.ts";
import { ModelProblem } from "./model-problem.ts";
import { describeNode, listNode, type MapNode, type ModelNode, nullNode, type ScalarNode, textNode } from "./node.ts";
import { plainScalar } from "./yaml-scalar.ts";

/** A path that a `!reset` or `!override` tag stands at: what earlier files said there is forgotten. */
export type ClearedPath = readonly string[];

export interface YamlDocument {
  root: ModelNode;
  cleared: ClearedPath[];
}

/** Far more than any stack has; an alias bomb reaches it at once. */
const maxNodes = 100_000;
/** Levels of lists and mappings; Compose itself needs about ten. */
export const maxDepth = 100;

/** Turns one parsed document into values. */
export class DocumentReader {
  readonly #targets = new Map<Alias, Node | null>();
  readonly #open = new Set<Node>();
  readonly #cleared: ClearedPath[] = [];
  #nodes = 0;

  constructor(
    readonly document: Document.Parsed,
    readonly placeAt: (offset: number) => Place,
  ) {}

  /** @throws ModelProblem with the place of what cannot be read. */
  read(): YamlDocument {
    const { contents } = this.document;
    this.#findTargets(contents, new Map());
    const root = contents === null ? nullNode(this.placeAt(0)) : this.#node(contents, [], true, this.placeAt(0));
    return { root: root ?? nullNode(this.placeAt(0)), cleared: this.#cleared };
  }

  /** An alias means the last anchor of its name before it: one walk in the file's order settles them all. */
  #findTargets(node: unknown, anchors: Map<string, Node>): void {
    if (isAlias(node)) this.#targets.set(node, anchors.get(node.source) ?? null);
    else if (isMap(node) || isSeq(node) || isScalar(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
      if (isSeq(node)) for (const item of node.items) this.#findTargets(item, anchors);
      if (isMap(node)) {
        for (const { key, value } of node.items) {
          this.#findTargets(key, anchors);
          this.#findTargets(value, anchors);
        }
      }
    }
  }

  #place(node: unknown, fallback: Place): Place {
    const isNode = isMap(node) || isSeq(node) || isScalar(node) || isAlias(node);
    return isNode && node.range ? this.placeAt(node.range[0]) : fallback;
  }

  /** The value of a node; undefined when it is tagged `!reset`. Below an `!override` tags have no meaning of their own. */
  #node(node: unknown, path: ClearedPath, seesTags: boolean, fallback: Place): ModelNode | undefined {
    this.#nodes += 1;
    const place = this.#place(node, fallback);
    if (this.#nodes > maxNodes) {
      const message = `The file has more than ${maxNodes} values once its aliases are resolved.`;
      throw new ModelProblem("compose.too-large", message, place);
    }
    if (path.length > maxDepth) {
      throw new ModelProblem("compose.too-large", `The file is nested more than ${maxDepth} levels deep.`, place);
    }
    if (isAlias(node)) return this.#node(this.#target(node, place), path, seesTags, place);
    if (!isScalar(node) && !isSeq(node) && !isMap(node)) return nullNode(place);
    if (seesTags && node.tag === "!reset") {
      this.#cleared.push(path);
      return undefined;
    }
    const isOverride = seesTags && node.tag === "!override";
    if (isOverride) this.#cleared.push(path);
    if (isScalar(node)) return this.#scalar(node, place);
    if (this.#open.has(node)) throw new ModelProblem("compose.yaml", "This part of the file holds itself.", place);
    this.#open.add(node);
    try {
      const below = seesTags && !isOverride;
      return isSeq(node) ? this.#list(node.items, path, below, place) : this.#map(node.items, path, below, place);
    } finally {
      this.#open.delete(node);
    }
  }

  #target(alias: Alias, place: Place): Node {
    const target = this.#targets.get(alias) ?? null;
    if (target !== null) return target;
    const message = `The alias *${alias.source} names an anchor that the file does not have before it.`;
    throw new ModelProblem("compose.yaml", message, place);
  }

  #list(items: readonly unknown[], path: ClearedPath, seesTags: boolean, place: Place): ModelNode {
    const values = items.map((item, index) => this.#node(item, [...path, String(index)], seesTags, place));
    return listNode(
      values.filter((value) => value !== undefined),
      place,
    );
  }

  #scalar(node: Scalar, place: Place): ScalarNode {
    const source = node.source ?? (typeof node.value === "string" ? node.value : "");
    if (node.tag === "tag:yaml.org,2002:binary") return textNode(Buffer.from(source, "base64").toString("utf8"), place);
    const core = /^tag:yaml\.org,2002:(str|int|float|bool|null)$/.exec(node.tag ?? "")?.[1];
    if (core === "int" || core === "float" || core === "bool" || core === "null") return tagged(core, source, place);
    return node.type === "PLAIN" && core !== "str" ? plainScalar(source, place) : textNode(source, place);
  }

  #map(
    items: readonly { key: unknown; value: unknown }[],
    path: ClearedPath,
    seesTags: boolean,
    place: Place,
  ): ModelNode {
    const entries = new Map<string, ModelNode>();
    const keys = new Map<string, Place>();
    const merged: MapNode[] = [];
    for (const { key, value } of items) {
      const keyPlace = this.#place(key, place);
      const { name, isMerge } = this.#key(key, keyPlace);
      const first = keys.get(name);
      if (first !== undefined) {
        const message = `The key \`${name}\` stands here a second time; the first is in line ${first.line}.`;
        throw new ModelProblem("compose.duplicate-key", message, keyPlace, "Keep one of the two.");
      }
      keys.set(name, keyPlace);
      if (isMerge) merged.push(...mergeSources(this.#node(value, path, seesTags, keyPlace)));
      else {
        const node = this.#node(value, [...path, name], seesTags, keyPlace);
        if (node !== undefined) entries.set(name, { ...node, keyPlace });
      }
    }
    // What a map says itself wins over what it merges, and an earlier source over a later one.
    for (const source of merged) {
      for (const [name, node] of source.entries) if (!keys.has(name) && !entries.has(name)) entries.set(name, node);
    }
    return { kind: "map", entries, place };
  }

  #key(key: unknown, place: Place): { name: string; isMerge: boolean } {
    const node = isAlias(key) ? this.#target(key, place) : key;
    const scalar = isScalar(node) ? this.#scalar(node, place) : null;
    if (scalar?.kind !== "text") {
      const what = scalar === null ? "a list or a mapping" : describeNode(scalar);
      throw new ModelProblem(
        "compose.bad-key",
        `A key must be a text, this one is ${what}.`,
        place,
        "Put it in quotes.",
      );
    }
    return { name: scalar.value, isMerge: scalar.value === "<<" && isScalar(node) && node.type === "PLAIN" };
  }
}

function tagged(core: "int" | "float" | "bool" | "null", source: string, place: Place): ScalarNode {
  const value = plainScalar(source, place);
  if (value.kind === core) return value;
  if (core === "float" && value.kind === "int") return { kind: "float", value: Number(value.value), place };
  throw new ModelProblem("compose.yaml", `This is tagged !!${core}, but it is ${describeNode(value)}.`, place);
}

function mergeSources(node: ModelNode | undefined): MapNode[] {
  if (node === undefined) return [];
  if (node.kind === "map") return [node];
  if (node.kind === "list" && node.items.every((item) => item.kind === "map")) {
    return node.items.flatMap((item) => (item.kind === "map" ? [item] : []));
  }
  throw new ModelProblem("compose.yaml", "`<<` can only merge a mapping, or a list of mappings.", node.place);
}
