import { homedir } from "node:os";
import { dirname } from "node:path";
import type { Place } from "../../../shared/domain/index.ts";
import type { YamlDocument } from "./document-reader.ts";
import { ModelLoader } from "./load/load-model.ts";
import { normalizeModel } from "./load/normalize.ts";
import { type OnStackFile, SourceFiles } from "./load/source-files.ts";
import { ModelProblem, type Remark } from "./model-problem.ts";
import { checkProject } from "./project/check-project.ts";
import { decodeProject, type Project } from "./project/project.ts";
import { projectName } from "./project/project-name.ts";
import { readServiceFiles } from "./project/service-files.ts";
import { variablesFrom } from "./stack-variables.ts";
import type { Lookup } from "./variables/fill-template.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface ProjectRequest {
  /** Absolute paths of compose files, a later one over an earlier one; at least one. */
  files: readonly string[];
  /** Absolute folder that relative paths start from; null: that of the first file. */
  folder: string | null;
  /** Name of the stack; null: as the environment, the file or the folder says. */
  name: string | null;
  /** Chosen profiles; null: what COMPOSE_PROFILES says. */
  profiles: readonly string[] | null;
  /** Files with variables; null: `.env` in the folder, when there is one. */
  envFiles: readonly string[] | null;
  /** Variables of the process, which count more than those of files. */
  environment: Environment;
  /** Files that are read already: those of a stack in another format. */
  documents?: ReadonlyMap<string, YamlDocument[]>;
  /** Texts that count instead of what is on disk, by absolute path: what a file would mean after a change. */
  texts?: ReadonlyMap<string, string>;
  onFile?: OnStackFile;
}

export interface OpenedProject {
  project: Project;
  /** The files that were named, as they were named. */
  files: readonly string[];
  /** Absolute paths of every file that was read, in order. */
  filesRead: readonly string[];
  /** Their texts, in the same order. */
  texts: ReadonlyMap<string, string>;
}

/**
 * Reads compose files into the canonical model of Compose 2.26.
 * @throws ModelProblem with the place of what cannot be read; AppError when a named file itself cannot be read.
 */
export async function openProject(request: ProjectRequest, remark: Remark): Promise<OpenedProject> {
  const [main] = request.files;
  if (main === undefined) throw new ModelProblem("compose.empty", "No compose file is named.", null);
  const folder = request.folder ?? dirname(main);
  const sources = new SourceFiles(folder, remark, request.documents, request.texts, request.onFile);
  const documents: YamlDocument[] = [];
  for (const file of request.files) {
    documents.push(...(await sources.documents(file, null, file === main ? "stack" : "override")));
    // Who names a folder has said that the files are elsewhere.
    if (file !== main && request.folder === null) await sources.remarkOutside(file, { file, line: 1, column: 1 });
  }
  const outside = await variablesFrom(request.environment, folder, request.envFiles, sources);
  const name = projectName({ given: request.name, variables: outside, documents, folder });
  const variables: Lookup = (key) => (key === "COMPOSE_PROJECT_NAME" ? name : outside(key));
  const loader = new ModelLoader(sources, remark, request.environment.HOME ?? homedir());
  const model = await loader.load({ files: request.files, folder, absoluteFolder: folder, variables });
  if (model.entries.size === 0) throw emptyFile(main);
  const profiles = request.profiles ?? (outside("COMPOSE_PROFILES") ?? "").split(",").map((profile) => profile.trim());
  const project = decodeProject(normalizeModel(model, name, variables), name, folder, profiles);
  checkProject(project);
  await readServiceFiles(project, sources, variables);
  return { project, files: request.files, filesRead: sources.read, texts: sources.texts };
}

function emptyFile(file: string): ModelProblem {
  const place: Place = { file, line: 1, column: 1 };
  return new ModelProblem("compose.empty", "The file is empty.", place, "A compose file begins with `services:`.");
}
