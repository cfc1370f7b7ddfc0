import { AppError, type ExportFormat, type Finding, type StackFormat } from "../../shared/domain/index.ts";
import { ModelProblem } from "./compose/model-problem.ts";
import { type Environment, openProject } from "./compose/open-project.ts";
import { printProject } from "./compose/project/print-project.ts";
import type { Project } from "./compose/project/project.ts";
import { asAppError } from "./compose/stack-config.ts";
import { type KantoDefinition, kantoDefinition } from "./formats/export/kanto-container.ts";
import { Losses } from "./formats/export/losses.ts";
import { dittoJson, internalJson } from "./formats/export/print-kanto.ts";
import { importers } from "./formats/import-stack.ts";
import { recognizeStack } from "./formats/recognize.ts";

export interface ExportRequest {
  file: string;
  /** What the file is written in; null: as it looks. */
  from: StackFormat | null;
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
export async function exportStack({ file, from, to }: ExportRequest, environment: Environment): Promise<ExportedStack> {
  const { format, source } = await recognizeStack(file, from);
  const findings: Finding[] = [];
  try {
    const request = await importers[format](source, environment, (remark) => findings.push(remark));
    const { project } = await openProject(request, (remark) => findings.push(remark));
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
