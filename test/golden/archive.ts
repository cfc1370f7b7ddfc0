import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files of one case in one text: each begins with a line `-- NAME --` (the format of Go's txtar). */
export function parseArchive(text: string): Map<string, string> {
  const files = new Map<string, string>();
  const parts = text.split(/^-- (.+) --\n/m);
  for (let index = 1; index < parts.length; index += 2) files.set(parts[index] ?? "", parts[index + 1] ?? "");
  return files;
}

export function printArchive(files: ReadonlyMap<string, string>): string {
  return [...files].map(([name, text]) => `-- ${name} --\n${text}`).join("");
}

/** Writes the files of a case below a folder, without its answer and its arguments. */
export function unpack(files: ReadonlyMap<string, string>, folder: string): void {
  for (const [name, text] of files) {
    if (name === "expected.json" || name === "refused.txt" || name === "arguments") continue;
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
