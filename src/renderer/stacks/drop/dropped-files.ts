import { maxDroppedLength } from "../../../shared/contract/index.ts";
import { AppError } from "../../../shared/domain/index.ts";

/** A dropped file as it goes to the host. */
export interface DroppedText {
  name: string;
  text: string;
}

/** More are no stack: somebody dropped a whole folder. */
const maxFiles = 50;

/** Of several paths, the one that most likely is a stack: a file that is called so, else the first that may be one. */
export function likeliestStack(paths: readonly string[]): string | null {
  const known = paths.find((path) =>
    /(?:^|[\\/])(?:(?:docker-)?compose\.ya?ml|blueprint\.yaml|telemetry\.config\.json)$/.test(path),
  );
  return known ?? paths.find((path) => /\.(?:ya?ml|json|sh)$/i.test(path)) ?? paths[0] ?? null;
}

/**
 * The texts of dropped files, for a host that cannot know where they lie.
 * @throws AppError `bad-input` for a folder, too many files, too much of them, or something that is no text.
 */
export async function readDropped(files: readonly File[], hasFolder: boolean): Promise<DroppedText[]> {
  if (hasFolder) {
    const hint = "Drop its files, or open the folder by its path.";
    throw new AppError("bad-input", "A browser does not tell where a folder lies.", { hint });
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (files.length > maxFiles || bytes > maxDroppedLength) {
    const hint = "Open the stack by its path.";
    const message = `This is more than can be dropped here: ${maxFiles} files, ${maxDroppedLength / 1000} kB.`;
    throw new AppError("bad-input", message, { hint });
  }
  return Promise.all(files.map(readText));
}

async function readText(file: File): Promise<DroppedText> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    if (!text.includes("\0")) return { name: file.name, text };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const hint = "A stack is a text: YAML, JSON, or a shell script of `docker run`.";
  throw new AppError("bad-input", `${file.name} is not a text file.`, { hint });
}
