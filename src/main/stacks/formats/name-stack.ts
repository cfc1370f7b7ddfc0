import { AppError, type StackFormat, type StackSelection } from "../../../shared/domain/index.ts";
import { composeFilesOf, type ProjectChoices, withChoices } from "../compose/chosen-files.ts";
import { withComposeFile } from "../compose/compose-file-variable.ts";
import type { OnStackFile } from "../compose/load/source-files.ts";
import type { Remark } from "../compose/model-problem.ts";
import type { Environment, ProjectRequest } from "../compose/open-project.ts";
import { importers } from "./import-stack.ts";
import { recognizeStack } from "./recognize.ts";
import type { NamedSource } from "./stack-source.ts";

/** A stack that was found, and what was said of it. */
export interface NamedStack {
  format: StackFormat;
  source: NamedSource;
  choices: ProjectChoices;
}

/** These are Compose files, which the options of `docker compose` are about. */
const isComposeFile: Readonly<Record<StackFormat, boolean>> = {
  compose: true,
  particle: true,
  balena: false,
  telemetryos: false,
  kanto: false,
  "docker-run": false,
};

/**
 * Finds the stack that is meant.
 * @throws AppError `not-found` or `bad-input` when there is nothing to read, or an option means nothing to its format.
 */
export async function nameStack(chosen: StackSelection, environment: Environment, remark: Remark): Promise<NamedStack> {
  const mayBeCompose = chosen.from === null || chosen.from === "compose";
  const { file, from, moreFiles, ...choices } = mayBeCompose
    ? await withComposeFile(chosen, environment, remark)
    : chosen;
  const { format, source } = await recognizeStack(file, from);
  if (moreFiles.length > 0 && format !== "compose") throw refusal(format, "further files over it");
  if (!isComposeFile[format]) {
    if (choices.folder !== null) throw refusal(format, "another folder for its paths");
    if (choices.profiles !== null) throw refusal(format, "profiles");
    if (choices.envFiles !== null) throw refusal(format, "files with variables");
  }
  return { format, source: { ...source, moreFiles: await composeFilesOf(moreFiles) }, choices };
}

function refusal(format: StackFormat, what: string): AppError {
  return new AppError("bad-input", `A stack in the format ${format} takes no ${what}.`, {
    hint: "Where it is a compose file after all, say so: --from compose.",
  });
}

/** What is to be opened: what the stack's format makes of its source, and what was said of it. */
export async function projectRequestOf(
  { format, source, choices }: NamedStack,
  environment: Environment,
  remark: Remark,
  onFile?: OnStackFile,
): Promise<ProjectRequest> {
  const request = await importers[format](source, environment, remark, onFile);
  const { folder, name, profiles, envFiles } = withChoices(choices);
  return {
    ...request,
    folder: folder ?? request.folder,
    name: name ?? request.name,
    profiles: profiles ?? request.profiles,
    envFiles: envFiles ?? request.envFiles,
  };
}
