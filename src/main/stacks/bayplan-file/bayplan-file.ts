import { join } from "node:path";
import * as z from "zod";
import { AppError, ruleSeveritySchema } from "../../../shared/domain/index.ts";
import { readTextIfThere } from "../../store/index.ts";
import { rules } from "../checks/rules.ts";
import { ModelProblem } from "../compose/model-problem.ts";
import { at, keyOrPlace, type ModelNode } from "../compose/node.ts";
import { readYaml } from "../compose/read-yaml.ts";
import { profileKeys } from "./profile-keys.ts";

/** Remarks of reading a compose file that are no errors: they can be silenced as rules can. */
export const readingRemarks = [
  "compose.unset-variable",
  "compose.obsolete-key",
  "compose.outside-project",
  "compose.override-file",
] as const;

/** Ids of everything that can be settled or silenced. */
export const silenceable: ReadonlySet<string> = new Set<string>([...rules.map(({ id }) => id), ...readingRemarks]);

/**
 * `bayplan.yaml` beside a stack: what a team has settled about it. A part of Bayplan that wants to be told something adds
 * its key here; a key that is not here is refused, so that a slip of the pen is not taken for a setting.
 */
export const bayplanFileSchema = z.strictObject({
  /** How findings of a rule count, by the rule's id. */
  rules: z
    .record(
      z.string().refine((id) => silenceable.has(id), {
        error: "This is no rule; `bayplan check FILE --format json` lists them.",
      }),
      ruleSeveritySchema,
    )
    .default({}),
  ...profileKeys,
});
export type BayplanFile = z.infer<typeof bayplanFileSchema>;

export const bayplanFileName = "bayplan.yaml";

/**
 * Reads `bayplan.yaml` in the folder of a stack; all defaults when there is none.
 * @throws AppError `bad-input` with the place of what is no YAML, no key or no value of it.
 */
export async function readBayplanFile(folder: string): Promise<BayplanFile> {
  const file = join(folder, bayplanFileName);
  const text = await readTextIfThere(file);
  if (text === null) return bayplanFileSchema.parse({});
  const root = rootOf(file, text);
  const parsed = bayplanFileSchema.safeParse(root === null ? {} : plain(root));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const more = parsed.error.issues.length - 1;
  const path = issue?.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : (issue?.path ?? []);
  const place = root === null ? null : placeOf(root, path);
  const what = path.map(String).join(".");
  const sentence = `\`${what}\`: ${sentenceOf(issue)}${more > 0 ? ` (and ${more} more)` : ""}`;
  const hint = "docs/stacks.md has an example with all keys that it may hold.";
  throw new AppError("bad-input", `${file}:${place?.line ?? 1}:${place?.column ?? 1}: ${sentence}`, { hint });
}

function rootOf(file: string, text: string): ModelNode | null {
  try {
    const [document, second] = readYaml(file, text);
    if (second !== undefined) {
      throw new AppError("bad-input", `${file} holds more than one document.`, { hint: "Keep the first one." });
    }
    return document === undefined || document.root.kind === "null" ? null : document.root;
  } catch (error) {
    if (!(error instanceof ModelProblem)) throw error;
    const { place, message, hint } = error;
    const where = place === null ? file : `${place.file}:${place.line}:${place.column}`;
    throw new AppError("bad-input", `${where}: ${message}`, hint === null ? {} : { hint });
  }
}

function sentenceOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "unrecognized_keys") return "This key is not known here.";
  if (issue?.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  if (issue?.code === "invalid_union" && issue.path[0] === "rules")
    return "This is none of error, warning, info and off.";
  return issue?.message ?? "This cannot be read.";
}

function placeOf(root: ModelNode, path: readonly PropertyKey[]) {
  let node = root;
  for (const step of path) {
    const next = typeof step === "number" && node.kind === "list" ? node.items[step] : at(node, String(step));
    if (next === undefined) break;
    node = next;
  }
  return keyOrPlace(node);
}

/** The value as zod takes it. */
function plain(node: ModelNode): unknown {
  if (node.kind === "map") return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  if (node.kind === "list") return node.items.map(plain);
  if (node.kind === "null") return null;
  // The reader keeps whole numbers of any size; no setting is that large.
  return typeof node.value === "bigint" ? Number(node.value) : node.value;
}
