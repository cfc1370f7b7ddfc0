import {
  AppError,
  type ExportFormat,
  type Finding,
  type StackFormat,
  type StackSelection,
} from "../../shared/domain/index.ts";
import { ModelProblem, type ModelRemark } from "./compose/model-problem.ts";
import { type Environment, openProject } from "./compose/open-project.ts";
import { printProject } from "./compose/project/print-project.ts";
import type { Project } from "./compose/project/project.ts";
import { asAppError } from "./compose/stack-config.ts";
import { type KantoDefinition, kantoDefinition } from "./formats/export/kanto-container.ts";
import { Losses } from "./formats/export/losses.ts";
import { dittoJson, internalJson } from "./formats/export/print-kanto.ts";
import { nameStack, projectRequestOf } from "./formats/name-stack.ts";

export interface ExportRequest extends StackSelection {
  to: ExportFormat;
}

export interface ExportedStack {
  /** What the file was read as. */
  format: StackFormat;
  /** One compose file, or a file for each container; names without folders. */
  files: { name: string; text: string }[];
  /** What the target cannot say, each with the place where the source says it. */
  lost: Finding[];
  /** What reading the source remarked. */
  findings: Finding[];
}

/**
 * A stack of any format in another one.
 * @throws AppError `not-found`, `bad-input` (it cannot be read; Kanto and a service without an image).
 */
export async function exportStack({ to, ...chosen }: ExportRequest, environment: Environment): Promise<ExportedStack> {
  const findings: Finding[] = [];
  const remark = (entry: ModelRemark) => findings.push(entry);
  const named = await nameStack(chosen, environment, remark);
  const { format, source } = named;
  try {
    const { project } = await openProject(await projectRequestOf(named, environment, remark), remark);
    if (project.services.size === 0) throw new AppError("bad-input", `${source.file} has no services.`);
    return { format, findings, ...written(project, to) };
  } catch (error) {
    throw error instanceof ModelProblem ? asAppError(error) : error;
  }
}

function written(project: Project, to: ExportFormat): Pick<ExportedStack, "files" | "lost"> {
  if (to === "compose")
    return { files: [{ name: "compose.yaml", text: `${printProject(project, "yaml")}\n` }], lost: [] };
  const losses = new Losses();
  const print: (definition: KantoDefinition) => string = to === "kanto" ? internalJson : dittoJson;
  const files = [...project.services.values()].map((service) => {
    const definition = kantoDefinition(project, service, losses);
    if (to === "kanto-ditto" && definition.runtime !== null)
      losses.add(service, "runtime", "this dialect has no such field");
    return { name: `${definition.name}.json`, text: `${print(definition)}\n` };
  });
  return { files, lost: losses.found };
}
