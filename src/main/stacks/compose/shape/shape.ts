import { ModelProblem } from "../model-problem.ts";
import { describeNode, keyOrPlace, type MapNode, type ModelNode, valuePlace } from "../node.ts";
import { pathText } from "../path-pattern.ts";
import { isWhole, scalarText } from "../scalar-text.ts";

/** What may stand somewhere: it gives what is wrong with a value, nothing when it fits. */
export type Shape = (node: ModelNode, path: readonly string[]) => ModelProblem[];

const fits: ModelProblem[] = [];

/** More problems of one mapping than this help nobody. */
const maxProblems = 50;

type Kind = "text" | "flag" | "number" | "whole" | "null";

const kindNames: Record<Kind, string> = {
  text: "a text",
  flag: "true or false",
  number: "a number",
  whole: "a whole number",
  null: "empty",
};

function isOfKind(node: ModelNode, kind: Kind): boolean {
  if (kind === "text") return node.kind === "text" || node.kind === "time";
  if (kind === "flag") return node.kind === "bool";
  if (kind === "null") return node.kind === "null";
  return node.kind === "int" || (node.kind === "float" && (kind === "number" || isWhole(node)));
}

function wrongType(node: ModelNode, path: readonly string[], expected: string): ModelProblem {
  const message = `\`${pathText(path)}\` must be ${expected}, this is ${describeNode(node)}.`;
  const isUnquoted = expected.includes("text") && ["int", "float", "bool"].includes(node.kind);
  const hint = isUnquoted ? "Put it in quotes." : null;
  return new ModelProblem("compose.wrong-type", message, valuePlace(node), hint);
}

function orList(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

/** A scalar of one of these kinds. */
export function scalar(...kinds: Kind[]): Shape {
  return (node, path) =>
    kinds.some((kind) => isOfKind(node, kind))
      ? fits
      : [wrongType(node, path, orList(kinds.map((kind) => kindNames[kind])))];
}

/** A text out of a few. */
export function oneOf(...words: string[]): Shape {
  return (node, path) => {
    if (node.kind === "text" && words.includes(node.value)) return fits;
    const given = node.kind === "text" ? `"${node.value.slice(0, 60)}"` : describeNode(node);
    const message = `\`${pathText(path)}\` must be ${orList(words)}, this is ${given}.`;
    return [new ModelProblem("compose.bad-value", message, node.place)];
  };
}

/** A whole number in a range, or a text. */
export function wholeBetween(low: number, high: number | null): Shape {
  const shape = scalar("whole", "text");
  return (node, path) => {
    const value = node.kind === "int" || node.kind === "float" ? Number(node.value) : null;
    if (value === null || (value >= low && (high === null || value <= high))) return shape(node, path);
    const range = high === null ? `at least ${low}` : `from ${low} to ${high}`;
    return [
      new ModelProblem("compose.bad-value", `\`${pathText(path)}\` must be ${range}, this is ${value}.`, node.place),
    ];
  };
}

export const anything: Shape = () => fits;

/** A list; with `unique` no two items may be the same. */
export function list(item: Shape, unique: "unique" | "any" = "any"): Shape {
  return (node, path) => {
    if (node.kind !== "list") return [wrongType(node, path, "a list")];
    const below = [...path, "[]"];
    const problems = node.items.flatMap((value) => item(value, below));
    return unique === "unique" ? [...problems, ...repeated(node.items, path)] : problems;
  };
}

function repeated(items: readonly ModelNode[], path: readonly string[]): ModelProblem[] {
  const seen = new Set<string>();
  return items.flatMap((item) => {
    const key = sameness(item);
    const message = `An item of \`${pathText(path)}\` stands there twice.`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew ? [] : [new ModelProblem("compose.duplicate-item", message, item.place, "Keep one of the two.")];
  });
}

/** Two values with the same key are the same value as JSON. */
function sameness(node: ModelNode): string {
  if (node.kind === "map") {
    const entries = [...node.entries].sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${sameness(value)}`).join()}}`;
  }
  if (node.kind === "list") return `[${node.items.map(sameness).join()}]`;
  if (node.kind === "text") return JSON.stringify(node.value);
  return node.kind === "float" ? String(node.value) : scalarText(node) || "null";
}

export interface MappingRules {
  /** Known keys. */
  fields?: Readonly<Record<string, Shape>>;
  /** Keys that must be there. */
  required?: readonly string[];
  /** Other keys that match are values of this shape. */
  keys?: { pattern: RegExp; shape: Shape };
  /** `closed` refuses any other key but `x-…`; `strict` those too; `open` takes all. */
  others?: "closed" | "strict" | "open";
}

/** A mapping with known keys, or with keys of a pattern. */
export function mapping({ fields = {}, required = [], keys, others = "closed" }: MappingRules): Shape {
  const known = new Map(Object.entries(fields));
  return (node, path) => {
    if (node.kind !== "map") return [wrongType(node, path, "a mapping")];
    const problems: ModelProblem[] = [];
    for (const [key, value] of node.entries) {
      const shape = known.get(key) ?? (keys?.pattern.test(key) === true ? keys.shape : undefined);
      const isAllowed = others === "open" || (others === "closed" && key.startsWith("x-"));
      if (shape !== undefined) problems.push(...shape(value, [...path, key]));
      else if (!isAllowed) problems.push(unknownKey(key, value, path));
      if (problems.length > maxProblems) break;
    }
    return [...problems, ...missingKeys(node, path, required)];
  };

  function unknownKey(key: string, value: ModelNode, path: readonly string[]): ModelProblem {
    if (known.size === 0) {
      const message = `"${key.slice(0, 60)}" cannot be a name in \`${pathText(path)}\`.`;
      const hint = "Use letters, digits, dots, dashes and underscores.";
      return new ModelProblem("compose.bad-value", message, keyOrPlace(value), hint);
    }
    const where = path.length === 0 ? "A compose file" : `\`${pathText(path)}\``;
    const similar = [...known.keys()].find((name) => isSimilar(name, key));
    const hint = similar === undefined ? "Take it out, or begin its name with `x-`." : `Did you mean \`${similar}\`?`;
    return new ModelProblem(
      "compose.unknown-key",
      `${where} has no key \`${key.slice(0, 60)}\`.`,
      keyOrPlace(value),
      hint,
    );
  }
}

function missingKeys(node: MapNode, path: readonly string[], required: readonly string[]): ModelProblem[] {
  return required
    .filter((key) => !node.entries.has(key))
    .map(
      (key) =>
        new ModelProblem("compose.missing-key", `\`${pathText(path)}\` needs the key \`${key}\`.`, keyOrPlace(node)),
    );
}

/** One slip of the fingers: a letter too many, too few, changed, or two of them swapped. */
export function isSimilar(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return a === b;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const restA = a.slice(start, a.length - end);
  const restB = b.slice(start, b.length - end);
  return Math.max(restA.length, restB.length) <= 1 || (restA.length === 2 && restA === [...restB].reverse().join(""));
}

/** Shapes for each form that a value may have; the form of the value chooses the one. */
export interface Forms {
  scalar?: Shape;
  list?: Shape;
  map?: Shape;
}

/** A value that may have several forms. */
export function forms({ scalar: plain, list: items, map }: Forms): Shape {
  const names = [plain && "a text", items && "a list", map && "a mapping"].filter((name) => name !== undefined);
  return (node, path) => {
    const shape = node.kind === "map" ? map : node.kind === "list" ? items : plain;
    return shape === undefined ? [wrongType(node, path, orList(names))] : shape(node, path);
  };
}

/** The same shape, or nothing at all. */
export function orEmpty(shape: Shape): Shape {
  return (node, path) => (node.kind === "null" ? fits : shape(node, path));
}

/** Anything without `.inf` and `.nan`, which JSON cannot say. */
export const finite: Shape = (node, path) => {
  if (node.kind === "float" && !Number.isFinite(node.value)) return [wrongType(node, path, "a number that has an end")];
  if (node.kind === "list") return node.items.flatMap((item) => finite(item, [...path, "[]"]));
  return node.kind === "map" ? [...node.entries].flatMap(([key, value]) => finite(value, [...path, key])) : fits;
};
