import { basename } from "node:path";

/** True for a name that may stand in the file or in COMPOSE_PROJECT_NAME as it is (Compose specification, 04-version-and-name). */
export function isProjectName(text: string): boolean {
  return /^[a-z0-9][a-z0-9_-]*$/.test(text);
}

/** The project name that a folder gives: its last part in lower case, without what may not stand in a name; may be empty. */
export function projectNameOf(folder: string): string {
  return basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "");
}
