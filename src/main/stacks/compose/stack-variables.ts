import { join } from "node:path";
import type { Stack } from "../../../shared/domain/index.ts";
import { SourceFiles } from "./load/source-files.ts";
import type { Environment } from "./open-project.ts";
import { parseDotenv } from "./variables/dotenv.ts";
import type { Lookup } from "./variables/fill-template.ts";

/** The variables that a stack sees: those of the process, and of its files with variables. */
export async function stackVariables(
  { folder, envFiles }: Pick<Stack, "folder" | "envFiles">,
  environment: Environment = process.env,
): Promise<Lookup> {
  return variablesFrom(environment, folder, envFiles, new SourceFiles(folder, () => undefined));
}

/**
 * The process over the files; among the files a later one counts. Null: `.env` in the folder, when there is one.
 * @throws ModelProblem for a file that is none, AppError when one cannot be read.
 */
export async function variablesFrom(
  environment: Environment,
  folder: string,
  envFiles: readonly string[] | null,
  sources: SourceFiles,
): Promise<Lookup> {
  const beside = join(folder, ".env");
  const files = envFiles ?? ((await sources.exists(beside)) ? [beside] : []);
  const found = new Map<string, string>();
  const lookup: Lookup = (name) => environment[name] ?? found.get(name);
  for (const file of files) {
    const text = await sources.text(file, null, "variables");
    // Who names a file knows where it is; the one that is found may be a link.
    if (envFiles === null) await sources.remarkOutside(file, { file, line: 1, column: 1 });
    for (const [key, value] of parseDotenv(file, text, lookup)) found.set(key, value);
  }
  return lookup;
}
