import type * as z from "zod";
import { AppError, type Place } from "../../../shared/domain/index.ts";
import { at, keyOrPlace, type ModelNode } from "../compose/node.ts";
import { isSimilar } from "../compose/shape/shape.ts";
import { loadKeys } from "./load-keys.ts";
import { localKeys } from "./local-settings.ts";
import { gateKeys, profileKeys } from "./profile-keys.ts";

/** The failure for a `bayplan.yaml` that is not what its schema says: the first thing that is wrong, with its place. */
export function settingsProblem(file: string, root: ModelNode | null, issues: readonly z.core.$ZodIssue[]): AppError {
  const issue = issues[0] === undefined ? undefined : nearest(issues[0]);
  const more = issues.length - 1;
  const unknown = issue?.code === "unrecognized_keys" ? (issue.keys[0] ?? null) : null;
  const path = [...(issue?.path ?? []), ...(unknown === null ? [] : [unknown])];
  const { line, column } = root === null ? { line: 1, column: 1 } : placeOf(root, path);
  const what = path.map(String).join(".");
  const about = path.length === 0 ? "The file" : `\`${what.slice(0, 200)}\``;
  const sentence = `${about}: ${sentenceOf(issue)}${more > 0 ? ` (and ${more} more)` : ""}`;
  const hint = unknown === null ? null : meant(unknown, path.slice(0, -1));
  return new AppError("bad-input", `${file}:${line}:${column}: ${sentence}`, { hint: hint ?? whatItHolds(path) });
}

/** Where a value stands, by the keys that lead to it; else the nearest one around it. */
export function placeOf(root: ModelNode, path: readonly PropertyKey[]): Place {
  let node = root;
  for (const step of path) {
    const next = node.kind === "list" ? node.items[Number(step)] : at(node, String(step));
    if (next === undefined) break;
    node = next;
  }
  return keyOrPlace(node);
}

/** Of a value that may be of several forms: what is wrong with the form that it has, where that is certain. */
function nearest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  const inside = issue.errors.flat().find(({ code, path }) => path.length > 0 || code === "unrecognized_keys");
  const ownWords = issue.errors.flat().find(({ code }) => code === "custom");
  const found = inside ?? ownWords;
  return found === undefined ? issue : nearest({ ...found, path: [...issue.path, ...found.path] });
}

function sentenceOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "unrecognized_keys") return "This key is not known here.";
  if (issue?.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  if (issue?.code === "invalid_union" && issue.path[0] === "rules") {
    return "This is none of error, warning, info and off.";
  }
  return issue?.message ?? "This cannot be read.";
}

/** The key that a slip of the pen was about; null when none is near. */
function meant(key: string, path: readonly PropertyKey[]): string | null {
  const known = knownAt(path);
  const similar = known.find((name) => isSimilar(name, key));
  if (similar !== undefined) return `Did you mean \`${similar}\`?`;
  return known.length === 0 ? null : `Known here: ${known.join(", ")}.`;
}

function knownAt(path: readonly PropertyKey[]): readonly string[] {
  const [first, second] = path;
  if (path.length === 0) return ["rules", "local", ...Object.keys(profileKeys)];
  if (first === "gates" && path.length === 1) return gateKeys;
  if (first === "load") return loadKeys[path.length === 2 ? "entry" : String(path[2])] ?? [];
  if (first !== "local") return [];
  if (path.length === 1) return localKeys.local;
  return second === "services" ? localKeys.service : second === "devices" ? localKeys.device : [];
}

function whatItHolds(path: readonly PropertyKey[]): string {
  return path[0] === "local"
    ? "docs/stacks.md has an example of `local:`."
    : "docs/stacks.md has an example with all keys that it may hold.";
}
