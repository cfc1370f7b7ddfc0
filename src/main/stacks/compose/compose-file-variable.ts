import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AppError, type StackSelection } from "../../../shared/domain/index.ts";
import { isOutside } from "./load/outside-folder.ts";
import { SourceFiles } from "./load/source-files.ts";
import { ModelProblem, type Remark } from "./model-problem.ts";
import type { Environment } from "./open-project.ts";
import { variablesFrom } from "./stack-variables.ts";
import type { Lookup } from "./variables/fill-template.ts";

/**
 * A folder for which COMPOSE_FILE names compose files stands for those, as `docker compose` has it in that folder: the variable is
 * that of the environment, or of `.env` there. COMPOSE_PATH_SEPARATOR stands between the files. Anything else stays as it is.
 */
export async function withComposeFile<T extends Pick<StackSelection, "file" | "moreFiles" | "envFiles">>(
  chosen: T,
  environment: Environment,
  remark: Remark,
): Promise<T> {
  const folder = resolve(chosen.file);
  if (chosen.moreFiles.length > 0 || !(await isFolder(folder))) return chosen;
  const variables = await variablesOf(folder, chosen.envFiles, environment);
  const separator = variables("COMPOSE_PATH_SEPARATOR") || ":";
  const named = (variables("COMPOSE_FILE") ?? "").split(separator).filter((path) => path !== "");
  const [file, ...moreFiles] = named.map((path) => resolve(folder, path));
  if (file === undefined) return chosen;
  // Further files are looked at when they are read, from the folder of this one.
  if (await isOutside(folder, file)) {
    const message = `${file}, which COMPOSE_FILE names, is outside ${folder}.`;
    const hint = "Somebody who gets only that folder cannot read the stack.";
    remark({ rule: "compose.outside-project", severity: "info", message, place: { file, line: 1, column: 1 }, hint });
  }
  return { ...chosen, file, moreFiles, envFiles: chosen.envFiles ?? besides(folder, dirname(file)) };
}

async function variablesOf(
  folder: string,
  envFiles: readonly string[] | null,
  environment: Environment,
): Promise<Lookup> {
  try {
    const sources = new SourceFiles(folder, () => undefined);
    return await variablesFrom(environment, folder, envFiles?.map((file) => resolve(file)) ?? null, sources);
  } catch (error) {
    // A file that cannot be read is told, with its place, when the stack is opened.
    if (error instanceof ModelProblem || error instanceof AppError) return (name) => environment[name];
    throw error;
  }
}

/** What `.env` of the folder says counts more than that beside the first file. */
function besides(folder: string, first: string): string[] | null {
  if (folder === first) return null;
  return [join(first, ".env"), join(folder, ".env")].filter((path) => existsSync(path));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    // That it is not there is told by who reads it.
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
