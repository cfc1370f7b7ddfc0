import { join } from "node:path";
import * as z from "zod";
import { AppError, type Place, ruleSeveritySchema } from "../../../shared/domain/index.ts";
import { readTextIfThere } from "../../store/index.ts";
import { rules } from "../checks/rules.ts";
import { ModelProblem } from "../compose/model-problem.ts";
import type { ModelNode } from "../compose/node.ts";
import { readYaml } from "../compose/read-yaml.ts";
import { scanRules } from "../scan/scan-rules.ts";
import { localSettingsSchema } from "./local-settings.ts";
import { profileKeys } from "./profile-keys.ts";
import { placeOf, settingsProblem } from "./settings-problem.ts";

/** Remarks of reading a compose file that are no errors: they can be silenced as rules can. */
export const readingRemarks = [
  "compose.unset-variable",
  "compose.obsolete-key",
  "compose.outside-project",
  "compose.override-file",
] as const;

/** Ids of everything that can be settled or silenced. */
export const silenceable: ReadonlySet<string> = new Set<string>([
  ...rules.map(({ id }) => id),
  ...scanRules.map(({ id }) => id),
  ...readingRemarks,
]);

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
  /** What stands in for what this machine lacks. */
  local: localSettingsSchema.default(() => localSettingsSchema.parse({})),
});
export type BayplanFile = z.infer<typeof bayplanFileSchema>;

export const bayplanFileName = "bayplan.yaml";

/** A person writes it by hand. */
const maxLetters = 64 * 1024;

/** A `bayplan.yaml` that was read, with its places. */
export interface OpenedBayplanFile {
  /** Absolute path, also when there is none. */
  file: string;
  settings: BayplanFile;
  /** Where a value stands, by the keys that lead to it. */
  placeOf: (...path: readonly string[]) => Place;
}

/**
 * Reads `bayplan.yaml` in the folder of a stack; all defaults when there is none.
 * @throws AppError `bad-input` with the place of what is no YAML, no key or no value of it.
 */
export async function openBayplanFile(folder: string): Promise<OpenedBayplanFile> {
  const file = join(folder, bayplanFileName);
  const text = await readTextIfThere(file);
  if (text !== null && text.length > maxLetters) {
    throw new AppError("bad-input", `${file} is larger than 64 KiB.`, { hint: "It holds settings, and nothing else." });
  }
  const root = text === null ? null : rootOf(file, text);
  const parsed = bayplanFileSchema.safeParse(root === null ? {} : plain(root));
  if (!parsed.success) throw settingsProblem(file, root, parsed.error.issues);
  return {
    file,
    settings: parsed.data,
    placeOf: (...path) => (root === null ? { file, line: 1, column: 1 } : placeOf(root, path)),
  };
}

/** What stands in it. Throws as `openBayplanFile` does. */
export async function readBayplanFile(folder: string): Promise<BayplanFile> {
  return (await openBayplanFile(folder)).settings;
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

/** The value as zod takes it. */
function plain(node: ModelNode): unknown {
  if (node.kind === "map") return Object.fromEntries([...node.entries].map(([key, value]) => [key, plain(value)]));
  if (node.kind === "list") return node.items.map(plain);
  if (node.kind === "null") return null;
  // The reader keeps whole numbers of any size; no setting is that large.
  return typeof node.value === "bigint" ? Number(node.value) : node.value;
}
