import { AppError, type Finding, type StackSelection } from "../../../shared/domain/index.ts";
import { composeFilesOf, withChoices } from "./chosen-files.ts";
import { withComposeFile } from "./compose-file-variable.ts";
import { ModelProblem, type ModelRemark } from "./model-problem.ts";
import { type Environment, openProject } from "./open-project.ts";
import { printProject } from "./project/print-project.ts";

export interface StackConfigRequest extends Omit<StackSelection, "from"> {
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
  try {
    const remark = (entry: ModelRemark) => findings.push(entry);
    const chosen = await withComposeFile(request, environment, remark);
    const files = await composeFilesOf([chosen.file, ...chosen.moreFiles]);
    const opened = await openProject({ ...withChoices(chosen), files, environment }, remark);
    return { text: printProject(opened.project, request.format), findings, files: [...opened.filesRead] };
  } catch (error) {
    throw error instanceof ModelProblem ? asAppError(error) : error;
  }
}

/** A problem as an expected failure: its place, its sentence, and how many others there are. */
export function asAppError(problem: ModelProblem): AppError {
  const { place, hint, message, others } = problem;
  const where = place === null ? "" : `${place.file}:${place.line}:${place.column}: `;
  const more = others.length === 0 ? "" : ` (and ${others.length} more ${others.length === 1 ? "error" : "errors"})`;
  return new AppError("bad-input", `${where}${message}${more}`, hint === null ? {} : { hint });
}
