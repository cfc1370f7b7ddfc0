import type { OnStackFile } from "../compose/load/source-files.ts";
import { ModelProblem, type Remark } from "../compose/model-problem.ts";
import {
  describeNode,
  keyOrPlace,
  type ListNode,
  type MapNode,
  type ModelNode,
  type TextNode,
  valuePlace,
} from "../compose/node.ts";

/** Where an importer puts what it finds: problems, which stop the stack, and remarks, which do not. */
export interface Findings {
  /** Begins the rule of each: `kanto`, `telemetryos`. */
  rules: string;
  problems: ModelProblem[];
  remark: Remark;
  onFile?: OnStackFile | undefined;
}

/** Adds an error: the stack cannot be had while it stands. */
export function fail(
  findings: Findings,
  rule: string,
  node: ModelNode,
  message: string,
  hint: string | null = null,
): void {
  findings.problems.push(new ModelProblem(`${findings.rules}.${rule}`, message, valuePlace(node), hint));
}

type Say = (findings: Findings, rule: string, node: ModelNode, message: string, hint?: string | null) => void;

const remarkOf =
  (severity: "warning" | "info"): Say =>
  (findings, rule, node, message, hint = null) =>
    findings.remark({ rule: `${findings.rules}.${rule}`, severity, message, place: keyOrPlace(node), hint });

/** Adds a warning: what it speaks of means something else here than it says, or nothing. */
export const warn = remarkOf("warning");

/** Adds a remark that changes nothing. */
export const note = remarkOf("info");

/** The fields of one mapping, taken by their type; what nobody has taken at the end is unknown. */
export class Fields {
  readonly #taken = new Set<string>();

  constructor(
    readonly node: MapNode,
    /** What a person would call the mapping. */
    readonly owner: string,
    readonly findings: Findings,
  ) {}

  /** The value as it is; null when there is none, or it is `null`. */
  any(key: string): ModelNode | null {
    this.#taken.add(key);
    const value = this.node.entries.get(key);
    return value === undefined || value.kind === "null" ? null : value;
  }

  /** The text; null when there is none, or an empty one, which these formats write for "not set". */
  text(key: string): TextNode | null {
    const value = this.any(key);
    if (value === null) return null;
    if (value.kind === "text") return value.value === "" ? null : value;
    return this.#wrong(key, value, "a text");
  }

  flag(key: string): boolean {
    const value = this.any(key);
    if (value === null) return false;
    if (value.kind === "bool") return value.value;
    this.#wrong(key, value, "true or false");
    return false;
  }

  /** The whole number with its node; null when there is none. */
  whole(key: string): { value: number; node: ModelNode } | null {
    const value = this.any(key);
    if (value === null) return null;
    if (value.kind === "int") return { value: Number(value.value), node: value };
    return this.#wrong(key, value, "a whole number");
  }

  list(key: string): ModelNode[] {
    return this.listNode(key)?.items ?? [];
  }

  /** The list itself; null when there is none, or an empty one. */
  listNode(key: string): ListNode | null {
    const value = this.any(key);
    if (value === null) return null;
    if (value.kind === "list") return value.items.length === 0 ? null : value;
    return this.#wrong(key, value, "a list");
  }

  /** The texts of a list. */
  texts(key: string): TextNode[] {
    return this.list(key).flatMap((item) => {
      if (item.kind === "text") return [item];
      this.#wrong(key, item, "a list of texts");
      return [];
    });
  }

  /** The mappings of a list, each with its fields. */
  rows(key: string): Fields[] {
    return this.list(key).flatMap((item) => {
      if (item.kind === "map") return [new Fields(item, `${key} of ${this.owner}`, this.findings)];
      this.#wrong(key, item, "a list of objects");
      return [];
    });
  }

  /** The fields of a mapping below; those of an empty one when there is none. */
  below(key: string): Fields {
    const value = this.any(key);
    const owner = `${key} of ${this.owner}`;
    if (value?.kind === "map") return new Fields(value, owner, this.findings);
    if (value !== null) this.#wrong(key, value, "an object");
    return new Fields({ kind: "map", entries: new Map(), place: this.node.place }, owner, this.findings);
  }

  /** Says of keys that they are without effect, each with what that means. */
  dropped(meanings: Readonly<Record<string, string>>): void {
    for (const [key, meaning] of Object.entries(meanings)) {
      const value = this.any(key);
      if (value === null || isEmpty(value)) continue;
      warn(this.findings, "not-applied", value, `\`${key}\` of ${this.owner} is not applied: ${meaning}.`);
    }
  }

  /** Takes keys that say nothing about what is to run. */
  ignored(...keys: string[]): void {
    for (const key of keys) this.#taken.add(key);
  }

  /** Says of every key that nobody took that it is not known. */
  finish(hint: string | null = null): void {
    for (const [key, value] of this.node.entries) {
      if (this.#taken.has(key)) continue;
      warn(
        this.findings,
        "unknown-key",
        value,
        `\`${key.slice(0, 60)}\` of ${this.owner} is not known, and not applied.`,
        hint,
      );
    }
  }

  #wrong(key: string, node: ModelNode, expected: string): null {
    const message = `\`${key}\` of ${this.owner} must be ${expected}, this is ${describeNode(node)}.`;
    fail(this.findings, "wrong-type", node, message);
    return null;
  }
}

function isEmpty(node: ModelNode): boolean {
  if (node.kind === "text") return node.value === "";
  if (node.kind === "list") return node.items.length === 0;
  if (node.kind === "map") return [...node.entries.values()].every(isEmpty);
  return node.kind === "null" || (node.kind === "bool" && !node.value);
}
