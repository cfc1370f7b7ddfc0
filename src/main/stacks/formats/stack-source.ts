import type { OnStackFile } from "../compose/load/source-files.ts";
import type { Remark } from "../compose/model-problem.ts";
import type { Environment, ProjectRequest } from "../compose/open-project.ts";

/** A stack as it was found on this machine, in whichever format. */
export interface StackSource {
  /** Absolute path of what a face shows: the file, or the folder of a stack that is several. */
  file: string;
  text: string;
  /** True when only its folder was named. */
  isFound: boolean;
  /** Absolute path of the blueprint that named it (Particle). */
  blueprint?: string;
}

/** A source that is to be read. */
export interface NamedSource extends StackSource {
  /** Absolute paths of compose files that were named after it. */
  moreFiles: readonly string[];
}

/** What an importer makes of a source: compose files, or documents of another format in their place. */
export type ImportStack = (
  source: NamedSource,
  environment: Environment,
  remark: Remark,
  /** Told of files besides the source that it reads itself. */
  onFile?: OnStackFile,
) => Promise<ProjectRequest>;
