import { dirname, join } from "node:path";
import { SourceFiles } from "./load/source-files.ts";
import type { Environment } from "./open-project.ts";
import { parseDotenv } from "./variables/dotenv.ts";
import type { Lookup } from "./variables/fill-template.ts";

/** The variables that a stack of a file sees: those of the process, and of the `.env` file beside it. */
export async function stackVariables(file: string, environment: Environment = process.env): Promise<Lookup> {
  const folder = dirname(file);
  return variablesFrom(environment, folder, null, new SourceFiles(folder, () => undefined));
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
    for (const [key, value] of parseDotenv(file, text, lookup)) found.set(key, value);
  }
  return lookup;
}
