import { basename } from "node:path";
import type { YamlDocument } from "../document-reader.ts";
import { ModelProblem } from "../model-problem.ts";
import { textAt } from "../node.ts";
import { fillTemplate, type Lookup, TemplateProblem } from "../variables/fill-template.ts";

/** The name in lower case, without what may not stand in one; may be empty. */
export function normalizeName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}

export interface NameSources {
  /** What the person said for this call, or null. */
  given: string | null;
  variables: Lookup;
  /** What the files say, a later one over an earlier one. */
  documents: readonly YamlDocument[];
  /** The stack's folder. */
  folder: string;
}

/**
 * The stack's name: what is given, else COMPOSE_PROJECT_NAME, else `name` of the last file that has one, else the folder's name.
 * @throws ModelProblem when a given name is none, or nothing gives one.
 */
export function projectName({ given, variables, documents, folder }: NameSources): string {
  const chosen = given ?? (variables("COMPOSE_PROJECT_NAME") || null);
  if (chosen !== null) {
    if (chosen !== "" && normalizeName(chosen) === chosen) return chosen;
    const message = `"${chosen.slice(0, 60)}" cannot be the name of a stack.`;
    const hint = "Use lower case letters, digits, dashes and underscores, with a letter or digit first.";
    throw new ModelProblem("compose.project-name", message, null, hint);
  }
  const written = documents.flatMap(namesIn).at(-1);
  const name = written === undefined ? normalizeName(basename(folder)) : normalizeName(filled(written, variables));
  if (name !== "") return name;
  const source = written === undefined ? `The folder ${folder}` : `The name "${written}"`;
  const hint = "Add a line like `name: gateway` to the file.";
  throw new ModelProblem("compose.project-name", `${source} gives no name for the stack.`, null, hint);
}

function namesIn({ root }: YamlDocument): string[] {
  const name = textAt(root, "name");
  return name === undefined || name === "" ? [] : [name];
}

function filled(text: string, variables: Lookup): string {
  try {
    return fillTemplate(text, variables);
  } catch (error) {
    if (!(error instanceof TemplateProblem)) throw error;
    throw new ModelProblem("compose.interpolation", `\`name\` cannot be filled in: ${error.message}.`, null);
  }
}
