import { AppError, type StackFileText, type StackFormat } from "../../shared/domain/index.ts";
import { readSourceFile } from "./compose/load/source-file.ts";
import type { Environment } from "./compose/open-project.ts";
import { hideSecrets } from "./hide-secrets.ts";
import { openStack } from "./open-stack.ts";

export interface FileOfStack {
  /** The stack, and what it is written in (null: as it looks). */
  file: string;
  from: StackFormat | null;
  /** One of the files that `openStack` lists. */
  path: string;
}

/**
 * The text of a file that belongs to a stack, and of no other: the stack is read again to know. In files of variables,
 * values that look like a password or a key are hidden.
 * @throws AppError `not-found` (no file of this stack; it has gone), `bad-input` (unreadable, over 1 MiB, not text).
 */
export async function readFileOfStack(
  { file, from, path }: FileOfStack,
  environment: Environment = process.env,
): Promise<StackFileText> {
  const { files } = await openStack(file, environment, { from });
  const known = files.find((one) => one.path === path);
  if (known === undefined) {
    const hint = "Read the stack again: what it names may have changed.";
    throw new AppError("not-found", `${path} is not a file of this stack.`, { hint });
  }
  const { text } = await readSourceFile(path, "file");
  if (known.role !== "variables" && known.role !== "env-file") return { path, text, hiddenValues: 0 };
  return { path, ...hideSecrets(text) };
}
