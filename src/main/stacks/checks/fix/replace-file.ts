import { open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { AppError } from "../../../../shared/domain/index.ts";

const byteOrderMark = "\ufeff";

/**
 * Puts another text into a file that a person owns: all or nothing, with the same mode, through a link to what it points at.
 * @throws AppError `conflict` when the file no longer has the text `was`, `bad-input` when it cannot be written.
 */
export async function replaceFile(named: string, was: string, now: string): Promise<void> {
  try {
    const file = await realpath(named);
    const current = await readFile(file, "utf8");
    const mark = current.startsWith(byteOrderMark) ? byteOrderMark : "";
    if (current !== mark + was) {
      throw new AppError("conflict", `${named} was changed in the meantime, so it was left as it is.`, {
        hint: "Run the command again.",
      });
    }
    await writeBeside(file, mark + now, (await stat(file)).mode & 0o7777);
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error && "code" in error)) throw error;
    throw new AppError("bad-input", `${named} cannot be written (${String(error.code)}).`, {
      hint: "Give yourself permission to write it and its folder, or look at the change with --dry-run.",
      cause: error,
    });
  }
}

async function writeBeside(file: string, text: string, mode: number): Promise<void> {
  const draft = `${file}.new-${process.pid}`;
  try {
    const handle = await open(draft, "wx", mode);
    try {
      await handle.writeFile(text);
      // What the process masks out of a new file's mode is given back.
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
