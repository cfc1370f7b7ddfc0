import type { Place } from "../../../shared/domain/index.ts";
import { ModelProblem } from "../compose/model-problem.ts";
import { boolNode, listNode, type ModelNode, nullNode, textNode } from "../compose/node.ts";
import { placesIn } from "./text-places.ts";

export interface JsonText {
  root: ModelNode;
  /** Commas with nothing after them, which other readers refuse. */
  trailingCommas: Place[];
}

/** Levels of lists and objects; no stack has ten. */
const maxDepth = 100;

/**
 * A JSON text as values with their places. A comma after the last item is let pass, and told.
 * @throws ModelProblem `json.syntax` with the place of the first sign that is no JSON, or of a key that stands twice.
 */
export function readJson(file: string, text: string): JsonText {
  return new JsonReader(file, text).read();
}

const literals = /true|false|null/y;
const numbers = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
// A text ends at the first quote that no backslash stands before; control signs may not stand in one.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what JSON forbids.
const texts = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

class JsonReader {
  readonly #place: (offset: number) => Place;
  readonly #trailingCommas: Place[] = [];
  #at: number;

  constructor(
    readonly file: string,
    readonly text: string,
  ) {
    this.#place = placesIn(file, text);
    this.#at = text.startsWith("\uFEFF") ? 1 : 0;
  }

  read(): JsonText {
    const root = this.#value(0);
    this.#skipBlanks();
    if (this.#at < this.text.length) throw this.#problem("Something stands after the end of the JSON.");
    return { root, trailingCommas: this.#trailingCommas };
  }

  #problem(message: string, offset = this.#at): ModelProblem {
    return new ModelProblem("json.syntax", message, this.#place(offset));
  }

  #skipBlanks(): void {
    while (/[ \t\r\n]/.test(this.text[this.#at] ?? "")) this.#at += 1;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #take(sign: string): boolean {
    this.#skipBlanks();
    if (this.text[this.#at] !== sign) return false;
    this.#at += 1;
    return true;
  }

  #value(depth: number): ModelNode {
    this.#skipBlanks();
    const place = this.#place(this.#at);
    if (depth > maxDepth) throw this.#problem(`The file is nested more than ${maxDepth} levels deep.`);
    if (this.#take("{")) return this.#object(place, depth);
    if (this.#take("[")) return this.#list(place, depth);
    if (this.text[this.#at] === '"') return textNode(this.#text(), place);
    const literal = this.#match(literals)?.[0];
    if (literal !== undefined) return literal === "null" ? nullNode(place) : boolNode(literal === "true", place);
    const number = this.#match(numbers);
    if (number === null)
      throw this.#problem(this.#at >= this.text.length ? "The JSON ends too early." : "A value is expected here.");
    const isWhole = number[1] === undefined && number[2] === undefined;
    return isWhole
      ? { kind: "int", value: BigInt(number[0]), place }
      : { kind: "float", value: Number(number[0]), place };
  }

  #text(): string {
    const start = this.#at;
    const match = this.#match(texts)?.[0];
    if (match === undefined) throw this.#problem("This text is not closed, or has a sign that must be escaped.", start);
    const value: unknown = JSON.parse(match);
    return typeof value === "string" ? value : "";
  }

  #list(place: Place, depth: number): ModelNode {
    const items: ModelNode[] = [];
    while (!this.#take("]")) {
      items.push(this.#value(depth + 1));
      if (!this.#separator("]")) break;
    }
    return listNode(items, place);
  }

  #object(place: Place, depth: number): ModelNode {
    const entries = new Map<string, ModelNode>();
    while (!this.#take("}")) {
      const start = this.#at;
      if (this.text[start] !== '"') throw this.#problem("A key in double quotes is expected here.");
      const key = this.#text();
      if (entries.has(key)) throw this.#problem(`The key "${key.slice(0, 60)}" stands here a second time.`, start);
      if (!this.#take(":")) throw this.#problem("A colon is expected here.");
      entries.set(key, { ...this.#value(depth + 1), keyPlace: this.#place(start) });
      if (!this.#separator("}")) break;
    }
    return { kind: "map", entries, place };
  }

  /** True when another item follows; false when the end was taken. */
  #separator(end: string): boolean {
    this.#skipBlanks();
    const comma = this.#at;
    if (!this.#take(",")) {
      if (this.#take(end)) return false;
      throw this.#problem(
        this.#at >= this.text.length ? "The JSON ends too early." : `A comma or "${end}" is expected here.`,
      );
    }
    this.#skipBlanks();
    if (this.text[this.#at] === end) this.#trailingCommas.push(this.#place(comma));
    return true;
  }
}
