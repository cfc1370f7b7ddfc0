import { dirname, isAbsolute, join, relative } from "node:path";
import { ModelProblem } from "../model-problem.ts";
import { at, describeNode, keyOrPlace, type MapNode, type ModelNode, mapNode } from "../node.ts";
import { parseDotenv } from "../variables/dotenv.ts";
import type { Lookup } from "../variables/fill-template.ts";
import { refuseRemote } from "./extend-services.ts";
import { sameNode } from "./same-node.ts";
import type { SourceFiles } from "./source-files.ts";

/** What is read together as one included stack. */
export interface IncludedStack {
  /** Absolute paths, the first is the main one. */
  files: string[];
  /** What its relative paths start from: relative to the folder of the file that includes it. */
  folder: string;
  /** The same, absolute. */
  absoluteFolder: string;
  variables: Lookup;
  place: ModelNode["place"];
}

export interface IncludeContext {
  sources: SourceFiles;
  /** What relative paths of `include` start from. */
  folder: string;
  /** Absolute paths of the files that led here. */
  included: readonly string[];
  variables: Lookup;
  load(stack: IncludedStack, included: readonly string[]): Promise<MapNode>;
}

/**
 * A model with what its `include` brings: services, volumes, networks, secrets and configs, each only once.
 * @throws ModelProblem for a file that is not there, a circle, or one name with two meanings.
 */
export async function includeFiles(root: MapNode, context: IncludeContext): Promise<MapNode> {
  const include = at(root, "include");
  if (include === undefined || include.kind === "null") return without(root);
  if (include.kind !== "list") {
    const message = `\`include\` must be a list, this is ${describeNode(include)}.`;
    throw new ModelProblem("compose.wrong-type", message, keyOrPlace(include));
  }
  let model = without(root);
  for (const item of include.items) {
    const stack = await readItem(item, context);
    model = importInto(model, await context.load(stack, context.included), item);
  }
  return model;
}

function without(root: MapNode): MapNode {
  const entries = new Map(root.entries);
  entries.delete("include");
  return { ...root, entries };
}

async function readItem(item: ModelNode, context: IncludeContext): Promise<IncludedStack> {
  const paths = textsOf(item.kind === "text" ? item : at(item, "path"), item);
  const [main] = paths;
  if (main === undefined) throw new ModelProblem("compose.missing-key", "An include needs a `path`.", item.place);
  for (const path of paths) refuseRemote(path, item);
  const files = paths.map((path) => absoluteFrom(context.folder, path));
  const mainFile = files[0] ?? main;
  if (context.included.includes(mainFile)) {
    const circle = [...context.included, mainFile].join(" -> ");
    throw new ModelProblem(
      "compose.include-cycle",
      `These files include each other in a circle: ${circle}.`,
      item.place,
    );
  }
  const given = at(item, "project_directory");
  const directory = given?.kind === "text" && given.value !== "" ? given.value : null;
  const absoluteFolder = directory === null ? dirname(mainFile) : absoluteFrom(context.folder, directory);
  const isFixed = directory !== null && isAbsolute(directory);
  // A project directory that is none counts as the file that it would be, as in the reference: its paths start beside it.
  const base = (await context.sources.isFolder(absoluteFolder)) ? absoluteFolder : dirname(absoluteFolder);
  const folder = isFixed ? directory : relative(context.folder, base) || ".";
  return {
    files,
    folder,
    absoluteFolder,
    variables: await variablesFor(item, absoluteFolder, context),
    place: item.place,
  };
}

function absoluteFrom(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}

function textsOf(node: ModelNode | undefined, item: ModelNode): string[] {
  const items = node === undefined || node.kind === "null" ? [] : node.kind === "list" ? node.items : [node];
  return items.map((value) => {
    if (value.kind === "text") return value.value;
    const message = "An include is a path, or a mapping with `path`, `project_directory` and `env_file`.";
    throw new ModelProblem("compose.wrong-type", message, value.place ?? item.place);
  });
}

/** What is set outside counts more than what the included stack's own files set. */
async function variablesFor(item: ModelNode, absoluteFolder: string, context: IncludeContext): Promise<Lookup> {
  const named = textsOf(item.kind === "map" ? at(item, "env_file") : undefined, item);
  const beside = join(absoluteFolder, ".env");
  const files = named.map((file) => absoluteFrom(context.folder, file));
  if (files.length === 0 && (await context.sources.exists(beside))) files.push(beside);
  const found = new Map<string, string>();
  for (const file of files) {
    const text = await context.sources.text(file, item.place, "variables");
    const outside: Lookup = (name) => context.variables(name) ?? found.get(name);
    for (const [key, value] of parseDotenv(file, text, outside)) found.set(key, value);
  }
  return (name) => context.variables(name) ?? found.get(name);
}

const importedKeys = ["services", "volumes", "networks", "secrets", "configs"];

function importInto(target: MapNode, source: MapNode, item: ModelNode): MapNode {
  const entries = new Map(target.entries);
  for (const key of importedKeys) {
    const from = source.entries.get(key);
    if (from?.kind !== "map") continue;
    const to = entries.get(key);
    const merged = new Map(to?.kind === "map" ? to.entries : []);
    for (const [name, value] of from.entries) {
      const existing = merged.get(name);
      if (existing !== undefined && !sameNode(existing, value)) {
        const message = `\`${key}.${name}\` is also in an included file, with another meaning.`;
        const hint = "Rename one of them, or put the change into an override file of the include.";
        throw new ModelProblem("compose.include-conflict", message, keyOrPlace(existing), hint);
      }
      merged.set(name, value);
    }
    entries.set(key, to === undefined ? mapNode(merged, item.place) : { ...to, kind: "map", entries: merged });
  }
  return { ...target, entries };
}
