import { dirname, resolve } from "node:path";
import { AppError, type Finding } from "../../../shared/domain/index.ts";
import { overrideFileOf, readSourceFile } from "./load/source-file.ts";
import { ModelProblem } from "./model-problem.ts";
import { type Environment, openProject } from "./open-project.ts";
import { printProject } from "./project/print-project.ts";

export interface StackConfigRequest {
  /** Compose files, a later one over an earlier one; a folder stands for the one that it holds, with its override file. */
  files: readonly string[];
  /** What relative paths start from; null: the folder of the first file. */
  folder: string | null;
  /** Name of the stack; null: as COMPOSE_PROJECT_NAME, the file or the folder says. */
  name: string | null;
  /** Chosen profiles; null: what COMPOSE_PROFILES says. */
  profiles: readonly string[] | null;
  /** Files with variables; null: `.env` beside the first file. */
  envFiles: readonly string[] | null;
  format: "json" | "yaml";
}

export interface StackConfig {
  /** The canonical model as text. */
  text: string;
  findings: Finding[];
  /** Absolute paths of every file that was read. */
  files: string[];
}

/**
 * The canonical model of compose files, as `docker compose config` prints it.
 * @throws AppError `not-found` or `bad-input` with the place of the first thing that is wrong, and how many more there are.
 */
export async function stackConfig(request: StackConfigRequest, environment: Environment): Promise<StackConfig> {
  const findings: Finding[] = [];
  const files: string[] = [];
  for (const named of request.files) files.push(...(await filesOf(named)));
  const [main = ""] = files;
  const folder = resolve(request.folder ?? dirname(main));
  try {
    const opened = await openProject(
      { ...request, files, folder, envFiles: request.envFiles?.map((file) => resolve(file)) ?? null, environment },
      (remark) => findings.push(remark),
    );
    return { text: printProject(opened.project, request.format), findings, files: [...opened.filesRead] };
  } catch (error) {
    throw error instanceof ModelProblem ? asAppError(error) : error;
  }
}

async function filesOf(named: string): Promise<string[]> {
  const { file, isFound } = await readSourceFile(named);
  const override = isFound ? overrideFileOf(file) : null;
  return override === null ? [file] : [file, override];
}

/** A problem as an expected failure: its place, its sentence, and how many others there are. */
export function asAppError(problem: ModelProblem): AppError {
  const { place, hint, message, others } = problem;
  const where = place === null ? "" : `${place.file}:${place.line}:${place.column}: `;
  const more = others.length === 0 ? "" : ` (and ${others.length} more ${others.length === 1 ? "error" : "errors"})`;
  return new AppError("bad-input", `${where}${message}${more}`, hint === null ? {} : { hint });
}
