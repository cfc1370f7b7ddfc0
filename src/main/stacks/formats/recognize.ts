import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { AppError, type StackFormat } from "../../../shared/domain/index.ts";
import { fileError, readSourceFile } from "../compose/load/source-file.ts";
import { ModelProblem } from "../compose/model-problem.ts";
import { textAt } from "../compose/node.ts";
import { readYaml } from "../compose/read-yaml.ts";
import { hasBalenaSigns, isDockerfile } from "./balena/signs.ts";
import { hasRunCommand } from "./docker-run/has-run-command.ts";
import { jsonFilesIn } from "./kanto/import-kanto.ts";
import { isKantoContainer } from "./kanto/read-container.ts";
import { blueprintFile, findParticleFile } from "./particle/import-particle.ts";
import { readJson } from "./read-json.ts";
import type { StackSource } from "./stack-source.ts";
import { isTelemetryosConfig, telemetryosFile } from "./telemetryos/import-telemetryos.ts";

export interface RecognizedStack {
  format: StackFormat;
  source: StackSource;
}

/**
 * Finds the stack that a path means, and what it is written in: by what stands in the file, or in the folder. `from` decides
 * instead, whatever stands there. What is nothing else is taken as a compose file.
 * @throws AppError `not-found` or `bad-input` when there is nothing to read.
 */
export async function recognizeStack(path: string, from: StackFormat | null): Promise<RecognizedStack> {
  if (path === "" || path.includes("\0")) throw new AppError("bad-input", "This is not a path of a file.");
  const given = resolve(path);
  if (await isFolder(given)) return recognizeFolder(given, from);
  const source = await readSourceFile(given, "file");
  const format = from ?? formatOf(source);
  if (format === "particle" && isBlueprint(source)) return { format, source: await findParticleFile(given) };
  return { format, source };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw fileError(path, error);
  }
}

/** True for a YAML text that names a folder of containers. A large file is read once, by who means to read it. */
function isBlueprint({ file, text }: StackSource): boolean {
  if (basename(file) === blueprintFile) return true;
  if (!/^containers[ \t]*:/m.test(text) || /^services[ \t]*:/m.test(text)) return false;
  try {
    return textAt(readYaml(file, text)[0]?.root, "containers") !== undefined;
  } catch (error) {
    if (error instanceof ModelProblem) return false;
    throw error;
  }
}

/** The format of one file by its name and what stands in it. */
function formatOf(source: StackSource): StackFormat {
  const { file, text } = source;
  if (isDockerfile(basename(file))) return "balena";
  if (basename(file) === telemetryosFile) return "telemetryos";
  if (/^\uFEFF?\s*\{/.test(text)) return formatOfJson(file, text);
  // A compose file may well run `docker` inside a service.
  if (!/^services[ \t]*:/m.test(text) && hasRunCommand(text)) return "docker-run";
  if (hasBalenaSigns(file, text)) return "balena";
  return isBlueprint(source) ? "particle" : "compose";
}

/** A compose file may be JSON, too. */
function formatOfJson(file: string, text: string): StackFormat {
  try {
    const { root } = readJson(file, text);
    if (isKantoContainer(root)) return "kanto";
    if (isTelemetryosConfig(root)) return "telemetryos";
  } catch (error) {
    if (!(error instanceof ModelProblem)) throw error;
    // What cannot be read is told by the reader of what it looks like.
    if (/"(?:host_config|container_name|imageRef|portMappings)"/.test(text)) return "kanto";
  }
  return "compose";
}

const composeNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

async function recognizeFolder(folder: string, from: StackFormat | null): Promise<RecognizedStack> {
  const has = (name: string): boolean => existsSync(join(folder, name));
  const compose = composeNames.find(has);
  const format = from ?? (await formatOfFolder(folder, compose ?? null));
  const found = async (name: string): Promise<StackSource> => ({
    ...(await readSourceFile(join(folder, name), "file")),
    isFound: true,
  });
  if (format === "particle") {
    return {
      format,
      source: has(blueprintFile) ? await findParticleFile(join(folder, blueprintFile)) : await readSourceFile(folder),
    };
  }
  if (format === "telemetryos") return { format, source: await found(telemetryosFile) };
  if (format === "kanto") return { format, source: await folderOfJson(folder) };
  if (format === "docker-run") {
    const hint = "Name the file with the commands.";
    throw new AppError("bad-input", `${folder} is a folder: a script of \`docker run\` is one file.`, { hint });
  }
  if (format === "balena" && compose === undefined) {
    const dockerfile = ["Dockerfile.template", "Dockerfile"].find(has);
    if (dockerfile !== undefined) return { format, source: await found(dockerfile) };
  }
  return { format, source: await readSourceFile(folder) };
}

/** A folder whose compose file is there is what that says; else what its one known file says. */
async function formatOfFolder(folder: string, compose: string | null): Promise<StackFormat> {
  const has = (name: string): boolean => existsSync(join(folder, name));
  if (has(blueprintFile)) return "particle";
  if (compose !== null) {
    const { file, text } = await readSourceFile(join(folder, compose), "file");
    return hasBalenaSigns(file, text) ? "balena" : "compose";
  }
  if (has(telemetryosFile)) return "telemetryos";
  if (has("Dockerfile.template") || has("Dockerfile")) return "balena";
  for (const file of await jsonFilesIn(folder, "flat")) {
    const { text } = await readSourceFile(file, "file");
    if (formatOf({ file, text, isFound: true }) === "kanto") return "kanto";
  }
  return "compose";
}

/** The containers of a folder as one text, for a face to show. */
async function folderOfJson(folder: string): Promise<StackSource> {
  const files = await jsonFilesIn(folder, "deep");
  if (files.length === 0)
    throw new AppError("not-found", `The folder ${folder} has no JSON files.`, {
      hint: "Kanto's containers are one JSON file each.",
    });
  const texts: string[] = [];
  for (const file of files.slice(0, 200)) texts.push((await readSourceFile(file, "file")).text);
  return { file: folder, text: texts.join("\n"), isFound: true };
}
