import type { Reading } from "./reading.ts";
import { describe, isNull, type MapNode, type TreeNode } from "./tree.ts";
import { meaningOf } from "./unsupported-keys.ts";

/**
 * The keys of one mapping. Whoever reads it asks for the keys it knows and then calls `finish`: every other key
 * becomes a finding, so none can be dropped in silence.
 */
export class Fields {
  readonly #asked = new Set<string>();

  constructor(
    readonly reading: Reading,
    readonly map: MapNode,
    /** What the mapping belongs to, for messages: "service `broker`". */
    readonly owner: string,
  ) {}

  /** The value of a key; null when it is absent or empty. */
  get(key: string): TreeNode | null {
    this.#asked.add(key);
    const node = this.map.entries.get(key)?.node;
    return node === undefined || isNull(node) ? null : node;
  }

  has(key: string): boolean {
    return this.map.entries.has(key);
  }

  finish(): void {
    for (const { key, keyPlace } of this.map.entries.values()) {
      if (this.#asked.has(key) || key.startsWith("x-")) continue;
      const message = `\`${key}\` of ${this.owner} is not applied: ${meaningOf(key)}.`;
      this.reading.warn("compose.unsupported-key", keyPlace, message);
    }
  }
}

/** The keys of a node that must be a mapping; null, with an error finding, when it is not. */
export function fieldsOf(reading: Reading, node: TreeNode, owner: string): Fields | null {
  if (node.kind === "map") return new Fields(reading, node, owner);
  wrongType(reading, node, owner, "a mapping");
  return null;
}

/** Says that a value has the wrong type: "`ports` of service `web` must be a list; this is a text." */
export function wrongType(reading: Reading, node: TreeNode, what: string, wanted: string): void {
  reading.error("compose.wrong-type", node.place, `${capitalise(what)} must be ${wanted}; this is ${describe(node)}.`);
}

/** Says that a value of the right type cannot be understood. */
export function badValue(reading: Reading, node: TreeNode, message: string, hint: string | null = null): void {
  reading.error("compose.bad-value", node.place, capitalise(message), hint);
}

function capitalise(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
