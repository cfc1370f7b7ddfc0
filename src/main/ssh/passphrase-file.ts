import { open } from "node:fs/promises";

/** A passphrase is one line; a file that is longer is another file. */
const maxBytes = 1_024;

/** Reads a passphrase from a file that only its owner may read (mode 0600 or less); else says why not, for people. */
export async function readPassphraseFile(path: string): Promise<{ passphrase: string } | { why: string }> {
  try {
    const file = await open(path, "r");
    try {
      const { mode, size } = await file.stat();
      if (process.platform !== "win32" && (mode & 0o077) !== 0) {
        return { why: `others may read the passphrase file ${path}: chmod 600 ${path}` };
      }
      if (size > maxBytes) return { why: `the passphrase file ${path} is too long` };
      const passphrase = (await file.readFile("utf8")).replace(/\r?\n$/, "");
      return passphrase === "" ? { why: `the passphrase file ${path} is empty` } : { passphrase };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "?";
    return { why: `the passphrase file ${path} cannot be read (${code})` };
  }
}
