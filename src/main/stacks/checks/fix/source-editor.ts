import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Change, FixValue } from "../rule.ts";
import type { TextEdit } from "./text-edit.ts";

/** Why a change cannot be made by itself. */
export class FixRefusal extends Error {}

type Operation =
  | { kind: "key"; map: YAMLMap; key: string; value: FixValue }
  | { kind: "item"; list: YAMLSeq; value: string }
  | { kind: "replace"; start: number; end: number; text: string };

/** Says where changes of one file's model are made in its text, so that comments and the rest of the text stay as they are. */
export class SourceEditor {
  readonly #document: Document.Parsed;
  readonly #lineStarts: number[];
  readonly #pairs = new Map<YAMLMap, ReadonlyMap<string, { value: unknown }>>();
  readonly #step: number;
  readonly #lineEnd: string;

  /** @throws FixRefusal for a file with more than one document, where a key could be meant for each of them. */
  constructor(
    readonly text: string,
    /** True for a path that the model has from somewhere else: an anchor, another file. */
    readonly isElsewhere: (path: readonly string[]) => boolean,
  ) {
    const lineCounter = new LineCounter();
    const options = { schema: "failsafe", uniqueKeys: false, prettyErrors: false, lineCounter } as const;
    const documents = parseAllDocuments(text, options);
    const [document, second] = "empty" in documents ? [] : documents;
    if (document === undefined || second !== undefined) throw new FixRefusal("The file is not one YAML document.");
    this.#document = document;
    this.#lineStarts = lineCounter.lineStarts;
    this.#lineEnd = text.includes("\r\n") ? "\r\n" : "\n";
    this.#step = Math.min(8, /\n( +)[^\s#-]/.exec(text)?.[1]?.length ?? 2);
  }

  /** @throws FixRefusal when one of the changes cannot be made here. */
  check(changes: readonly Change[]): void {
    this.edits(changes);
  }

  /**
   * The edits that make all changes together; what several add to one mapping is written together.
   * @throws FixRefusal when one of them cannot be made here.
   */
  edits(changes: readonly Change[]): TextEdit[] {
    const keys = new Map<YAMLMap, Map<string, FixValue>>();
    const edits: TextEdit[] = [];
    const replaced = new Set<number>();
    for (const operation of changes.map((change) => this.#operation(change))) {
      if (operation.kind === "replace") {
        // A value behind an anchor is one text for several services.
        if (!replaced.has(operation.start)) edits.push(operation);
        replaced.add(operation.start);
      } else if (operation.kind === "item") edits.push(this.#insertItem(operation.list, operation.value));
      else {
        const own = keys.get(operation.map) ?? new Map<string, FixValue>();
        const known = own.get(operation.key);
        own.set(
          operation.key,
          known === undefined ? structuredClone(operation.value) : mergedInto(known, operation.value),
        );
        keys.set(operation.map, own);
      }
    }
    for (const [map, entries] of keys) edits.push(this.#insertKeys(map, entries));
    return edits;
  }

  #operation(change: Change): Operation {
    if (change.kind === "replace") return this.#replace(change);
    let node: unknown = this.#document.contents;
    for (const [index, key] of change.path.entries()) {
      if (!isMap(node)) throw new FixRefusal(`\`${change.path.slice(0, index).join(".")}\` is no mapping of its own.`);
      const pair = this.#pairsOf(node).get(key);
      if (pair === undefined) {
        if (this.isElsewhere(change.path.slice(0, index + 1))) {
          throw new FixRefusal(`\`${key}\` comes from an anchor or another file.`);
        }
        const value = change.kind === "append" ? [change.value] : change.value;
        return { kind: "key", map: node, key, value: nested(change.path.slice(index + 1), value) };
      }
      node = pair.value;
    }
    if (change.kind === "append" && isSeq(node)) return { kind: "item", list: node, value: change.value };
    throw new FixRefusal(`\`${change.path.join(".")}\` says something else already.`);
  }

  /** The pairs of a mapping by their keys, listed once: a file may have very many services. */
  #pairsOf(map: YAMLMap): ReadonlyMap<string, { value: unknown }> {
    const known = this.#pairs.get(map);
    if (known !== undefined) return known;
    const pairs = new Map<string, { value: unknown }>();
    for (const { key, value } of map.items) if (isScalar(key)) pairs.set(String(key.value), { value });
    this.#pairs.set(map, pairs);
    return pairs;
  }

  #replace({ place, was, now }: Extract<Change, { kind: "replace" }>): Operation {
    const offset = (this.#lineStarts[place.line - 1] ?? 0) + place.column - 1;
    const quote = this.text[offset] === '"' || this.text[offset] === "'" ? 1 : 0;
    const start = offset + quote;
    if (!this.text.startsWith(was, start)) throw new FixRefusal("The value is written in another way.");
    return { kind: "replace", start, end: start + was.length, text: now };
  }

  #insertKeys(map: YAMLMap, entries: ReadonlyMap<string, FixValue>): TextEdit {
    if (map.flow) {
      return this.#insertFlow(
        map,
        "{",
        [...entries].map(([key, value]) => `${key}: ${flowText(value)}`),
      );
    }
    const indent = this.#indentOf(map.items[0]?.key);
    const object = Object.fromEntries(entries);
    const lines = stringify(object, { lineWidth: 0, nullStr: "", indent: this.#step })
      .trimEnd()
      .split("\n")
      .map((line) => line.trimEnd());
    if (map === this.#document.contents) {
      // What is new for the whole file goes to its end.
      const ends = this.text.endsWith("\n");
      const text = [...(ends ? [""] : ["", ""]), ...lines.map((line) => `${indent}${line}`), ...(ends ? [""] : [])];
      return { start: this.text.length, end: this.text.length, text: text.join(this.#lineEnd) };
    }
    const after = this.#endOfOpeningLine(map);
    if (after !== null) {
      return { start: after, end: after, text: lines.map((line) => `${this.#lineEnd}${indent}${line}`).join("") };
    }
    const first = startOf(map.items[0]?.key);
    return { start: first, end: first, text: lines.map((line) => `${line}${this.#lineEnd}${indent}`).join("") };
  }

  /** Behind `image: …`, where a person would write what belongs to a service, else behind `<<: …`; null when neither is on one line. */
  #endOfOpeningLine(map: YAMLMap): number | null {
    const pairs = this.#pairsOf(map);
    const opening = pairs.get("image")?.value ?? pairs.get("<<")?.value;
    if ((!isScalar(opening) && !isAlias(opening)) || !opening.range) return null;
    const [start, end] = opening.range;
    if (this.text.slice(start, end).includes("\n")) return null;
    const lineEnd = this.text.indexOf("\n", end);
    if (lineEnd === -1) return this.text.length;
    return this.text[lineEnd - 1] === "\r" ? lineEnd - 1 : lineEnd;
  }

  #insertItem(list: YAMLSeq, value: string): TextEdit {
    if (list.flow) return this.#insertFlow(list, "[", [flowText(value)]);
    const first = startOf(list.items[0]);
    const dash = this.text.lastIndexOf("-", first - 1);
    const lineStart = this.text.lastIndexOf("\n", dash) + 1;
    const indent = this.text.slice(lineStart, dash);
    if (dash === -1 || indent.trim() !== "" || this.text.slice(dash + 1, first).trim() !== "") {
      throw new FixRefusal("The list is written in a way that is not changed by itself.");
    }
    return { start: dash, end: dash, text: `- ${value}${this.#lineEnd}${indent}` };
  }

  #insertFlow(node: YAMLMap | YAMLSeq, bracket: string, items: readonly string[]): TextEdit {
    const open = startOf(node);
    if (this.text[open] !== bracket) throw new FixRefusal("The value is written in another way.");
    const gap = /^\s*/.exec(this.text.slice(open + 1))?.[0] ?? "";
    const isEmpty = node.items.length === 0;
    const text = `${gap}${items.join(", ")}${isEmpty ? "" : ","}${isEmpty || gap !== "" ? "" : " "}`;
    return { start: open + 1, end: open + 1, text };
  }

  /** The blanks before the first key of a mapping that has a line of its own. */
  #indentOf(key: unknown): string {
    const start = startOf(key);
    const before = this.text.slice(this.text.lastIndexOf("\n", start - 1) + 1, start);
    if (before.trim() !== "") throw new FixRefusal("The mapping does not begin on a line of its own.");
    return before;
  }
}

function startOf(node: unknown): number {
  if ((isScalar(node) || isMap(node) || isSeq(node)) && node.range) return node.range[0];
  throw new FixRefusal("The value is written in a way that is not changed by itself.");
}

function nested(path: readonly string[], value: FixValue): FixValue {
  return path.reduceRight<FixValue>((inner, key) => ({ [key]: inner }), value);
}

/** Two values for one key as one; the first one is changed, since it may hold very many keys already. */
function mergedInto(one: FixValue, other: FixValue): FixValue {
  if (Array.isArray(one) && Array.isArray(other)) return [...one, ...other];
  if (!isObject(one) || !isObject(other)) return other;
  for (const [key, value] of Object.entries(other)) {
    const known = one[key];
    one[key] = known === undefined ? structuredClone(value) : mergedInto(known, value);
  }
  return one;
}

function isObject(value: FixValue): value is { [key: string]: FixValue } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value inside `{…}` or `[…]`, where commas and brackets mean something. */
function flowText(value: FixValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return `[${value.map(flowText).join(", ")}]`;
  if (isObject(value)) {
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${key}: ${flowText(item)}`)
      .join(", ")} }`;
  }
  return typeof value === "string" && !/^[a-z][\w./:-]*\w$/i.test(value) ? JSON.stringify(value) : String(value);
}
