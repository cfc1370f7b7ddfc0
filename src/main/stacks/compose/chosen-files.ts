import { resolve } from "node:path";
import type { StackSelection } from "../../../shared/domain/index.ts";
import { overrideFileOf, readSourceFile } from "./load/source-file.ts";
import type { ProjectRequest } from "./open-project.ts";

/** What a person may say beside the files. */
export type ProjectChoices = Pick<StackSelection, "folder" | "name" | "profiles" | "envFiles">;

/**
 * Absolute paths of the compose files that are meant: a folder stands for the file that it holds, with its override file.
 * @throws AppError `not-found` or `bad-input` when one cannot be read.
 */
export async function composeFilesOf(named: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of named) {
    const { file, isFound } = await readSourceFile(path);
    const override = isFound ? overrideFileOf(file) : null;
    files.push(file, ...(override === null ? [] : [override]));
  }
  return files;
}

/** The choices as `openProject` takes them; what is not said is left to the files and to the environment. */
export function withChoices({
  folder,
  name,
  profiles,
  envFiles,
}: ProjectChoices): Pick<ProjectRequest, keyof ProjectChoices> {
  return {
    folder: folder === null ? null : resolve(folder),
    name,
    profiles,
    envFiles: envFiles?.map((file) => resolve(file)) ?? null,
  };
}
