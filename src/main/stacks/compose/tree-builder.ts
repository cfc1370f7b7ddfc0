import { type Alias, type Document, isAlias, isMap, isScalar, isSeq, type Node } from "yaml";
import type { Place } from "../../../shared/domain/index.ts";
import { InterpolationProblem, interpolate } from "./interpolate.ts";
import type { Reading } from "./reading.ts";
import type { Entry, ListNode, MapNode, ScalarNode, TreeNode } from "./tree.ts";

/** Far more than any stack has; an alias bomb reaches it at once. */
const maxNodes = 50_000;
/** Levels of lists and mappings; Compose itself needs about ten. */
export const maxDepth = 100;
/** All texts together after their variables are filled in. */
const maxInterpolatedLetters = 8 * 1024 * 1024;

/** The document is bigger than any stack; the message is a whole sentence. */
export class TooMuch extends Error {}

/** Turns the nodes of a parsed document into values; one builder reads one document. */
export class TreeBuilder {
  readonly #targets = new Map<Alias, Node | null>();
  readonly #open = new Set<Node>();
  readonly #unsetNamed = new Set<string>();
  #nodes = 0;
  #letters = 0;

  constructor(
    readonly document: Document.Parsed,
    readonly reading: Reading,
    readonly placeAt: (offset: number) => Place,
  ) {}

  build(): TreeNode | null {
    if (this.document.contents === null) return null;
    this.#findTargets(this.document.contents, new Map());
    return this.#node(this.document.contents, 0);
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

  #node(node: unknown, depth: number, fallback: Place = this.placeAt(0)): TreeNode {
    this.#nodes += 1;
    if (this.#nodes > maxNodes)
      throw new TooMuch(`The file has more than ${maxNodes} values once its aliases are resolved.`);
    if (depth > maxDepth) throw new TooMuch(`The file is nested more than ${maxDepth} levels deep.`);
    const place = this.#place(node, fallback);
    if (isAlias(node)) return this.#alias(node, depth, place);
    if (isScalar(node)) return this.#scalar(node.value, node.source, place);
    if (!isSeq(node) && !isMap(node)) return { kind: "scalar", value: null, place };
    this.#open.add(node);
    try {
      return isSeq(node) ? this.#list(node.items, depth, place) : this.#map(node.items, depth, place);
    } finally {
      this.#open.delete(node);
    }
  }

  #list(items: readonly unknown[], depth: number, place: Place): ListNode {
    return { kind: "list", items: items.map((item) => this.#node(item, depth + 1, place)), place };
  }

  #alias(alias: Alias, depth: number, place: Place): TreeNode {
    const target = this.#targets.get(alias) ?? null;
    if (target === null) {
      this.reading.error(
        "compose.yaml",
        place,
        `The alias *${alias.source} names an anchor that the file does not have.`,
      );
    } else if (this.#open.has(target)) {
      this.reading.error("compose.yaml", place, `The alias *${alias.source} stands inside what it names.`);
    } else return this.#node(target, depth + 1, place);
    return { kind: "scalar", value: null, place };
  }

  #scalar(value: unknown, source: string | undefined, place: Place): ScalarNode {
    if (typeof value === "string") return { kind: "scalar", value: this.#interpolate(value, place), place };
    if (typeof value === "boolean" || value === null || value === undefined) {
      return { kind: "scalar", value: value ?? null, place };
    }
    if (typeof value !== "number") return { kind: "scalar", value: source ?? String(value), place };
    // A leading zero is octal to Compose (a file mode), and a number too long for a double keeps its digits.
    if (source !== undefined && /^0[0-7]+$/.test(source))
      return { kind: "scalar", value: Number.parseInt(source, 8), place };
    const isExact = !Number.isInteger(value) || Number.isSafeInteger(value);
    return { kind: "scalar", value: isExact ? value : (source ?? String(value)), place };
  }

  #interpolate(text: string, place: Place): string {
    try {
      const { text: filled, unset } = interpolate(text, this.reading.variables);
      this.#letters += filled.length;
      if (this.#letters > maxInterpolatedLetters) throw new TooMuch("Its variables make the file longer than 8 MiB.");
      for (const name of unset.filter((candidate) => !this.#unsetNamed.has(candidate))) {
        this.#unsetNamed.add(name);
        const message = `The variable ${name} is not set and has no default: an empty text is used.`;
        const hint = `Set ${name} in the environment or in a .env file beside the stack, or write \${${name}:-default}.`;
        this.reading.warn("compose.unset-variable", place, message, hint);
      }
      return filled;
    } catch (error) {
      if (!(error instanceof InterpolationProblem)) throw error;
      this.reading.error("compose.interpolation", place, `This value cannot be filled in: ${error.message}.`);
      return "";
    }
  }

  #map(items: readonly { key: unknown; value: unknown }[], depth: number, place: Place): MapNode {
    const entries = new Map<string, Entry>();
    const merged: MapNode[] = [];
    for (const { key, value } of items) {
      const keyPlace = this.#place(key, place);
      const keyNode = isAlias(key) ? this.#targets.get(key) : key;
      if (!isScalar(keyNode)) {
        this.reading.error("compose.yaml", keyPlace, "A key must be a plain name.");
      } else if (typeof keyNode.value === "symbol") {
        merged.push(...this.#mergeSources(this.#node(value, depth + 1, keyPlace)));
      } else {
        const name = typeof keyNode.value === "string" ? keyNode.value : (keyNode.source ?? String(keyNode.value));
        this.#addEntry(entries, { key: name, keyPlace, node: this.#node(value, depth + 1, keyPlace) });
      }
    }
    // What a map says itself wins over what it merges, and an earlier source over a later one.
    for (const source of merged) {
      for (const entry of source.entries.values()) if (!entries.has(entry.key)) entries.set(entry.key, entry);
    }
    return { kind: "map", entries, place };
  }

  #addEntry(entries: Map<string, Entry>, entry: Entry): void {
    const first = entries.get(entry.key);
    if (first === undefined) entries.set(entry.key, entry);
    else {
      const message = `The key \`${entry.key}\` stands here a second time; the first is in line ${first.keyPlace.line}.`;
      this.reading.error("compose.duplicate-key", entry.keyPlace, message, "Keep one of the two.");
    }
  }

  #mergeSources(node: TreeNode): MapNode[] {
    if (node.kind === "map") return [node];
    if (node.kind === "list") return node.items.flatMap((item) => this.#mergeSources(item));
    this.reading.error("compose.yaml", node.place, "`<<` can only merge mappings.");
    return [];
  }
}
