import { constants, existsSync } from "node:fs";
import { access, open, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { AppError } from "../../../../shared/domain/index.ts";

/** Names of a compose file in a folder, in the order in which Compose looks for them. */
const fileNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];

const overrideNames = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
];

const maxBytes = 1024 * 1024;

export interface SourceFile {
  /** Absolute path. */
  file: string;
  text: string;
  /** True when only its folder was named. */
  isFound: boolean;
}

/**
 * Reads a compose file, or the one inside a folder.
 * @throws AppError `not-found` (no such file, no compose file in the folder), `bad-input` (no permission, too large,
 * not text, not a file).
 */
export async function readSourceFile(
  path: string,
  as: "file or folder" | "file" = "file or folder",
): Promise<SourceFile> {
  if (path === "" || path.includes("\0")) throw new AppError("bad-input", "This is not a path of a file.");
  const given = resolve(path);
  try {
    const isFolder = as === "file or folder" && (await stat(given)).isDirectory();
    const file = isFolder ? await findInFolder(given) : given;
    return { file, text: decode(file, await readBounded(file)), isFound: isFolder };
  } catch (error) {
    throw fileError(given, error);
  }
}

async function findInFolder(folder: string): Promise<string> {
  for (const name of fileNames) {
    const file = join(folder, name);
    try {
      await access(file, constants.F_OK);
      return file;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
    }
  }
  const hint = `Name the file itself, or call it ${fileNames.join(", ")}.`;
  throw new AppError("not-found", `The folder ${folder} has no compose file.`, { hint });
}

/** The override file that Compose itself would merge into this one: only beside a file with one of the usual names. */
export function overrideFileOf(file: string): string | null {
  if (!fileNames.includes(basename(file))) return null;
  return overrideNames.map((name) => join(dirname(file), name)).find((path) => existsSync(path)) ?? null;
}

/** Never more than the limit, whatever the file's size says: it may grow, or be a device. */
async function readBounded(file: string): Promise<Buffer> {
  // Without this a named pipe would be waited for until somebody writes to it.
  if (!(await stat(file)).isFile()) throw new AppError("bad-input", `${file} is not an ordinary file.`);
  const handle = await open(file, "r");
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    while (length < buffer.length) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) return buffer.subarray(0, length);
      length += bytesRead;
    }
  } finally {
    await handle.close();
  }
  const hint = "A compose file is a few kilobytes: is this the right one?";
  throw new AppError("bad-input", `${file} is larger than 1 MiB.`, { hint });
}

function decode(file: string, bytes: Buffer): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  const hint = "A compose file is YAML in UTF-8.";
  throw new AppError("bad-input", `${file} is not a text file.`, { hint });
}

const reasons: Record<string, { code: "not-found" | "bad-input"; message: string; hint: string }> = {
  ENOENT: {
    code: "not-found",
    message: "does not exist",
    hint: "Check the path; it is looked for from the current folder.",
  },
  ENOTDIR: { code: "not-found", message: "does not exist", hint: "A part of the path is a file and not a folder." },
  EACCES: { code: "bad-input", message: "may not be read", hint: "Give yourself permission to read it." },
  EPERM: { code: "bad-input", message: "may not be read", hint: "Give yourself permission to read it." },
};

/** What the system says of a file, as an expected failure; anything that is not about the file stays as it is. */
export function fileError(file: string, error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error && "code" in error)) return error;
  const reason = reasons[String(error.code)];
  if (reason === undefined)
    return new AppError("bad-input", `${file} cannot be read (${String(error.code)}).`, { cause: error });
  return new AppError(reason.code, `${file} ${reason.message}.`, { hint: reason.hint, cause: error });
}
