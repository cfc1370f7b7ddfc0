import type { SourceFiles } from "../load/source-files.ts";
import { ModelProblem } from "../model-problem.ts";
import { at, keyOrPlace } from "../node.ts";
import { parseDotenv } from "../variables/dotenv.ts";
import type { Lookup } from "../variables/fill-template.ts";
import { type JsonMap, listAt, mapAt, stringAt } from "./json-value.ts";
import type { Project, ProjectService } from "./project.ts";

/**
 * Reads what services take from `env_file` and `label_file` into their environment and labels, and drops the two keys.
 * @throws ModelProblem for a file that is not there, has a format that is not supported, or cannot be read.
 */
export async function readServiceFiles(project: Project, sources: SourceFiles, variables: Lookup): Promise<void> {
  for (const service of project.services.values()) {
    await readEnvironment(service, sources, variables);
    await readLabels(service, sources);
  }
}

async function readEnvironment(service: ProjectService, sources: SourceFiles, variables: Lookup): Promise<void> {
  const found: JsonMap = new Map();
  const lookup: Lookup = (name) => {
    const value = found.get(name);
    return typeof value === "string" ? value : variables(name);
  };
  for (const item of listAt(service.value, "env_file")) {
    if (!(item instanceof Map)) continue;
    const file = stringAt(item, "path");
    const isRequired = item.get("required") === true;
    if (!isRequired && !(await sources.exists(file))) continue;
    const place = placeOf(service, "env_file");
    const format = stringAt(item, "format");
    if (format !== "") {
      throw new ModelProblem("compose.env-file", `The format "${format}" of an env file is not supported.`, place);
    }
    const text = await sources.text(file, place, "env-file");
    for (const [key, value] of parseDotenv(file, text, lookup)) found.set(key, value);
  }
  for (const [key, value] of mapAt(service.value, "environment") ?? []) {
    found.set(key, value === null ? (variables(key) ?? null) : value);
  }
  service.value.delete("env_file");
  if (found.size > 0) service.value.set("environment", found);
}

async function readLabels(service: ProjectService, sources: SourceFiles): Promise<void> {
  const found: JsonMap = new Map();
  const lookup: Lookup = (name) => {
    const value = found.get(name);
    return typeof value === "string" ? value : undefined;
  };
  for (const file of listAt(service.value, "label_file")) {
    if (typeof file !== "string") continue;
    const text = await sources.text(file, placeOf(service, "label_file"), "label-file");
    for (const [key, value] of parseDotenv(file, text, lookup)) found.set(key, value);
  }
  for (const [key, value] of mapAt(service.value, "labels") ?? []) found.set(key, value);
  service.value.delete("label_file");
  if (found.size > 0) service.value.set("labels", found);
}

function placeOf(service: ProjectService, key: string) {
  return keyOrPlace(at(service.node, key) ?? service.node);
}
