import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Stack, StackFile } from "../../shared/domain/index.ts";

/** The files of a stack as they come to light: each once, under what it was first. */
export class StackFiles {
  readonly #files = new Map<string, StackFile>();

  /** In the order in which they came. */
  get all(): StackFile[] {
    return [...this.#files.values()];
  }

  add(file: StackFile): void {
    if (!this.#files.has(file.path)) this.#files.set(file.path, file);
  }

  /** What was opened; the files of a folder come from who reads them. */
  async addOpened(path: string): Promise<void> {
    if (await isFile(path)) this.add({ path, role: "stack", namedAt: null, missing: false });
  }
}

/** The Dockerfiles that the builds of a stack read. Nothing here reads them; a build that is not there yet has none. */
export async function dockerfilesOf(stack: Stack): Promise<StackFile[]> {
  const named = stack.services.flatMap(({ build, place }): StackFile[] => {
    if (build === null || typeof build.options?.inlineDockerfile === "string") return [];
    return [{ path: resolve(build.context, build.dockerfile), role: "dockerfile", namedAt: place, missing: false }];
  });
  return Promise.all(named.map(async (file) => ({ ...file, missing: !(await isFile(file.path)) })));
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (error instanceof Error && "code" in error) return false;
    throw error;
  }
}
