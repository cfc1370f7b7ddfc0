import type { YamlDocument } from "../compose/document-reader.ts";
import type { Environment, ProjectRequest } from "../compose/open-project.ts";

/**
 * A project that is one document of another format. No `.env` beside it counts, and no variable of Compose: neither means
 * anything to these formats.
 */
export function importedProject(
  document: YamlDocument,
  { file, folder, name, environment }: { file: string; folder: string; name: string | null; environment: Environment },
): ProjectRequest {
  return {
    files: [file],
    folder,
    name,
    profiles: [],
    envFiles: [],
    environment: { HOME: environment.HOME },
    documents: new Map([[file, [document]]]),
  };
}
