import type { Place } from "../../../../shared/domain/index.ts";
import { ModelProblem, type Remark } from "../model-problem.ts";
import { type ModelNode, mapEntries, type TextNode, textNode } from "../node.ts";
import { listItem, type ModelPath, pathText } from "../path-pattern.ts";
import { castAt, castText } from "./casts.ts";
import { fillTemplate, type Lookup, TemplateProblem } from "./fill-template.ts";

/** All texts together after their variables are filled in: variables that repeat each other must not fill the memory. */
const maxLetters = 8 * 1024 * 1024;

/**
 * A tree with its variables filled in; a text where a number or a flag is meant becomes one. Keys stay as they are.
 * @throws ModelProblem for a text that is no template, a required variable without a value, a text that is no number.
 */
export function fillVariables(root: ModelNode, lookup: Lookup, remark: Remark): ModelNode {
  const named = new Set<string>();
  let letters = 0;
  return fill(root, []);

  function fill(node: ModelNode, path: ModelPath): ModelNode {
    if (node.kind === "map") {
      return mapEntries(node, (value, key) => fill(value, [...path, key]));
    }
    if (node.kind === "list") return { ...node, items: node.items.map((item) => fill(item, [...path, listItem])) };
    return node.kind === "text" ? fillText(node, path) : node;
  }

  function fillText(node: TextNode, path: ModelPath): ModelNode {
    const value = node.value.includes("$") ? filled(node, path) : node.value;
    letters += value.length;
    if (letters > maxLetters) {
      throw new ModelProblem("compose.too-large", "Its variables make the file longer than 8 MiB.", node.place);
    }
    const kind = castAt(path);
    const placed = <T extends ModelNode>(other: T): T => ({
      ...other,
      ...(node.keyPlace && { keyPlace: node.keyPlace }),
    });
    if (kind === undefined) return placed(textNode(value, node.place));
    const cast = castText(kind, value, node.place);
    if (cast !== null) return placed(cast);
    const message = `\`${pathText(path)}\` must be ${kind === "true or false" ? kind : `a ${kind}`}, not "${short(value)}".`;
    throw new ModelProblem("compose.bad-value", message, node.place);
  }

  function filled(node: TextNode, path: ModelPath): string {
    try {
      return fillTemplate(node.value, lookup, (name) => unset(name, node.place));
    } catch (error) {
      if (!(error instanceof TemplateProblem)) throw error;
      const message = `\`${pathText(path)}\` cannot be filled in: ${error.message}.`;
      throw new ModelProblem("compose.interpolation", message, node.place);
    }
  }

  function unset(name: string, place: Place): void {
    if (named.has(name)) return;
    named.add(name);
    remark({
      rule: "compose.unset-variable",
      severity: "warning",
      message: `The variable ${name} is not set and has no default: an empty text is used.`,
      place,
      hint: `Set ${name} in the environment or in a .env file beside the stack, or write \${${name}:-default}.`,
    });
  }
}

/** The beginning of a text that somebody wrote, for a sentence. */
export function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
