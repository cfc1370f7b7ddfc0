import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../shared/domain/index.ts";

/** Where the docker command keeps its configuration: DOCKER_CONFIG, else `.docker` in the home folder. */
export function dockerConfigFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  return env.DOCKER_CONFIG || join(home, ".docker");
}

/** The JSON of one of docker's own files; null when it is not there. Throws `bad-input`, never with its text: it may hold secrets. */
export async function readDockerJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw new AppError("bad-input", `${file} cannot be read (${String(code)}).`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError("bad-input", `${file} is no JSON.`, {
      hint: "It is the docker command's own file: mend it, or move it away.",
    });
  }
}
