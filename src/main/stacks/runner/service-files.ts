import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { AppError, type Service, type ServiceFile, type Stack } from "../../../shared/domain/index.ts";
import type { ContainerFile } from "../../engines/index.ts";
import { stackVariables } from "../compose/stack-variables.ts";

const defaultMode = 0o444;
/** Configs and secrets are small; what is larger belongs into a volume. */
const maxBytes = 8 * 1024 * 1024;

/**
 * Contents of a service's configs and secrets, read now.
 * @throws AppError `not-found` or `bad-input` when a file or a variable is not there, or is too large.
 */
export async function readServiceFiles(stack: Stack, service: Service): Promise<ContainerFile[]> {
  const files: ContainerFile[] = [];
  for (const file of service.files) {
    const content = await contentOf(stack, service, file);
    if (content.length > maxBytes) {
      const message = `The ${file.kind} ${file.name} of the service ${service.name} is larger than 8 MiB.`;
      throw new AppError("bad-input", message, { hint: "Put it into a volume." });
    }
    const { target, mode, userId, groupId } = file;
    files.push({ path: target, content, mode: mode ?? defaultMode, userId, groupId });
  }
  return files;
}

/** The same for the same contents: a changed config makes a new container. */
export function filesDigest(files: readonly ContainerFile[]): string {
  const hash = createHash("sha256");
  for (const { path, content, mode, userId, groupId } of files) {
    hash.update(`${path}\0${mode}\0${userId}\0${groupId}\0${content.length}\0`).update(content);
  }
  return files.length === 0 ? "" : hash.digest("hex");
}

async function contentOf(stack: Stack, service: Service, { kind, name, source }: ServiceFile): Promise<Buffer> {
  const what = `the ${kind} ${name} of the service ${service.name}`;
  if (source.from === "text") return Buffer.from(source.text);
  if (source.from === "variable") {
    const value = (await stackVariables(stack))(source.name);
    if (value !== undefined) return Buffer.from(value);
    const hint = `Set ${source.name} in the environment, or in the .env file beside the stack.`;
    throw new AppError("bad-input", `The variable ${source.name} for ${what} is not set.`, { hint });
  }
  try {
    return await readFile(source.path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code === "") throw error;
    const why = code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder" : `cannot be read (${code})`;
    const message = `${source.path} for ${what} ${why}.`;
    throw new AppError(code === "ENOENT" ? "not-found" : "bad-input", message, {
      hint: "Correct its path in the file.",
      cause: error,
    });
  }
}
