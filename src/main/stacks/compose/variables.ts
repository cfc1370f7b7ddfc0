import { dirname, join } from "node:path";
import { AppError } from "../../../shared/domain/index.ts";
import { EnvFileProblem, parseEnvFile } from "./env-file.ts";
import type { Lookup } from "./interpolate.ts";
import { readSourceFile } from "./source-file.ts";

export interface Variables {
  lookup: Lookup;
  /** What is wrong with the `.env` file, null when it is fine or not there. */
  problem: { file: string; line: number | null; message: string } | null;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** The variables that a stack file may use: the environment, and under it the `.env` file in its folder. */
export async function readVariables(stackFile: string, environment: Environment): Promise<Variables> {
  const own: Lookup = (name) => (Object.hasOwn(environment, name) ? environment[name] : undefined);
  const file = join(dirname(stackFile), ".env");
  try {
    const entries = parseEnvFile((await readSourceFile(file)).text, own);
    return { lookup: (name) => own(name) ?? entries.get(name) ?? undefined, problem: null };
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") return { lookup: own, problem: null };
    if (error instanceof AppError) return { lookup: own, problem: { file, line: null, message: error.message } };
    if (!(error instanceof EnvFileProblem)) throw error;
    const message = `The .env file cannot be read: ${error.message}.`;
    return { lookup: own, problem: { file, line: error.line, message } };
  }
}
